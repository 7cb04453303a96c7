# One page for an operator: listeners, voices, the pipeline and the platform, from the top to the bottom.

locals {
  run = "monitored_resource=\"cloud_run_revision\",service_name=~\"${var.prefix}-.*\""

  charts = [
    { title = "Listeners connected", query = "sum(asf_listeners)" },
    { title = "First sound as heard, s (p50, p95)", query = "histogram_quantile(0.95, sum by (le) (rate(asf_client_first_audio_seconds_bucket[10m])))", second = "histogram_quantile(0.5, sum by (le) (rate(asf_client_first_audio_seconds_bucket[10m])))" },
    { title = "Playback stalls a minute", query = "sum(rate(asf_client_stalls_total[5m])) * 60" },
    { title = "Players' buffer, s (p10)", query = "histogram_quantile(0.1, sum by (le) (rate(asf_client_buffer_seconds_bucket[10m])))" },
    { title = "What browsers could not decode, and connections opened again, a minute", query = "sum(rate(asf_client_decode_errors_total[5m])) * 60", second = "sum(rate(asf_client_reconnects_total[5m])) * 60" },
    { title = "Audio sent, bytes a second", query = "sum(rate(asf_sent_bytes_total[5m]))" },
    { title = "Messages sent and received a second", query = "sum(rate(asf_sent_messages_total[5m]))", second = "sum(rate(asf_received_messages_total[5m]))" },
    { title = "Connections ended a minute, by reason", query = "sum by (reason) (rate(asf_disconnects_total[5m])) * 60" },
    { title = "First sound by part, s (p50): voicing the greeting, sending it", query = "histogram_quantile(0.5, sum by (part, le) (rate(asf_first_sound_part_seconds_bucket[10m])))" },
    { title = "From voiced to sent, s (p95)", query = "histogram_quantile(0.95, sum by (le) (rate(asf_ready_to_sent_seconds_bucket[10m])))" },
    { title = "Podcasts requested an hour", query = "sum(increase(${local.user_metric}_podcasts_requested{monitored_resource=\"cloud_run_revision\"}[1h]))" },
    { title = "Voicing a segment, ms (p50, p95)", query = "histogram_quantile(0.95, sum by (le) (rate(run_googleapis_com:request_latencies_bucket{monitored_resource=\"cloud_run_revision\",service_name=\"${local.service_names["voice_forge"]}\"}[10m])))", second = "histogram_quantile(0.5, sum by (le) (rate(run_googleapis_com:request_latencies_bucket{monitored_resource=\"cloud_run_revision\",service_name=\"${local.service_names["voice_forge"]}\"}[10m])))" },
    { title = "Characters voiced an hour", query = "sum(increase(${local.user_metric}_characters_voiced_sum{monitored_resource=\"cloud_run_revision\"}[1h]))" },
    { title = "Tasks under way and waiting, by queue", query = "sum by (queue_id) (cloudtasks_googleapis_com:queue_depth{monitored_resource=\"cloud_tasks_queue\"})" },
    { title = "Tasks done an hour, by agent", query = "sum by (agent) (increase(${local.user_metric}_tasks_done{monitored_resource=\"cloud_run_revision\"}[1h]))" },
    { title = "Work given up an hour, by agent", query = "sum by (agent) (increase(${local.user_metric}_tasks_done{monitored_resource=\"cloud_run_revision\",failed=\"true\"}[1h]))" },
    { title = "Events waiting for the orchestrator", query = "sum by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\"})" },
    { title = "Answers of 5xx a second, by service", query = "sum by (service_name) (rate(run_googleapis_com:request_count{${local.run},response_code_class=\"5xx\"}[5m]))" },
    { title = "Instances, by service", query = "sum by (service_name) (run_googleapis_com:container_instance_count{${local.run}})" },
    { title = "Starting an instance, ms (p95), by service", query = "histogram_quantile(0.95, sum by (service_name, le) (rate(run_googleapis_com:container_startup_latencies_bucket{${local.run}}[1h])))" },
  ]
}

resource "google_monitoring_dashboard" "operator" {
  dashboard_json = jsonencode({
    displayName = "Aethercast"
    mosaicLayout = {
      columns = 48
      tiles = [
        for number, chart in local.charts : {
          xPos   = number % 3 * 16
          yPos   = floor(number / 3) * 12
          width  = 16
          height = 12
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [
                for query in compact([chart.query, lookup(chart, "second", "")]) : {
                  plotType        = "LINE"
                  timeSeriesQuery = { prometheusQuery = query }
                }
              ]
            }
          }
        }
      ]
    }
  })

  depends_on = [time_sleep.apis]
}
