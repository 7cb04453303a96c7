# What happened: one topic of CloudEvents, pushed to the orchestrator, and what becomes of an event that it cannot take.
# No ordering: every step may hear its events late, twice or out of order.

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic" "events" {
  name = "agent-events"

  depends_on = [time_sleep.apis]
}

resource "google_pubsub_topic" "dead" {
  name = "agent-events-dead"

  depends_on = [time_sleep.apis]
}

resource "google_pubsub_subscription" "orchestrator" {
  name                       = "agent-events-orchestrator"
  topic                      = google_pubsub_topic.events.id
  ack_deadline_seconds       = 60
  message_retention_duration = "86400s"

  # Unwrapped, with its attributes as headers, an event arrives as the CloudEvent that it is.
  push_config {
    push_endpoint = local.own_urls["orchestrator"]
    no_wrapper {
      write_metadata = true
    }
    oidc_token {
      service_account_email = google_service_account.service["events_invoker"].email
      audience              = local.own_urls["orchestrator"]
    }
  }

  retry_policy {
    minimum_backoff = "0.2s"
    maximum_backoff = "30s"
  }

  dead_letter_policy {
    # 21 minutes, with this backoff: the platform may refuse every push for as long as a new binding takes to arrive
    dead_letter_topic     = google_pubsub_topic.dead.id
    max_delivery_attempts = 50
  }

  expiration_policy {
    ttl = "" # never, however quiet it is
  }

  depends_on = [google_cloudfunctions2_function.agent, google_cloud_run_v2_service_iam_binding.invoker]
}

# An event that could not be handled ends its workflow as FAILED, so that nobody waits for ever.
resource "google_pubsub_subscription" "burial" {
  name                       = "agent-events-dead-burial"
  topic                      = google_pubsub_topic.dead.id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  push_config {
    push_endpoint = local.own_urls["dead_letters"]
    no_wrapper {
      write_metadata = true
    }
    oidc_token {
      service_account_email = google_service_account.service["events_invoker"].email
      audience              = local.own_urls["dead_letters"]
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_cloudfunctions2_function.agent, google_cloud_run_v2_service_iam_binding.invoker]
}

# And stays for a week for a person to look at.
resource "google_pubsub_subscription" "inspection" {
  name                       = "agent-events-dead-inspection"
  topic                      = google_pubsub_topic.dead.id
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}
