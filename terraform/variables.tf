# Where

variable "project" {
  description = "ID of the Google Cloud project, with billing enabled. One deployment fits in a project."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The ID of a project, such as my-project-123456: not its name, nor its number. Of old projects whose ID begins with a domain, no bucket could have the name."
  }
}

variable "region" {
  description = "Region of everything: functions, streamer, queues, database and buckets stand side by side."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region, such as us-central1: no zone, and nothing that spans several."
  }
}

variable "prefix" {
  description = "What the names of services, accounts and buckets begin with."
  type        = string
  default     = "aethercast"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,10}[a-z0-9]$", var.prefix))
    error_message = "3 to 12 lower-case letters, digits and hyphens: account names have at most 30 characters."
  }
}

variable "domain_restricted" {
  description = "Set it where an organization policy lets no one outside its domain into IAM, so that nobody may grant allUsers (iam.allowedPolicyMemberDomains, iam.managed.allowedPolicyMembers). Gateway and streamer are then public by having no check of invokers, as Cloud Run recommends."
  type        = bool
  default     = false
}

variable "database" {
  description = "ID of the Firestore database, which must not exist yet. Any other than (default) has 4 to 63 lower-case letters, digits and hyphens, and no free quota."
  type        = string
  default     = "(default)"

  validation {
    condition     = var.database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.database))
    error_message = "(default), or 4 to 63 lower-case letters, digits and hyphens."
  }
}

variable "queue_suffix" {
  description = "Ends the names of the queues and of the streamer's role, such as -2. The name of a deleted queue may not be used again for 3 days, and that of a deleted role not from the 7th to the 37th: after a destroy, the next apply is given another suffix."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(-[a-z0-9]{1,20})?$", var.queue_suffix))
    error_message = "A hyphen, then up to 20 lower-case letters and digits."
  }
}

variable "domain" {
  description = "A host name for player and API, such as podcasts.example.com. Adds a load balancer with a managed certificate, Cloud CDN and Cloud Armor; its address is an output, to be put into the DNS. Empty: the services' own run.app addresses."
  type        = string
  default     = ""

  validation {
    condition     = var.domain == "" || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "A host name alone, in lower case, such as podcasts.example.com."
  }
}

variable "id_token_client" {
  description = "OAuth client ID of a hosted player, which then lets people in with their Google account instead of an API key. Everybody who can sign in there may make podcasts. Empty: API keys alone."
  type        = string
  default     = ""

  validation {
    condition     = var.id_token_client == "" || endswith(var.id_token_client, ".apps.googleusercontent.com")
    error_message = "A client ID ends in .apps.googleusercontent.com."
  }
}

# How large

variable "warm" {
  description = "Keep one instance of everything between a click and lasting sound running. Without it a program that calls out of nothing waits for a cold start, and so does who clicks within seconds of opening the page; with it the project costs money at rest."
  type        = bool
  default     = false
}

variable "max_instances" {
  description = "The most instances of each service, which bounds what a bad day can cost. Services left out have the default of services.tf, model serving as many as the queues' concurrency asks for."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for limit in values(var.max_instances) : limit >= 1])
    error_message = "A service needs at least one instance."
  }
  validation {
    condition     = length(setsubtract(keys(var.max_instances), ["api_gateway", "orchestrator", "dead_letters", "sweeper", "content_harvester", "script_weaver", "voice_forge", "model_serving", "mastering", "editions", "webhooks"])) == 0
    error_message = "The services are api_gateway, orchestrator, dead_letters, sweeper, content_harvester, script_weaver, voice_forge, model_serving, mastering, editions and webhooks; the streamer has a variable of its own."
  }
}

variable "concurrency" {
  description = "Tasks that each queue has under way at once. That of the forge bounds the load on the speech engine, a third of it kept for what somebody waits for, 2 at least; by default it follows speech_requests_per_minute."
  type        = map(number)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.concurrency), ["harvest", "weave", "forge", "master", "editions", "webhooks"])) == 0
    error_message = "The queues are harvest, weave, forge, master, editions and webhooks."
  }
  validation {
    condition     = alltrue([for queue, tasks in var.concurrency : tasks >= (queue == "forge" ? 2 : 1) && tasks <= 5000])
    error_message = "A queue has 1 to 5000 tasks under way; the forge at least 2, of which one is kept for what somebody waits for."
  }
}

