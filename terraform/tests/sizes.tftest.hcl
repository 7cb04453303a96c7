# What the variables decide. `terraform test` runs this without a cloud. A run is a whole plan, which takes seconds:
# those that have nothing to do with each other share one.

mock_provider "google" {}

mock_provider "google" {
  alias = "first"
}

mock_provider "google-beta" {}

mock_provider "time" {}

variables {
  project = "a-project"
}

run "at_rest_nothing_runs" {
  command = plan

  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.agent : function.service_config[0].min_instance_count == 0])
    error_message = "A function is kept running though nobody asked for it."
  }
  assert {
    condition     = google_cloud_run_v2_service.streamer.template[0].scaling[0].min_instance_count == 0
    error_message = "The streamer is kept running though nobody asked for it."
  }
  assert {
    condition     = length(google_compute_global_address.edge) + length(google_compute_backend_service.edge) == 0
    error_message = "A load balancer is paid for though there is no domain."
  }
}

run "warm_services_protected_data_a_quota_and_a_key_of_geminis_own" {
  command = plan

  variables {
    warm                       = true
    protect_data               = true
    speech_requests_per_minute = 120
    language_engine            = "gemini"
    engine_keys                = ["language"]
  }

  assert {
    condition = sort([for name, function in google_cloudfunctions2_function.agent : name if function.service_config[0].min_instance_count == 1]) == tolist([
      "api_gateway", "content_harvester", "model_serving", "orchestrator", "script_weaver", "voice_forge",
    ])
    error_message = "Between a click and lasting sound are gateway, orchestrator, harvester, weaver, voice forge and model serving."
  }

  assert {
    condition     = google_cloud_run_v2_service.streamer.template[0].scaling[0].min_instance_count == 1
    error_message = "And the streamer."
  }

  assert {
    condition     = !google_storage_bucket.audio.force_destroy && google_firestore_database.main.delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_firestore_database.main.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED" && length(google_firestore_backup_schedule.daily) == 1
    error_message = "The data can be destroyed, or not be had back."
  }

  assert {
    condition     = sum([for queue in ["forge", "urgent"] : google_cloud_tasks_queue.agent[queue].rate_limits[0].max_dispatches_per_second]) == 2 && sum([for queue in ["forge", "urgent"] : google_cloud_tasks_queue.agent[queue].rate_limits[0].max_concurrent_dispatches]) == 6
    error_message = "The queues of the forge do not follow the quota."
  }
}

run "a_domain_is_the_only_way_in_and_open_to_all_where_policies_name_nobody" {
  command = plan

  variables {
    domain            = "podcasts.of-a-company-whose-name-is-long.departments.example.com"
    domain_restricted = true
  }

  assert {
    condition     = output.player_url == "https://${var.domain}" && output.api_url == output.player_url
    error_message = "Player and API share the domain."
  }

  assert {
    condition     = length(google_compute_managed_ssl_certificate.edge["edge"].name) <= 63
    error_message = "No certificate may have such a name."
  }

  assert {
    condition = { for rule in google_compute_security_policy.edge["edge"].rule : rule.match[0].expr[0].expression => rule.rate_limit_options[0].rate_limit_threshold[0].count if rule.action == "throttle" } == {
      "request.path.startsWith('/api/')"      = 600
      "request.path.startsWith('/internal/')" = 6000
    }
    error_message = "What reaches the gateway has no limit, or the player's files have one."
  }

  assert {
    condition     = google_cloud_run_v2_service.streamer.ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    error_message = "The streamer can be reached past Cloud Armor."
  }

  assert {
    condition     = google_cloudfunctions2_function.agent["api_gateway"].service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
    error_message = "The gateway can be reached past Cloud Armor."
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_binding.public) == 0 && google_cloud_run_v2_service.streamer.invoker_iam_disabled
    error_message = "Everybody is named in a policy, or kept out."
  }
}

run "more_than_the_region_gives_a_service_is_refused" {
  command = plan

  variables {
    max_instances = { api_gateway = 21 }
  }

  expect_failures = [google_cloudfunctions2_function.agent]
}

run "more_memory_is_refused_as_well" {
  command = plan

  variables {
    memory_quota = 19 # ten harvesters have 20 GiB
  }

  expect_failures = [google_cloudfunctions2_function.agent]
}

run "nor_may_the_streamer_have_it" {
  command = plan

  variables {
    streamer = { cpu = "1", memory = "5Gi", max_instances = 9 }
  }

  expect_failures = [google_cloud_run_v2_service.streamer]
}

run "the_collector_beside_the_streamer_counts" {
  command = plan

  variables {
    collect_metrics = true
    streamer        = { cpu = "2", memory = "1Gi", max_instances = 10 }
  }

  expect_failures = [google_cloud_run_v2_service.streamer]
}

run "what_cannot_be_is_refused_before_anything_is_made" {
  command = plan

  variables {
    project                    = "123456789"
    region                     = "us-central1-a"
    domain                     = "https://podcasts.example.com/"
    max_instances              = { streamer = 3 }
    concurrency                = { forge = 1 } # one place is kept for what somebody waits for
    cpu_quota                  = 0
    memory_quota               = -1
    streamer                   = { cpu = "3", memory = "1Gi", max_instances = 1 }
    speech_engine              = "gogle"
    more_language_engines      = ["gemni"]
    speech_requests_per_minute = -1
    engine_keys                = ["speech_openai"] # which is not given
    engine_keys_version        = 0
    engine_settings            = { SPEECH_API_KEY = "sk-secret" } # which state would keep
    authenticator_keys         = ["1", "2", "3"]                  # two at a time
    vertex_location            = "example.com/"
    limits                     = { REQUESTS_PER_HOUR = "60" } # a name that nothing reads
    search_base_url            = "search.example.com"
    lookahead_segments         = -1
    retention_days             = 0
    alert_email                = "me"
    billing_account            = "my billing account"
    monthly_budget             = 0.5
  }

  expect_failures = [
    var.project, var.region, var.domain, var.max_instances, var.concurrency, var.cpu_quota, var.memory_quota, var.streamer, var.speech_engine,
    var.more_language_engines, var.speech_requests_per_minute, var.engine_keys, var.engine_keys_version, var.engine_settings,
    var.authenticator_keys, var.vertex_location, var.limits, var.search_base_url,
    var.lookahead_segments, var.retention_days, var.alert_email, var.billing_account, var.monthly_budget,
  ]
}

run "what_may_be_but_for_one_thing_is_refused_as_well" {
  command = plan

  variables {
    concurrency         = { froge = 3 }                                    # a queue that does not exist
    engine_settings     = { VERTEX_LOCATION = "europe-west1" }             # a setting that no engine reads
    streamer            = { cpu = "4", memory = "1Gi", max_instances = 1 } # so much CPU comes with 2 GiB at least
    more_speech_engines = ["google"]                                       # whose API is not enabled
  }

  expect_failures = [var.concurrency, var.engine_settings, var.streamer, var.google_engines]
}

run "gemini_needs_vertex_ai_or_a_key" {
  command = plan

  variables {
    language_engine = "gemini"
  }

  expect_failures = [var.google_engines]
}
