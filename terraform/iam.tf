# Who may do what: each right on the one thing that it is for. README.md gives the reasons in a table; a test compares them.

locals {
  members = { for name, account in google_service_account.service : name => "serviceAccount:${account.email}" }
}

# Calling services. Everything but the gateway and the streamer is closed to strangers by the platform, and checks again
# (common/oidc.py). Bindings, not members: whoever else is let in by hand is out again with the next apply.

locals {
  # Private service -> who may call it
  invokers = merge(
    { for agent in local.workers : agent => concat(["tasks_invoker"], contains(local.woken, agent) ? ["waker"] : []) },
    { orchestrator = ["events_invoker", "waker"], dead_letters = ["events_invoker"] },
    { sweeper = ["scheduler_invoker"] },
    { model_serving = ["api_gateway", "script_weaver", "voice_forge", "waker"] },
  )
}

resource "google_cloud_run_v2_service_iam_binding" "invoker" {
  for_each = local.invokers

  name     = google_cloudfunctions2_function.agent[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  members  = [for caller in each.value : local.members[caller]]
}

# The platform lets everybody in: the API asks for a key, the streamer for a stream's token. Where the organization lets
# no policy name everybody (var.domain_restricted), the check of invokers is switched off instead: of the streamer by its
# own argument, of the gateway, which is a function and has none, by a call of Cloud Run's API after each deployment.
# https://cloud.google.com/run/docs/authenticating/public
resource "google_cloud_run_v2_service_iam_binding" "public" {
  for_each = var.domain_restricted ? {} : {
    api_gateway = google_cloudfunctions2_function.agent["api_gateway"].name
    streamer    = google_cloud_run_v2_service.streamer.name
  }

  name     = each.value
  location = var.region
  role     = "roles/run.invoker"
  members  = ["allUsers"]
}

resource "terraform_data" "gateway_is_public" {
  count = var.domain_restricted ? 1 : 0

  triggers_replace = [google_cloudfunctions2_function.agent["api_gateway"].update_time]

  provisioner "local-exec" {
    interpreter = ["/bin/sh", "-c"]
    command     = "sh ${path.module}/call.sh run PATCH v2/projects/${var.project}/locations/${var.region}/services/${local.service_names["api_gateway"]}?updateMask=invokerIamDisabled"
    environment = merge(local.call, { BODY = jsonencode({ invokerIamDisabled = true }) })
  }
}

# Signing: only the gateway, only as itself.

resource "google_service_account_iam_member" "gateway_signs" {
  service_account_id = google_service_account.service["api_gateway"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.members["api_gateway"]
}

# Tasks: only the orchestrator enqueues, and only in the name of the tasks' account.

resource "google_cloud_tasks_queue_iam_member" "orchestrator_enqueues" {
  for_each = google_cloud_tasks_queue.agent

  name     = each.value.name
  location = var.region
  role     = "roles/cloudtasks.enqueuer"
  member   = local.members["orchestrator"]
}

resource "google_service_account_iam_member" "orchestrator_names_invoker" {
  service_account_id = google_service_account.service["tasks_invoker"].name
  role               = "roles/iam.serviceAccountUser"
  member             = local.members["orchestrator"]
}

# Events: every agent that has something to tell; nobody else. Pub/Sub itself moves what cannot be delivered.

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = toset(["api_gateway", "content_harvester", "script_weaver", "voice_forge", "mastering"])

  topic  = google_pubsub_topic.events.name
  role   = "roles/pubsub.publisher"
  member = local.members[each.key]
}

# Waking: by those who see who comes. They may call none of those that they have woken.
resource "google_pubsub_topic_iam_member" "wakings" {
  for_each = toset(["api_gateway", "streamer"])

  topic  = google_pubsub_topic.wakings.name
  role   = "roles/pubsub.publisher"
  member = local.members[each.key]
}

moved {
  from = google_pubsub_topic_iam_member.wakings
  to   = google_pubsub_topic_iam_member.wakings["api_gateway"]
}

resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.dead.name
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent

  depends_on = [google_project_service_identity.agent]
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  subscription = google_pubsub_subscription.orchestrator.name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent

  depends_on = [google_project_service_identity.agent]
}

# Audio. The streamer and the voice forge are not here: one hears through signed URLs, the other has its audio stored.

resource "google_storage_bucket_iam_member" "audio" {
  for_each = {
    for grant in concat(
      [{ account = "api_gateway", role = "objectUser" }],
      [for account in ["content_harvester", "script_weaver", "model_serving", "mastering"] : { account = account, role = "objectViewer" }],
      [for account in ["content_harvester", "model_serving", "mastering"] : { account = account, role = "objectCreator" }],
    ) : "${grant.account} ${grant.role}" => grant
  }

  bucket = google_storage_bucket.audio.name
  role   = "roles/storage.${each.value.role}"
  member = local.members[each.value.account]
}

# State. Firestore knows rights on a whole database only; the condition holds them to ours.

