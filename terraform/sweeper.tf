# Nothing stays GENERATING for ever: every minute the sweeper drives on what has gone quiet. And nothing stays of what was
# deleted: it has that removed once more when all work that was under way must have ended.

# By which the sweeper knows a call as ours: Cloud Scheduler can sign nothing of its own making. This one is in Terraform's
# state, as every header of a job is, and opens nothing else; the sweeper itself is told only the hash.
resource "terraform_data" "tick_token" {
  input = "${uuid()}${uuid()}"

  lifecycle {
    ignore_changes = [input]
  }
}

resource "google_cloud_scheduler_job" "sweeper" {
  name             = "${var.prefix}-sweeper"
  region           = var.region
  description      = "Drives on, and in the end fails, workflows without progress"
  schedule         = "* * * * *"
  attempt_deadline = "300s"

  # The next minute's call is the retry.
  retry_config {
    retry_count = 0
  }

  http_target {
    uri         = local.own_urls["sweeper"]
    http_method = "POST"
    headers     = { "X-Aethercast-Signature" = sensitive("tick,${terraform_data.tick_token.output}") }
    oidc_token {
      service_account_email = google_service_account.service["scheduler_invoker"].email
      audience              = local.own_urls["sweeper"]
    }
  }

  depends_on = [google_cloudfunctions2_function.agent, google_cloud_run_v2_service_iam_binding.invoker]
}
