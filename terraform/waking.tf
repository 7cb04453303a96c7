# Everything between a click and lasting sound is woken at once when somebody comes (common/waking.py): a message of the
# gateway, pushed to each. At rest it costs nothing, and a service that is awake answers in a millisecond.

locals {
  woken = ["orchestrator", "content_harvester", "script_weaver", "voice_forge", "model_serving", "streamer"]
}

resource "google_pubsub_topic" "wakings" {
  name = "wakings"

  depends_on = [time_sleep.apis]
}

resource "google_pubsub_subscription" "wakings" {
  for_each = toset(local.woken)

  name                       = "wakings-${replace(each.key, "_", "-")}"
  topic                      = google_pubsub_topic.wakings.id
  ack_deadline_seconds       = 30     # a cold start, and what readiness takes
  message_retention_duration = "600s" # the least there is: who is woken later than that is woken for nobody

  push_config {
    push_endpoint = "${local.own_urls[each.key]}/wake"
    no_wrapper {
      write_metadata = true
    }
    oidc_token {
      service_account_email = google_service_account.service["waker"].email
      audience              = local.own_urls[each.key]
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  expiration_policy {
    ttl = "" # never, however quiet it is
  }

  depends_on = [google_cloudfunctions2_function.agent, google_cloud_run_v2_service.streamer, google_cloud_run_v2_service_iam_binding.invoker]
}