variable "cpu_quota" {
  description = "CPU that the instances of one service may have together: the region's quota CpuAllocPerProjectRegion of Cloud Run, by which it refuses a service; all that run at the same time share it, too. A new project has 20; ask for more under IAM & Admin, Quotas."
  type        = number
  default     = 20

  validation {
    condition     = var.cpu_quota >= 1
    error_message = "At least 1 CPU."
  }
}

variable "memory_quota" {
  description = "GiB that the instances of one service may have together: MemAllocPerProjectRegion, as cpu_quota. 0: twice as many as cpu_quota, as a new project has (20 CPU and 40 GiB)."
  type        = number
  default     = 0

  validation {
    condition     = var.memory_quota >= 0
    error_message = "A number of GiB, or 0."
  }
}

variable "streamer" {
  description = "Size of one streamer instance. One of the default size serves 1,000 listeners."
  type        = object({ cpu = string, memory = string, max_instances = number })
  default     = { cpu = "1", memory = "512Mi", max_instances = 5 }

  validation {
    condition     = contains(["1", "2", "4", "6", "8"], var.streamer.cpu) && can(regex("^([5-9][0-9]{2}|[0-9]{4,})Mi$|^[0-9]+Gi$", var.streamer.memory)) && var.streamer.max_instances >= 1
    error_message = "cpu is 1, 2, 4, 6 or 8, memory at least 512Mi, such as 1Gi, and max_instances at least 1."
  }
  validation { # https://cloud.google.com/run/docs/configuring/services/memory-limits
    condition     = try(tonumber(trimsuffix(trimsuffix(var.streamer.memory, "Mi"), "Gi")) * (endswith(var.streamer.memory, "Gi") ? 1024 : 1), 0) >= lookup({ "4" = 2048, "6" = 4096, "8" = 4096 }, var.streamer.cpu, 512)
    error_message = "4 CPU take at least 2Gi of memory, 6 and 8 CPU at least 4Gi, fewer at least 512Mi."
  }
}

# Engines

variable "speech_engine" {
  description = "Who speaks: SPEECH_ENGINE of the model serving agent. The default needs no key and no other service."
  type        = string
  default     = "hibari"

  validation {
    condition     = contains([for file in fileset(path.module, "../functions/model_serving/tts/engines/*/__init__.py") : basename(dirname(file))], var.speech_engine)
    error_message = "An engine is named after its folder of functions/model_serving/tts/engines."
  }
}

variable "language_engine" {
  description = "Who writes: LANGUAGE_ENGINE of the model serving agent. The default needs no key and no other service."
  type        = string
  default     = "extractive"

  validation {
    condition     = contains([for file in fileset(path.module, "../functions/model_serving/llm/engines/*/__init__.py") : basename(dirname(file))], var.language_engine)
    error_message = "An engine is named after its folder of functions/model_serving/llm/engines."
  }
}

variable "more_speech_engines" {
  description = "Who may speak besides, where a request asks for it."
  type        = list(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.more_speech_engines, [for file in fileset(path.module, "../functions/model_serving/tts/engines/*/__init__.py") : basename(dirname(file))])) == 0
    error_message = "An engine is named after its folder of functions/model_serving/tts/engines."
  }
}

variable "more_language_engines" {
  description = "Who may write besides, where a request asks for it."
  type        = list(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.more_language_engines, [for file in fileset(path.module, "../functions/model_serving/llm/engines/*/__init__.py") : basename(dirname(file))])) == 0
    error_message = "An engine is named after its folder of functions/model_serving/llm/engines."
  }
}

