# The streamer: long-lived WebSockets on Cloud Run, and the player at `/`.

locals {
  listeners_an_instance = 1000 # the most requests that Cloud Run gives an instance: an open WebSocket is one

  streamer_files = flatten([
    for folder in ["common", "streamer", "web"] : [
      for file in fileset("${local.root}/${folder}", "**") : "${folder}/${file}"
      if !strcontains(file, "__pycache__") && !strcontains(file, "node_modules/") && !startswith(file, "tests/") && !strcontains("/${file}", "/.")
    ]
  ])
  streamer_hash = sha256(join("\n", [for file in local.streamer_files : "${file} ${filesha256("${local.root}/${file}")}"]))

  # Of one instance: what is beside the streamer counts, too
  collector_cpu   = "0.1"
  streamer_cpu    = tonumber(var.streamer.cpu) + (var.collect_metrics ? tonumber(local.collector_cpu) : 0)
  streamer_memory = (tonumber(trimsuffix(trimsuffix(var.streamer.memory, "Mi"), "Gi")) * (endswith(var.streamer.memory, "Gi") ? 1024 : 1) + (var.collect_metrics ? 128 : 0)) / 1024

  # What call.sh is told by: nonsensitive, or Terraform would show nothing of what it says
  call = { TOKEN = nonsensitive(data.google_client_config.this.access_token), PROJECT = var.project }

  streamer_image = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}/streamer:${substr(local.streamer_hash, 0, 16)}"
}

# Its sources, a file a folder, and named after what is in all of them.
data "archive_file" "streamer" {
  for_each = toset(["common", "streamer", "web"])

  type             = "zip"
  source_dir       = "${local.root}/${each.key}"
  excludes         = ["**/__pycache__/**", "**/node_modules/**", "tests/**", "**/.*", "**/.*/**"]
  output_path      = "${path.module}/.terraform/archives/streamer-${each.key}.zip"
  output_file_mode = "0644"
}

resource "google_storage_bucket_object" "streamer" {
  for_each = data.archive_file.streamer

  bucket = google_storage_bucket.source.name
  name   = "streamer/${local.streamer_hash}/${each.key}.zip"
  source = each.value.output_path

  lifecycle {
    ignore_changes = [detect_md5hash] # the name says what is in it
  }
}

# Built by Cloud Build, from the Dockerfile, whenever what goes into it has changed. It is asked for over its API with the
# credentials that Terraform itself has, so that no gcloud has to be there, nor to be logged in.
resource "terraform_data" "streamer_image" {
  triggers_replace = [local.streamer_image]

  provisioner "local-exec" {
    interpreter = ["/bin/sh", "-c"]
    command     = "sh ${path.module}/call.sh cloudbuild POST v1/projects/${var.project}/locations/${var.region}/builds"
    environment = merge(local.call, {
      BODY = jsonencode({
        serviceAccount = google_service_account.service["builder"].id
        timeout        = "900s"
        images         = [local.streamer_image]
        options        = { logging = "CLOUD_LOGGING_ONLY" }
        steps = [
          {
            name       = "gcr.io/google.com/cloudsdktool/google-cloud-cli:slim"
            entrypoint = "bash"
            args = ["-euc", join("\n", [
              "gcloud storage cp 'gs://${google_storage_bucket.source.name}/streamer/${local.streamer_hash}/*.zip' .",
              "for part in common streamer web; do python3 -m zipfile -e $$part.zip $$part; done",
            ])]
          },
          {
            name = "gcr.io/cloud-builders/docker"
            args = ["build", "--file=streamer/Dockerfile", "--tag=${local.streamer_image}", "."]
          },
        ]
      })
    })
  }

  depends_on = [google_storage_bucket_object.streamer, time_sleep.rights]
}

resource "google_cloud_run_v2_service" "streamer" {
  name                = local.service_names["streamer"]
  location            = var.region
  description         = "Aethercast: plays podcasts to listeners while they are made"
  deletion_protection = false # it holds nothing: it can be deleted and made again
  ingress             = var.domain == "" ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  invoker_iam_disabled = var.domain_restricted

  template {
    service_account                  = google_service_account.service["streamer"].email
    timeout                          = "3600s" # the longest that Cloud Run allows; then the player resumes
    max_instance_request_concurrency = local.listeners_an_instance
    # A whole Linux, with all that sockets are told (TCP_USER_TIMEOUT)
    execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
    session_affinity      = false # any instance can take up any listener: a resume token is all it needs

    scaling {
      min_instance_count = var.warm ? 1 : 0
      max_instance_count = var.streamer.max_instances
    }

    containers {
      name  = "streamer"
      image = local.streamer_image

      ports {
        container_port = 8080
      }

      # An open WebSocket is an open request: the CPU is there as long as anybody listens, and paid for no longer.
      resources {
        limits            = { cpu = var.streamer.cpu, memory = var.streamer.memory }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(local.environment, {
          PLAYER_API_BASE = local.gateway_url
          MAX_CONNECTIONS = tostring(local.listeners_an_instance)
          # Cloud Run appends who called it to X-Forwarded-For; a load balancer does so, too, and appends itself.
          TRUSTED_PROXIES = var.domain == "" ? "1" : "2"
        })
        content {
          name  = env.key
          value = env.value
        }
      }

      startup_probe {
        http_get {
          path = "/readyz"
        }
        period_seconds    = 1
        timeout_seconds   = 1
        failure_threshold = 30
      }

      # Fails where the watch on Firestore was told nothing for 3 to 5 minutes though other calls are answered, or for
      # 15 to 23 where none is: then Firestore is out for all, which no new instance would mend.
      liveness_probe {
        http_get {
          path = "/healthz"
        }
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 3
      }
    }

    # Takes the streamer's /metrics every 30 s. https://cloud.google.com/run/docs/tutorials/custom-metrics-opentelemetry-sidecar
    dynamic "containers" {
      for_each = var.collect_metrics ? ["collector"] : []
      content {
        name       = containers.value
        image      = "us-docker.pkg.dev/cloud-ops-agents-artifacts/cloud-run-gmp-sidecar/cloud-run-gmp-sidecar:1.2.0"
        depends_on = ["streamer"]

        resources {
          limits   = { cpu = local.collector_cpu, memory = "128Mi" }
          cpu_idle = true
        }
      }
    }
  }

  depends_on = [terraform_data.streamer_image]

  lifecycle {
    precondition {
      condition     = local.streamer_cpu * var.streamer.max_instances <= var.cpu_quota
      error_message = "The streamer may have ${var.streamer.max_instances} instances of ${local.streamer_cpu} CPU${var.collect_metrics ? ", the collector's among it" : ""}, and a service of this region no more than ${var.cpu_quota} CPU (CpuAllocPerProjectRegion): lower streamer.max_instances, or ask for more and raise cpu_quota."
    }
    precondition {
      condition     = local.streamer_memory * var.streamer.max_instances <= local.memory_quota
      error_message = "The streamer may have ${var.streamer.max_instances} instances of ${local.streamer_memory} GiB${var.collect_metrics ? ", the collector's among it" : ""}, and a service of this region no more than ${local.memory_quota} GiB (MemAllocPerProjectRegion): lower its memory or streamer.max_instances, or ask for more and raise memory_quota."
    }
  }
}
