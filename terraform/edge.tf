# One domain for player and API, if var.domain is set: a load balancer with a managed certificate, Cloud CDN for the
# player's files and Cloud Armor in front of everything. The services then take nothing that comes past it.

locals {
  edge = var.domain == "" ? [] : ["edge"]

  # Backend -> the service behind it. The player's files are cached at the edge; sockets and the API are not.
  backends = {
    player = { service = "streamer", cdn = true }
    stream = { service = "streamer", cdn = false }
    api    = { service = "api_gateway", cdn = false }
  }

  # Named after the domain, as another one is made beside it; by its hash where a name would have more than 63 characters
  domain_name = replace(var.domain, ".", "-")
  certificate = "${var.prefix}-${length(local.domain_name) <= 50 ? local.domain_name : substr(sha256(var.domain), 0, 32)}"

  # Beginning of a path -> the most requests of it a minute from one address. 600 of the API are more than any player or
  # client makes. /internal is asked by our own streamers, all of which may have one address between them: 6,000 are
  # fifty times what those of a thousand podcasts a day ask for in the busiest minute (COSTS.md).
  requests_a_minute = {
    "/api/"      = 600
    "/internal/" = 6000
  }
}

resource "google_compute_global_address" "edge" {
  for_each = toset(local.edge)

  name = "${var.prefix}-edge"

  depends_on = [time_sleep.apis]
}

resource "google_compute_region_network_endpoint_group" "service" {
  for_each = var.domain == "" ? {} : {
    api_gateway = google_cloudfunctions2_function.agent["api_gateway"].name
    streamer    = google_cloud_run_v2_service.streamer.name
  }

  name                  = "${var.prefix}-${replace(each.key, "_", "-")}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value
  }

  depends_on = [time_sleep.apis]
}

resource "google_compute_backend_service" "edge" {
  for_each = var.domain == "" ? {} : local.backends

  name                  = "${var.prefix}-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  enable_cdn            = each.value.cdn
  security_policy       = google_compute_security_policy.edge["edge"].id

  backend {
    group = google_compute_region_network_endpoint_group.service[each.value.service].id
  }

  dynamic "cdn_policy" {
    for_each = each.value.cdn ? ["origin"] : []
    content {
      cache_mode                   = "USE_ORIGIN_HEADERS"
      signed_url_cache_max_age_sec = 0
    }
  }

  log_config {
    enable      = true
    sample_rate = 0.1
  }
}

# A stranger's flood of what reaches the gateway ends here. The player's files come from the cache, and a page of them is
# dozens of requests.
resource "google_compute_security_policy" "edge" {
  for_each = toset(local.edge)

  name        = "${var.prefix}-edge"
  description = "A limit on the requests of one address"

  dynamic "rule" {
    for_each = local.requests_a_minute
    content {
      action      = "throttle"
      priority    = 1000 + index(keys(local.requests_a_minute), rule.key)
      description = "${rule.value} requests of ${rule.key} a minute from one address"
      match {
        expr {
          expression = "request.path.startsWith('${rule.key}')"
        }
      }
      rate_limit_options {
        conform_action = "allow"
        exceed_action  = "deny(429)"
        enforce_on_key = "IP"
        rate_limit_threshold {
          count        = rule.value
          interval_sec = 60
        }
      }
    }
  }

  rule {
    action      = "deny(403)"
    priority    = 900
    description = "Log4Shell and its relatives"
    match {
      expr {
        expression = "evaluatePreconfiguredWaf('cve-canary')"
      }
    }
  }

  rule {
    action      = "allow"
    priority    = 2147483647
    description = "Everybody else"
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_compute_url_map" "edge" {
  for_each = toset(local.edge)

  name            = "${var.prefix}-edge"
  default_service = google_compute_backend_service.edge["player"].id

  host_rule {
    hosts        = [var.domain]
    path_matcher = "services"
  }

  path_matcher {
    name            = "services"
    default_service = google_compute_backend_service.edge["player"].id

    path_rule {
      paths   = ["/api/v1/podcasts/stream"]
      service = google_compute_backend_service.edge["stream"].id
    }
    # /internal is the streamer's way to signed URLs; the gateway lets nobody else in there.
    path_rule {
      paths   = ["/api/*", "/internal/*"]
      service = google_compute_backend_service.edge["api"].id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "edge" {
  for_each = toset(local.edge)

  name = local.certificate
  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [time_sleep.apis]
}

resource "google_compute_ssl_policy" "edge" {
  for_each = toset(local.edge)

  name            = "${var.prefix}-edge"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [time_sleep.apis]
}

resource "google_compute_target_https_proxy" "edge" {
  for_each = toset(local.edge)

  name             = "${var.prefix}-edge"
  url_map          = google_compute_url_map.edge["edge"].id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge["edge"].id]
  ssl_policy       = google_compute_ssl_policy.edge["edge"].id
}

resource "google_compute_global_forwarding_rule" "https" {
  for_each = toset(local.edge)

  name                  = "${var.prefix}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.edge["edge"].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge["edge"].id
}

# Whoever comes by http is sent to https.

resource "google_compute_url_map" "redirect" {
  for_each = toset(local.edge)

  name = "${var.prefix}-redirect"
  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }

  depends_on = [time_sleep.apis]
}

resource "google_compute_target_http_proxy" "redirect" {
  for_each = toset(local.edge)

  name    = "${var.prefix}-redirect"
  url_map = google_compute_url_map.redirect["edge"].id
}

resource "google_compute_global_forwarding_rule" "http" {
  for_each = toset(local.edge)

  name                  = "${var.prefix}-http"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.edge["edge"].id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect["edge"].id
}
