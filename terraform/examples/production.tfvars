# For a public service: no cold start between a click and the first sound, Google's voices and Gemini, one domain behind
# Cloud Armor, data that a mistaken destroy leaves alone, and somebody to tell.
project         = "my-project"
domain          = "podcasts.example.com"
warm            = true
speech_engine   = "google"
language_engine = "gemini"
google_engines  = ["text_to_speech", "vertex_ai"]
# All of it fits what a new project is given: 20 CPU a region for a service, 200 requests of Chirp 3 HD a minute, which is
# four podcasts of ten minutes a minute. With more of either, raise these first: the queues follow.
cpu_quota                  = 20
speech_requests_per_minute = 200
max_instances              = { api_gateway = 20, orchestrator = 20, content_harvester = 20, script_weaver = 20, voice_forge = 20, mastering = 20, editions = 20 }
concurrency                = { harvest = 80, weave = 60, master = 40, editions = 20 }
streamer                   = { cpu = "2", memory = "1Gi", max_instances = 9 }
retention_days             = 90
protect_data               = true
collect_metrics            = true
alert_email                = "oncall@example.com"
billing_account            = "000000-000000-000000"
monthly_budget             = 2000