variable "engine_settings" {
  description = "Further settings of the engines by the names of common/settings.py, such as SPEECH_BASE_URL and LANGUAGE_MODEL, or SPEECH_OPENAI_BASE_URL of one that is not the default. Keys do not belong here."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.engine_settings) : can(regex("^(SPEECH_([A-Z]+_)?(BASE_URL|MODEL|VOICES|SAMPLE_RATE|UNSETTLED)|LANGUAGE_([A-Z]+_)?(BASE_URL|MODEL|CONTEXT_CHARACTERS|CALLS|FIRST_TOKEN_S|SILENCE_S))$", name))])
    error_message = "Names are SPEECH_ or LANGUAGE_ with BASE_URL and MODEL, SPEECH_VOICES, SPEECH_SAMPLE_RATE, SPEECH_UNSETTLED, and LANGUAGE_CONTEXT_CHARACTERS, _CALLS, _FIRST_TOKEN_S and _SILENCE_S. A key is given as speech_api_key or language_api_key."
  }
}

variable "vertex_location" {
  description = "Where Gemini is asked, with vertex_ai among google_engines: global, us, eu, or a region. Its newer models are offered in the first three only."
  type        = string
  default     = "global"

  validation {
    condition     = can(regex("^(global|us|eu|[a-z]+-[a-z]+[0-9]+)$", var.vertex_location))
    error_message = "global, us, eu, or a region, such as europe-west4."
  }
}

variable "speech_requests_per_minute" {
  description = "Quota of the speech engine, such as 200 for Chirp 3 HD. The forge's queues then send no more, and as many at once as use it up. 0: none is known."
  type        = number
  default     = 0

  validation {
    condition     = var.speech_requests_per_minute >= 0
    error_message = "A number of requests, or 0."
  }
}

variable "google_engines" {
  description = "Which of Google's own engines the model serving agent may call: text_to_speech, vertex_ai."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.google_engines, ["text_to_speech", "vertex_ai"])) == 0
    error_message = "Google's engines are text_to_speech and vertex_ai."
  }
  validation {
    condition     = contains(var.google_engines, "text_to_speech") || !contains(concat([var.speech_engine], var.more_speech_engines), "google")
    error_message = "The speech engine google needs text_to_speech here."
  }
  validation {
    condition     = anytrue([contains(var.google_engines, "vertex_ai"), contains(var.engine_keys, "language_gemini"), contains(var.engine_keys, "language") && var.language_engine == "gemini", !contains(concat([var.language_engine], var.more_language_engines), "gemini")])
    error_message = "The language engine gemini needs vertex_ai here, or a key of its own."
  }
}

variable "engine_keys" {
  description = "What is reached with a key: speech, language and search, given as TF_VAR_speech_api_key and so on; and by their names, such as speech_openai, engines that are not the default, given in TF_VAR_more_api_keys."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for key in var.engine_keys : can(regex("^(search|(speech|language)(_[a-z]+)?)$", key))])
    error_message = "Keys are those of speech, language and search, or such as speech_openai."
  }
  validation {
    condition     = alltrue([for key in var.engine_keys : contains(["speech", "language", "search"], key) || can(var.more_api_keys[key])])
    error_message = "An engine that is not the default is given its key in TF_VAR_more_api_keys, such as '{speech_openai = \"sk-…\"}'."
  }
}

variable "engine_keys_version" {
  description = "Raise it by one to have changed keys stored."
  type        = number
  default     = 1

  validation {
    condition     = var.engine_keys_version >= 1
    error_message = "A number that grows."
  }
}

variable "speech_api_key" {
  description = "Key of the speech engine. Stored in Secret Manager, never in Terraform's state."
  type        = string
  default     = ""
  ephemeral   = true
}

variable "language_api_key" {
  description = "Key of the language engine. Stored in Secret Manager, never in Terraform's state."
  type        = string
  default     = ""
  ephemeral   = true
}

variable "more_api_keys" {
  description = "Keys of engines that are not the default, by the names in engine_keys. Stored in Secret Manager, never in Terraform's state."
  type        = map(string)
  default     = {}
  ephemeral   = true
}

# Keys of our own

