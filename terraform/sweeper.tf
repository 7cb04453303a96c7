# Nothing stays GENERATING for ever: every minute the sweeper drives on what has gone quiet. And nothing stays of what was
# deleted: it has that removed once more when all work that was under way must have ended.

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
    oidc_token {
      service_account_email = google_service_account.service["scheduler_invoker"].email
      audience              = local.own_urls["sweeper"]
    }
  }

  depends_on = [google_cloudfunctions2_function.agent]
}
