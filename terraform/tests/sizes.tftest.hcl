# What the variables decide. `terraform test` runs this without a cloud.

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

run "warm_keeps_the_way_to_lasting_sound_running" {
  command = plan

  variables {
    warm = true
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
}

run "a_domain_is_the_only_way_in" {
  command = plan

  variables {
    domain = "podcasts.example.com"
  }

  assert {
    condition     = output.player_url == "https://podcasts.example.com" && output.api_url == output.player_url
    error_message = "Player and API share the domain."
  }
  assert {
    condition     = google_cloud_run_v2_service.streamer.ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    error_message = "The streamer can be reached past Cloud Armor."
  }
  assert {
    condition     = google_cloudfunctions2_function.agent["api_gateway"].service_config[0].ingress_settings == "ALLOW_INTERNAL_AND_GCLB"
    error_message = "The gateway can be reached past Cloud Armor."
  }
}

run "protected_data_survives_a_mistaken_destroy" {
  command = plan

  variables {
    protect_data = true
  }

  assert {
    condition     = !google_storage_bucket.audio.force_destroy && google_firestore_database.main.delete_protection_state == "DELETE_PROTECTION_ENABLED" && length(google_firestore_backup_schedule.daily) == 1
    error_message = "The data can be destroyed."
  }
}

run "a_queue_that_does_not_exist_has_no_concurrency" {
  command = plan

  variables {
    concurrency = { froge = 3 }
  }

  expect_failures = [var.concurrency]
}

run "a_key_does_not_belong_among_the_settings" {
  command = plan

  variables {
    engine_settings = { SPEECH_API_KEY = "sk-secret" }
  }

  expect_failures = [var.engine_settings]
}

run "an_engine_has_no_settings_but_those_that_are_read" {
  command = plan

  variables {
    engine_settings = { VERTEX_LOCATION = "europe-west1" }
  }

  expect_failures = [var.engine_settings]
}

run "a_limit_has_a_name_that_is_read" {
  command = plan

  variables {
    limits = { REQUESTS_PER_HOUR = "60" }
  }

  expect_failures = [var.limits]
}

run "an_engine_with_a_key_is_given_that_key" {
  command = plan

  variables {
    engine_keys = ["speech_openai"]
  }

  expect_failures = [var.engine_keys]
}

run "our_own_keys_are_changed_two_at_a_time" {
  command = plan

  variables {
    authenticator_keys = ["1", "2", "3"]
  }

  expect_failures = [var.authenticator_keys]
}

run "more_than_the_region_gives_a_service_is_refused" {
  command = plan

  variables {
    max_instances = { api_gateway = 21 }
  }

  expect_failures = [google_cloudfunctions2_function.agent]
}

run "a_company_whose_policies_name_nobody_outside_has_a_public_streamer" {
  command = plan

  variables {
    domain_restricted = true
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_binding.public) == 0 && google_cloud_run_v2_service.streamer.invoker_iam_disabled
    error_message = "Everybody is named in a policy, or kept out."
  }
}

run "a_speech_engine_is_sent_what_its_quota_takes" {
  command = plan

  variables {
    speech_requests_per_minute = 120
  }

  assert {
    condition     = sum([for queue in ["forge", "urgent"] : google_cloud_tasks_queue.agent[queue].rate_limits[0].max_dispatches_per_second]) == 2 && sum([for queue in ["forge", "urgent"] : google_cloud_tasks_queue.agent[queue].rate_limits[0].max_concurrent_dispatches]) == 6
    error_message = "The queues of the forge do not follow the quota."
  }
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
    concurrency                = { forge = 0 }
    cpu_quota                  = 0
    streamer                   = { cpu = "3", memory = "1Gi", max_instances = 1 }
    speech_engine              = "gogle"
    more_language_engines      = ["gemni"]
    speech_requests_per_minute = -1
    engine_keys_version        = 0
    search_base_url            = "search.example.com"
    lookahead_segments         = -1
    retention_days             = 0
    alert_email                = "me"
    billing_account            = "my billing account"
    monthly_budget             = 0.5
  }

  expect_failures = [
    var.project, var.region, var.domain, var.max_instances, var.concurrency, var.cpu_quota, var.streamer, var.speech_engine,
    var.more_language_engines, var.speech_requests_per_minute, var.engine_keys_version, var.search_base_url,
    var.lookahead_segments, var.retention_days, var.alert_email, var.billing_account, var.monthly_budget,
  ]
}

run "googles_voices_need_googles_api" {
  command = plan

  variables {
    more_speech_engines = ["google"]
  }

  expect_failures = [var.google_engines]
}

run "gemini_needs_vertex_ai_or_a_key" {
  command = plan

  variables {
    language_engine = "gemini"
  }

  expect_failures = [var.google_engines]
}

run "gemini_may_have_a_key_of_its_own" {
  command = plan

  variables {
    language_engine = "gemini"
    engine_keys     = ["language"]
  }
}

run "gemini_is_asked_at_a_location_and_nowhere_else" {
  command = plan

  variables {
    vertex_location = "example.com/"
  }

  expect_failures = [var.vertex_location]
}

run "a_whole_linux_takes_half_a_gib" {
  command = plan

  variables {
    streamer = { cpu = "1", memory = "256Mi", max_instances = 1 }
  }

  expect_failures = [var.streamer]
}
