# For a public service: no cold start between a click and the first sound, Google's voices and Gemini, one domain behind
# Cloud Armor, data that a mistaken destroy leaves alone, and somebody to tell.
project         = "my-project"
domain          = "podcasts.example.com"
warm            = true
speech_engine   = "google"
language_engine = "gemini"
google_engines  = ["text_to_speech", "vertex_ai"]
max_instances   = { api_gateway = 50, orchestrator = 50, content_harvester = 50, script_weaver = 50, voice_forge = 50, mastering = 20, editions = 50 }
concurrency     = { harvest = 200, weave = 400, forge = 400, master = 40, editions = 50 }
streamer        = { cpu = "2", memory = "1Gi", max_instances = 50 }
retention_days  = 90
protect_data    = true
collect_metrics = true
alert_email     = "oncall@example.com"
billing_account = "000000-000000-000000"
monthly_budget  = 2000