resource "google_project_iam_member" "firestore" {
  for_each = toset(["api_gateway", "orchestrator", "content_harvester", "script_weaver", "voice_forge", "mastering", "webhooks"])

  project = var.project
  role    = "roles/datastore.user"
  member  = local.members[each.key]

  condition {
    title      = "aethercast_database"
    expression = "resource.name == \"projects/${var.project}/databases/${google_firestore_database.main.name}\""
  }
}

# The streamer listens, and keeps the books of who may hear what: it can delete nothing. A deleted role can be had back for
# 7 days, and its ID is free again after 37: as with queues, another suffix has it made anew in between.
# https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
resource "google_project_iam_custom_role" "listener" {
  role_id     = "${replace(var.prefix, "-", "_")}_listener${replace(var.queue_suffix, "-", "_")}"
  title       = "Aethercast listener"
  description = "Read and write documents, delete none"
  permissions = [
    "datastore.databases.get",
    "datastore.entities.create",
    "datastore.entities.get",
    "datastore.entities.list",
    "datastore.entities.update",
  ]

  depends_on = [time_sleep.apis]

  lifecycle {
    create_before_destroy = true # another suffix is another role, and somebody may be listening
  }
}

resource "google_project_iam_member" "streamer_firestore" {
  project = var.project
  role    = google_project_iam_custom_role.listener.name
  member  = local.members["streamer"]

  condition {
    title      = "aethercast_database"
    expression = "resource.name == \"projects/${var.project}/databases/${google_firestore_database.main.name}\""
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Engines and the web search: only the agent that asks them, only those that are used.

resource "google_secret_manager_secret_iam_member" "engine_key" {
  for_each = google_secret_manager_secret.engine_key

  secret_id = each.value.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.members[local.key_readers[each.key]]
}

resource "google_project_iam_member" "vertex_ai" {
  count = contains(var.google_engines, "vertex_ai") ? 1 : 0

  project = var.project
  role    = "roles/aiplatform.user"
  member  = local.members["model_serving"]
}

# What our services sign for each other: every function makes or takes such requests. The streamer calls none that asks.

resource "google_secret_manager_secret_iam_member" "authenticator" {
  for_each = {
    for grant in setproduct(var.authenticator_keys, distinct([for service in local.functions : service.account])) :
    "${grant[1]} ${grant[0]}" => { key = grant[0], account = grant[1] }
  }

  secret_id = google_secret_manager_secret.authenticator[each.value.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.members[each.value.account]
}

# Metrics: what the collector beside the streamer writes is told of by nobody else.

resource "google_project_iam_member" "streamer_metrics" {
  count = var.collect_metrics ? 1 : 0

  project = var.project
  role    = "roles/monitoring.metricWriter"
  member  = local.members["streamer"]
}

# Traces: every service writes its own spans.

resource "google_project_iam_member" "traces" {
  for_each = toset(var.trace ? concat(distinct([for function in local.functions : function.account]), ["streamer"]) : [])

  project = var.project
  role    = "roles/telemetry.tracesWriter"
  member  = local.members[each.key]
}

# Google's own services. Cloud Tasks, Pub/Sub and Cloud Scheduler sign the tokens that they come with, and Cloud Build
# builds in the builder's name, by accounts that have the role for it from the start only where Google made them of its
# own accord. https://cloud.google.com/iam/docs/create-service-agents#grant-roles

resource "google_project_iam_member" "agent" {
  for_each = google_project_service_identity.agent

  project = var.project
  role    = "roles/${each.key}.serviceAgent"
  member  = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-${each.key}.iam.gserviceaccount.com"
}

# Building

resource "google_storage_bucket_iam_member" "builder" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = local.members["builder"]
}

# Cloud Functions hands sources to the build through a bucket of its own, which is made at the first deployment.
resource "google_project_iam_member" "builder_sources" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = local.members["builder"]

  condition {
    title      = "functions_sources"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}\")"
  }
}

resource "google_artifact_registry_repository_iam_member" "builder" {
  repository = google_artifact_registry_repository.images.repository_id
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = local.members["builder"]
}

resource "google_project_iam_member" "builder_logs" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = local.members["builder"]
}

# A right that was just given takes about 2 minutes to be seen everywhere, sometimes 7 and longer; builds that begin at
# once fail half of the time. https://cloud.google.com/iam/docs/access-change-propagation,
# https://github.com/hashicorp/terraform-provider-google/issues/18956. Again for keys that are added later.
resource "time_sleep" "rights" {
  create_duration = "120s"

  triggers = {
    keys = join(" ", concat(sort(keys(google_secret_manager_secret_iam_member.engine_key)), sort(keys(google_secret_manager_secret_iam_member.authenticator))))
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.builder,
    google_project_iam_member.agent,
    google_project_iam_member.builder_logs,
    google_project_iam_member.builder_sources,
    google_project_service_identity.agent,
    google_secret_manager_secret_iam_member.authenticator, # what may not be read when it is deployed fails it
    google_secret_manager_secret_iam_member.engine_key,
    google_storage_bucket_iam_member.builder,
  ]
}
