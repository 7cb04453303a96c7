# Work for the agents. Names and deadlines are those of common/policy.py.

locals {
  # Queue -> the agent that works it off, and how many tasks are under way at once unless var.concurrency says otherwise.
  queues = {
    harvest  = { agent = "content_harvester", concurrency = 20 }
    weave    = { agent = "script_weaver", concurrency = 30 }
    forge    = { agent = "voice_forge", concurrency = local.forge_at_once }
    urgent   = { agent = "voice_forge", concurrency = local.urgent_share }
    master   = { agent = "mastering", concurrency = 10 }
    editions = { agent = "editions", concurrency = 10 }
    webhooks = { agent = "webhooks", concurrency = 20 }
  }

  # Of a speech engine with a quota, as many as use it up at 3 s a turn: what the engine would turn away waits in the
  # queue, where it costs nothing and its patience (common/policy.py) has not begun.
  forge_at_once = var.speech_requests_per_minute == 0 ? 40 : max(2, ceil(var.speech_requests_per_minute / 60 * 3))

  # What somebody waits for (openings, and what a listener is about to hear) has a queue of its own, so that it never
  # stands behind what is voiced for later. Both have one engine: a third of its places and of its rate are kept for the
  # urgent, which are few (a tenth of a podcast of ten minutes), so files keep two thirds whatever else is asked for.
  voiced_at_once = lookup(var.concurrency, "forge", local.forge_at_once)
  urgent_share   = ceil(local.voiced_at_once / 3)

  at_once = merge(
    { for queue, one in local.queues : queue => lookup(var.concurrency, queue, one.concurrency) },
    { forge = max(1, local.voiced_at_once - local.urgent_share), urgent = local.urgent_share },
  )

  a_second = var.speech_requests_per_minute == 0 ? {} : {
    forge  = var.speech_requests_per_minute / 60 * 2 / 3
    urgent = var.speech_requests_per_minute / 60 / 3
  }

  # Every script and every turn that is being made has a call of the model serving agent open for as long; one place more
  # is for the gateway's questions. What is sent beyond its places, the platform's front answers 429.
  model_calls = local.at_once["weave"] + local.at_once["forge"] + local.at_once["urgent"] + 1

  # Service -> the requests that it must have places for
  sent_at_once = merge(
    { for agent in local.workers : agent => sum([for queue, one in local.queues : local.at_once[queue] if one.agent == agent]) },
    { model_serving = local.model_calls },
  )
  workers = toset([for one in local.queues : one.agent])
}

resource "google_cloud_tasks_queue" "agent" {
  for_each = local.queues

  name     = "${each.key}${var.queue_suffix}"
  location = var.region

  rate_limits {
    max_dispatches_per_second = lookup(local.a_second, each.key, 500)
    max_concurrent_dispatches = local.at_once[each.key]
  }

  # The agent counts attempts and ends the work as FAILED. The queue only has to come back, soon at first; it lets go of
  # a task when both limits are passed, long after the sweeper has failed the workflow.
  retry_config {
    min_backoff        = each.key == "webhooks" ? "5s" : "0.2s" # a customer's server may be away for longer than ours
    max_backoff        = each.key == "webhooks" ? "600s" : "10s"
    max_doublings      = each.key == "webhooks" ? 7 : 5
    max_attempts       = 100
    max_retry_duration = "14400s"
  }

  stackdriver_logging_config {
    sampling_ratio = 0.1
  }

  depends_on = [time_sleep.apis]
}
