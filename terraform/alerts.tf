# Who is woken, by what. Conditions are PromQL, which takes a metric that nobody has written yet.

locals {
  public_services = join("|", [for service in ["api_gateway", "streamer"] : local.service_names[service]])
  user_metric     = "logging_googleapis_com:user_${replace(var.prefix, "-", "_")}"

  alerts = {
    dead_letters = {
      query = "increase(pubsub_googleapis_com:subscription_dead_letter_message_count{monitored_resource=\"pubsub_subscription\",subscription_id=\"${google_pubsub_subscription.orchestrator.name}\"}[10m]) > 0"
      for   = "0s"
      text  = "An event could not be handled however often it was tried; its workflow was ended as FAILED. Look at it: `gcloud pubsub subscriptions pull ${google_pubsub_subscription.inspection.name} --limit=10`."
    }
    stuck_workflows = {
      query = "increase(${local.user_metric}_workflows_quiet{monitored_resource=\"cloud_run_revision\"}[15m]) > 3"
      for   = "0s"
      text  = "The sweeper keeps driving on workflows that have gone quiet. Their logs: jsonPayload.workflow_id, from the sweeper's lines."
    }
    work_given_up = {
      query = "increase(${local.user_metric}_tasks_done{monitored_resource=\"cloud_run_revision\",failed=\"true\"}[15m]) > 5"
      for   = "0s"
      text  = "Agents give work up after every attempt has failed. Which agent, and why: jsonPayload.message=\"given up\" or \"refused\"."
    }
    error_rate = {
      query = "sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=~\"${local.public_services}\",response_code_class=\"5xx\"}[10m])) / sum by (service_name) (rate(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=~\"${local.public_services}\"}[10m])) > 0.05"
      for   = "300s"
      text  = "More than one in twenty requests of the public fails."
    }
    queue_backlog = {
      query = "max by (queue_id) (cloudtasks_googleapis_com:queue_depth{monitored_resource=\"cloud_tasks_queue\"}) > 1000"
      for   = "900s"
      text  = "Work waits. Either an engine is slow or refuses, or the queue's concurrency (var.concurrency) is too small for the demand."
    }
    # The objective: 95 % of listeners hear the first sound within 2 s. Told when the month's allowance for the rest is
    # being spent six times too fast. https://sre.google/workbook/alerting-on-slos/
    first_sound_slo = {
      query = "1 - (sum(rate(asf_client_first_audio_seconds_bucket{le=~\"2|2.0\"}[1h])) / sum(rate(asf_client_first_audio_seconds_count[1h]))) > 6 * 0.05"
      for   = "300s"
      text  = "Too many listeners wait for more than 2 s for the first sound. Cold starts (var.warm), the forge's queue or the speech engine."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == "" ? 0 : 1

  display_name = "Aethercast operator"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  display_name          = "Aethercast: ${replace(each.key, "_", " ")}"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = replace(each.key, "_", " ")
    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.for
      evaluation_interval = "60s"
    }
  }

  documentation {
    content   = each.value.text
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [time_sleep.apis, google_logging_metric.line]
}

moved {
  from = google_monitoring_alert_policy.alert["unreachable"]
  to   = google_monitoring_alert_policy.unreachable
}

# Not in PromQL: what an uptime check says is true or false, and so to be counted as such. The share of checks that passed.
# https://cloud.google.com/monitoring/alerts/uptime-checks
resource "google_monitoring_alert_policy" "unreachable" {
  display_name          = "Aethercast: unreachable"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  dynamic "conditions" {
    for_each = google_monitoring_uptime_check_config.public
    content {
      display_name = "${conditions.key} unreachable"
      condition_threshold {
        filter = join(" AND ", [
          "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\"",
          "resource.type=\"uptime_url\"",
          "metric.label.check_id=\"${conditions.value.uptime_check_id}\"",
        ])
        comparison      = "COMPARISON_LT"
        threshold_value = 0.5
        duration        = "0s"
        aggregations {
          alignment_period     = "1800s"
          per_series_aligner   = "ALIGN_FRACTION_TRUE"
          cross_series_reducer = "REDUCE_MEAN"
        }
      }
    }
  }

  documentation {
    content   = "The player or the API does not answer from outside."
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
  }
}

# Whoever opens a private service to everybody takes away the first of its two locks: in its policy, or with the check of
# invokers as such. https://cloud.google.com/run/docs/securing/managing-access
resource "google_monitoring_alert_policy" "made_public" {
  display_name          = "Aethercast: made public"
  combiner              = "OR"
  notification_channels = google_monitoring_notification_channel.email[*].id

  conditions {
    display_name = "made public"
    condition_matched_log {
      filter = join(" AND ", [
        "log_id(\"cloudaudit.googleapis.com/activity\")",
        "protoPayload.resourceName=~\"/(services|functions)/(${join("|", [for service in keys(local.invokers) : local.service_names[service]])})$\"",
        "(${join(" OR ", [
          "\"allUsers\"",
          "\"allAuthenticatedUsers\"",
          "protoPayload.request.service.invokerIamDisabled=true",
          "protoPayload.request.service.metadata.annotations.\"run.googleapis.com/invoker-iam-disabled\"=\"true\"",
        ])})",
      ])
    }
  }

  documentation {
    content   = "Somebody has opened a private service to everybody, or tried to. It still checks by itself who is calling; `terraform apply` closes it again."
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "3600s"
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_monitoring_uptime_check_config" "public" {
  for_each = { player = local.player_url, api = local.gateway_url }

  display_name = "Aethercast ${each.key}"
  timeout      = "10s"
  period       = var.warm ? "60s" : "900s" # every check may be a cold start

  http_check {
    path         = each.key == "player" ? "/" : "/api/v1/openapi.json"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project
      host       = trimprefix(each.value, "https://")
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_billing_budget" "monthly" {
  count = var.billing_account == "" ? 0 : 1

  billing_account = var.billing_account
  display_name    = "Aethercast in ${var.project}"

  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  dynamic "all_updates_rule" {
    for_each = google_monitoring_notification_channel.email
    content {
      monitoring_notification_channels = [all_updates_rule.value.id]
    }
  }

  depends_on = [time_sleep.apis]
}
