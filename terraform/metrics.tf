# Numbers out of the agents' log lines (common/logs.py). The streamer has its own, which a collector beside it takes in
# when var.collect_metrics is set; all else the platform counts.

locals {
  # Metric -> the line it counts, the fields that tell its points apart, and the field that it sums up, if any.
  log_metrics = {
    podcasts_requested = { line = "message=\"podcast requested\"", labels = [], value = "" }
    tasks_done         = { line = "message=\"done\"", labels = ["agent", "failed"], value = "" }
    task_attempts      = { line = "message=\"done\"", labels = ["agent"], value = "attempt" }
    characters_voiced  = { line = "message=\"voiced\"", labels = [], value = "characters" }
    workflows_quiet    = { line = "message=~\"^driving on workflow\"", labels = [], value = "" }
  }
}

resource "google_logging_metric" "line" {
  for_each = local.log_metrics

  name   = "${var.prefix}/${each.key}"
  filter = "resource.type=\"cloud_run_revision\" resource.labels.service_name=~\"^${var.prefix}-\" jsonPayload.${each.value.line}"

  metric_descriptor {
    metric_kind  = "DELTA"
    value_type   = each.value.value == "" ? "INT64" : "DISTRIBUTION"
    display_name = "Aethercast ${replace(each.key, "_", " ")}"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }
  value_extractor  = each.value.value == "" ? null : "EXTRACT(jsonPayload.${each.value.value})"

  depends_on = [time_sleep.apis]
}
