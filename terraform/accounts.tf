# Who acts. One account a service, four that only knock on doors, and one that builds. What each may do is in iam.tf.

locals {
  accounts = {
    api_gateway       = "The public API; signs links to audio"
    orchestrator      = "The pipeline: events in, tasks out"
    content_harvester = "Reads sources"
    script_weaver     = "Writes scripts"
    voice_forge       = "Has segments voiced"
    model_serving     = "Talks to models"
    mastering         = "Makes the finished episode"
    webhooks          = "Tells customers' servers that a podcast has ended"
    streamer          = "Plays to listeners"
    tasks_invoker     = "Who Cloud Tasks calls agents as"
    events_invoker    = "Who Pub/Sub calls the orchestrator as"
    scheduler_invoker = "Who Cloud Scheduler calls the sweeper as"
    waker             = "Who Pub/Sub wakes services as"
    builder           = "Builds functions and the streamer's image"
  }
}

resource "google_service_account" "service" {
  for_each = local.accounts

  account_id   = "${var.prefix}-${replace(each.key, "_", "-")}"
  display_name = "Aethercast ${replace(each.key, "_", " ")}"
  description  = each.value

  depends_on = [time_sleep.apis]
}
