# For one person and their friends: nothing runs while nobody listens, and a bad day costs little.
project        = "my-project"
max_instances  = { api_gateway = 2, orchestrator = 2, content_harvester = 2, script_weaver = 2, voice_forge = 2, mastering = 1, editions = 1, webhooks = 1 }
concurrency    = { harvest = 2, weave = 4, forge = 8, master = 1, editions = 1, webhooks = 10 }
streamer       = { cpu = "1", memory = "512Mi", max_instances = 1 }
retention_days = 14
alert_email    = "me@example.com"