variable "authenticator_keys" {
  description = "Names of the keys that our services sign requests to each other with: the first signs, a second is accepted, too. Made by Terraform, kept in Secret Manager. Changed as README.md says."
  type        = list(string)
  default     = ["1"]

  validation {
    condition     = contains([1, 2], length(var.authenticator_keys)) && length(distinct(var.authenticator_keys)) == length(var.authenticator_keys)
    error_message = "There is one key, or two different ones while they are changed."
  }
  validation {
    condition     = alltrue([for key in var.authenticator_keys : can(regex("^[a-z0-9]{1,20}$", key))])
    error_message = "A key is named with lower-case letters and digits."
  }
}

# Web search

variable "search_base_url" {
  description = "A SearXNG server that topics are looked up with besides Wikipedia. Empty: Wikipedia alone."
  type        = string
  default     = ""

  validation {
    condition     = var.search_base_url == "" || can(regex("^https?://", var.search_base_url))
    error_message = "The address of a server, such as https://search.example.com."
  }
}

variable "search_api_key" {
  description = "Key of the web search, if it asks for one. Stored in Secret Manager, never in Terraform's state."
  type        = string
  default     = ""
  ephemeral   = true
}

# Keeping and watching

variable "lookahead_segments" {
  description = "Voice only so many turns beyond those that somebody is about to hear; the rest waits for listeners. 0: voice everything at once."
  type        = number
  default     = 0

  validation {
    condition     = var.lookahead_segments >= 0
    error_message = "A number of turns, or 0."
  }
}

variable "limits" {
  description = "Limits and manners by the names of common/settings.py, such as REQUESTS_PER_MINUTE. Those left out have the defaults that stand there."
  type        = map(string)
  default     = {}

  validation {
    condition = length(setsubtract(keys(var.limits), [
      "APOLOGIZE_FOR_FAILED_SEGMENTS", "ARXIV_URL", "FEED_MEMORY_BYTES", "GITHUB_API_URL", "GITHUB_RAW_URL", "LOG_LEVEL", "MAX_CONNECTIONS_PER_ADDRESS", "MAX_CONNECTION_S",
      "MAX_SOURCE_BYTES", "MINUTES_A_DAY", "PODCASTS_AT_ONCE", "READS_PER_MINUTE", "REMOVED_AGAIN_AFTER_S", "RENAME_SETTLES_S", "REQUESTS_PER_MINUTE", "RESUME_GRACE_S", "SIGNED_URL_TTL_S", "SOURCE_TIMEOUT_S",
      "STALLED_AFTER_S", "STREAM_TOKEN_TTL_S", "SWEEP_FAIL_AFTER_S", "SWEEP_REDRIVE_AFTER_S", "USD_A_DAY", "WIKIPEDIA_URL",
    ])) == 0
    error_message = "A name is none of the limits that are set here."
  }
}

variable "retention_days" {
  description = "How long podcasts are kept."
  type        = number
  default     = 30

  validation {
    condition     = var.retention_days >= 1 && floor(var.retention_days) == var.retention_days
    error_message = "At least a day, and whole days."
  }
}

variable "protect_data" {
  description = "Refuse to destroy the database and the audio bucket while they hold anything, and keep a daily backup of the database and every state of it for a week."
  type        = bool
  default     = false
}

variable "collect_metrics" {
  description = "Put a collector beside the streamer that hands its metrics to Managed Prometheus: listeners, buffers, first sound. Costs a little per sample, and a tenth of a CPU while somebody listens."
  type        = bool
  default     = false
}

variable "trace" {
  description = "Send a trace of each podcast to Cloud Trace, whose id is the podcast's: which service, which call took how long. Costs a little per span beyond the free ones."
  type        = bool
  default     = false
}

variable "alert_email" {
  description = "Who is told when something is wrong. Empty: alerts are shown in the console alone."
  type        = string
  default     = ""

  validation {
    condition     = var.alert_email == "" || can(regex("^[^@ ]+@[^@ ]+$", var.alert_email))
    error_message = "An e-mail address."
  }
}

variable "billing_account" {
  description = "ID of the billing account, for the budget alert. Empty: none, as it needs a right on the billing account."
  type        = string
  default     = ""

  validation {
    condition     = var.billing_account == "" || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "The ID of a billing account, such as 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  description = "Told at 50, 90 and 100 % of so much a month, in the billing account's currency."
  type        = number
  default     = 20

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "A whole amount, at least 1."
  }
}
