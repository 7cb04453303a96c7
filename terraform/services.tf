# What runs, where it is reached, and the settings that all of it shares (common/settings.py).

locals {
  model_calls_an_instance = 8
  model_instances         = ceil(local.model_calls / local.model_calls_an_instance)

  # Service -> how it is deployed. `source` is a folder of functions/; the orchestrator's holds three entry points.
  # Timeouts are the deadlines of common/policy.py. `hot`: between a click and lasting sound.
  functions = {
    api_gateway = {
      source = "api_gateway", entry_point = "api_gateway", account = "api_gateway", hot = true
      memory = "512Mi", cpu = "1", concurrency = 80, timeout_s = 60, max_instances = 10
    }
    orchestrator = {
      source = "orchestrator", entry_point = "orchestrate", account = "orchestrator", hot = true
      memory = "512Mi", cpu = "1", concurrency = 40, timeout_s = 60, max_instances = 10
    }
    dead_letters = {
      source = "orchestrator", entry_point = "bury", account = "orchestrator", hot = false
      memory = "512Mi", cpu = "1", concurrency = 40, timeout_s = 60, max_instances = 2
    }
    sweeper = {
      source = "orchestrator", entry_point = "sweep", account = "orchestrator", hot = false
      memory = "512Mi", cpu = "1", concurrency = 1, timeout_s = 300, max_instances = 1
    }
    content_harvester = {
      source = "content_harvester", entry_point = "harvest_task", account = "content_harvester", hot = true
      # Two confined readers of up to 768 MiB each (SOURCE_READERS), and half a GiB for the harvester itself.
      memory = "2Gi", cpu = "1", concurrency = 4, timeout_s = 300, max_instances = 10
    }
    script_weaver = {
      source = "script_weaver", entry_point = "weave_script_task", account = "script_weaver", hot = true
      memory = "512Mi", cpu = "1", concurrency = 10, timeout_s = 1800, max_instances = 10
    }
    voice_forge = {
      source = "voice_forge", entry_point = "forge_voice_task", account = "voice_forge", hot = true
      memory = "512Mi", cpu = "1", concurrency = 20, timeout_s = 180, max_instances = 10
    }
    # A written script streams through it for as long as the weaver's task may take. As many instances as queues need.
    # The default voice takes 0.2 GiB of memory more than espeak-ng: 0.32 in all with two turns of 4,000 characters at once.
    model_serving = {
      source = "model_serving", entry_point = "serve_models", account = "model_serving", hot = true
      memory = "1Gi", cpu = "2", concurrency = local.model_calls_an_instance, timeout_s = 1800, max_instances = local.model_instances
    }
    mastering = {
      source = "mastering", entry_point = "master_task", account = "mastering", hot = false
      memory = "512Mi", cpu = "1", concurrency = 2, timeout_s = 900, max_instances = 5
    }
    editions = {
      source = "mastering", entry_point = "make_editions_task", account = "mastering", hot = false
      memory = "512Mi", cpu = "1", concurrency = 1, timeout_s = 1800, max_instances = 10
    }
    webhooks = {
      source = "api_gateway", entry_point = "deliver_webhook_task", account = "webhooks", hot = false
      memory = "512Mi", cpu = "1", concurrency = 10, timeout_s = 60, max_instances = 5
    }
  }

  max_instances = { for service, one in local.functions : service => lookup(var.max_instances, service, one.max_instances) }

  memory_quota = var.memory_quota == 0 ? 2 * var.cpu_quota : var.memory_quota

  # GiB of one instance
  memory = { for service, one in local.functions : service => tonumber(trimsuffix(trimsuffix(one.memory, "Mi"), "Gi")) / (endswith(one.memory, "Mi") ? 1024 : 1) }

  service_names = { for service in concat(keys(local.functions), ["streamer"]) : service => "${var.prefix}-${replace(service, "_", "-")}" }

  # Cloud Run's deterministic addresses: known before the service is, so that services can be told of each other, and of
  # themselves, without a circle. https://cloud.google.com/run/docs/triggering/https-request#deterministic
  own_urls = { for service, name in local.service_names : service => "https://${name}-${data.google_project.this.number}.${var.region}.run.app" }

  # With a domain, player and API share its origin.
  public_url  = "https://${var.domain}"
  gateway_url = var.domain == "" ? local.own_urls["api_gateway"] : local.public_url
  player_url  = var.domain == "" ? local.own_urls["streamer"] : local.public_url

  # A service has a second address, with a hash in it, which is known once it is there. Whoever opens the player at that one
  # may call the API, too, and is given a socket at that one; the streamer, which cannot be told its own, lets in the pages of
  # the address that it is called at. With a domain, neither is reached.
  player_urls = var.domain == "" ? distinct(concat([local.player_url], google_cloud_run_v2_service.streamer.urls)) : [local.player_url]
  sockets     = { for url in local.player_urls : url => "${replace(url, "https://", "wss://")}/api/v1/podcasts/stream" }

  # For functions alone, which are made after the streamer
  told_of_the_streamer = {
    CORS_ORIGINS        = join(",", local.player_urls)
    MORE_WEBSOCKET_URLS = join(",", [for url, socket in local.sockets : socket if url != local.player_url])
  }

  # Of the engines as they are deployed and set: openings that were voiced by others are not used any more.
  speech_version = substr(sha256(jsonencode([data.archive_file.agent["model_serving"].output_sha256, var.speech_engine, var.engine_settings])), 0, 16)

  environment = merge(
    {
      GOOGLE_CLOUD_PROJECT  = var.project
      LOCATION              = var.region
      VERTEX_LOCATION       = var.vertex_location
      QUEUE_SUFFIX          = var.queue_suffix
      FIRESTORE_DATABASE    = google_firestore_database.main.name
      EVENTS_TOPIC          = google_pubsub_topic.events.name
      AUDIO_BUCKET          = local.audio_bucket
      GATEWAY_URL           = local.gateway_url
      STREAMER_URL          = local.player_url
      WEBSOCKET_URL         = "${replace(local.player_url, "https://", "wss://")}/api/v1/podcasts/stream"
      TASKS_INVOKER         = google_service_account.service["tasks_invoker"].email
      EVENTS_INVOKER        = google_service_account.service["events_invoker"].email
      SCHEDULER_INVOKER     = google_service_account.service["scheduler_invoker"].email
      WAKER                 = google_service_account.service["waker"].email
      WAKINGS_TOPIC         = google_pubsub_topic.wakings.name
      LOAD_ON_START         = "true"
      STARTS_WITHIN_S       = var.warm ? "0" : "10"
      MODEL_SERVING_CALLERS = join(",", [for caller in ["api_gateway", "script_weaver", "voice_forge"] : google_service_account.service[caller].email])
      SIGNING_CALLERS       = google_service_account.service["streamer"].email
      NOTIFY_CALLERS        = google_service_account.service["orchestrator"].email
      REMOVAL_CALLERS       = google_service_account.service["orchestrator"].email
      CORS_ORIGINS          = local.player_url
      ID_TOKEN_CLIENT       = var.id_token_client
      RETENTION_DAYS        = tostring(var.retention_days)
      LOOKAHEAD_SEGMENTS    = tostring(var.lookahead_segments)
      SPEECH_ENGINE         = var.speech_engine
      SPEECH_ENGINES        = join(",", var.more_speech_engines)
      VOICE_WEIGHTS         = "bucket" # never from a stranger's server while somebody waits
      VOICE_WEIGHTS_FOLDER  = "/tmp/voices"
      SPEECH_VERSION        = local.speech_version
      LANGUAGE_ENGINE       = var.language_engine
      LANGUAGE_ENGINES      = join(",", var.more_language_engines)
      SEARCH_BASE_URL       = var.search_base_url
      SOURCE_READERS        = "2"
      TRACES_TO             = var.trace ? "cloud" : ""
    },
    { for service in keys(local.functions) : "${upper(service)}_URL" => local.own_urls[service] if service != "api_gateway" },
    var.engine_settings,
    var.limits,
  )
}
