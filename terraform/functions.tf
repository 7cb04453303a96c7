# The agents as Cloud Functions (2nd gen). Each archive holds the agent's folder and common/ as they are here, and at its
# root what the platform looks for there. It is named after its content: what has not changed is not deployed again.

locals {
  root    = "${path.module}/.."
  sources = toset([for service in local.functions : service.source])

  # Queues, topics and schedules of this project count as internal. The public comes to the gateway; other functions, which
  # do not count, to the model serving agent.
  ingress = {
    api_gateway   = var.domain == "" ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"
    model_serving = "ALLOW_ALL"
  }

  # Path inside the archive -> file, for each folder of functions/. No hidden ones, such as a Mac's .DS_Store, which is no
  # text, and so would end every plan.
  archives = {
    for source in local.sources : source => merge(
      { for file in fileset("${local.root}/common", "**") : "common/${file}" => "${local.root}/common/${file}" if !strcontains(file, "__pycache__") && !strcontains("/${file}", "/.") },
      { for file in fileset("${local.root}/functions/${source}", "**") : "functions/${source}/${file}" => "${local.root}/functions/${source}/${file}" if !strcontains(file, "__pycache__") && !strcontains("/${file}", "/.") },
      {
        "functions/__init__.py" = "${local.root}/functions/__init__.py"
      },
    )
  }

  # What the platform looks for at the root of an archive, and what is there: the agent's entry points, and every
  # package that it and the folders within it (such as engines) need, down to the last, by the hash of its file
  # (`nox -s lock`). An instance has no processor
  # between requests, and gunicorn would take its worker for dead when that comes back. functions-framework reads the
  # timeout after this file, and the platform sets it by itself: whether a setting of ours would be the last word is not
  # documented, so it is said here. The platform itself bounds a request.
  roots = {
    for source in local.sources : source => {
      "main.py" = join("\n", [
        "\"\"\"The entry points of functions/${source}, where the platform looks for them.\"\"\"",
        "import os",
        "os.environ[\"CLOUD_RUN_TIMEOUT_SECONDS\"] = \"0\"  # of gunicorn's workers: none, for they are frozen between requests",
        "from functions.${source}.main import ${join(", ", sort([for service in local.functions : service.entry_point if service.source == source]))}  # noqa: F401",
        "",
      ])
      "requirements.txt" = file("${local.root}/functions/${source}/requirements.lock")
    }
  }
}

data "archive_file" "agent" {
  for_each = local.archives

  type             = "zip"
  output_path      = "${path.module}/.terraform/archives/${each.key}.zip"
  output_file_mode = "0644"

  dynamic "source" {
    for_each = each.value
    content {
      filename = source.key
      content  = file(source.value)
    }
  }

  dynamic "source" {
    for_each = local.roots[each.key]
    content {
      filename = source.key
      content  = source.value
    }
  }
}

resource "google_storage_bucket_object" "agent" {
  for_each = data.archive_file.agent

  bucket = google_storage_bucket.source.name
  name   = "functions/${each.key}-${each.value.output_sha256}.zip"
  source = each.value.output_path
}

resource "google_artifact_registry_repository" "images" {
  repository_id = var.prefix
  location      = var.region
  format        = "DOCKER"
  description   = "The functions' and the streamer's images"

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [time_sleep.apis]
}

resource "google_cloudfunctions2_function" "agent" {
  for_each = local.functions

  name        = local.service_names[each.key]
  location    = var.region
  description = "Aethercast: ${each.value.entry_point} of functions/${each.value.source}"

  build_config {
    runtime           = "python312"
    entry_point       = each.value.entry_point
    service_account   = google_service_account.service["builder"].id
    docker_repository = google_artifact_registry_repository.images.id
    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.agent[each.value.source].name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.service[each.value.account].email
    available_memory                 = each.value.memory
    available_cpu                    = each.value.cpu
    max_instance_request_concurrency = each.value.concurrency
    timeout_seconds                  = each.value.timeout_s
    min_instance_count               = var.warm && each.value.hot ? 1 : 0
    max_instance_count               = local.max_instances[each.key]
    ingress_settings                 = lookup(local.ingress, each.key, "ALLOW_INTERNAL_ONLY")
    all_traffic_on_latest_revision   = true
    # Functions Framework serves with four threads a CPU unless told otherwise, and the rest of what an instance is sent
    # at once would wait.
    environment_variables = merge(
      local.environment,
      local.told_of_the_streamer,
      { THREADS = tostring(each.value.concurrency) },
      { PLATFORM_CHECKS_TOKENS = tostring(contains(keys(local.invokers), each.key)) },
      each.key == "sweeper" ? { TICK_TOKEN_SHA256 = sha256(terraform_data.tick_token.output) } : {},
    )

    dynamic "secret_environment_variables" {
      for_each = merge(
        {
          for key, secret in google_secret_manager_secret.engine_key : "${upper(key)}_API_KEY" => {
            secret  = secret.secret_id
            version = google_secret_manager_secret_version.engine_key[key].version
          } if local.key_readers[key] == each.key
        },
        {
          for number, key in var.authenticator_keys : ["AUTHENTICATOR_KEY", "AUTHENTICATOR_OTHER_KEY"][number] => {
            secret  = google_secret_manager_secret.authenticator[key].secret_id
            version = google_secret_manager_secret_version.authenticator[key].version
          }
        },
      )
      content {
        key        = secret_environment_variables.key
        project_id = var.project
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  depends_on = [time_sleep.rights]

  lifecycle {
    precondition {
      condition     = lookup(local.sent_at_once, each.key, 0) <= each.value.concurrency * local.max_instances[each.key]
      error_message = "Queues send ${each.key} more at once than its instances take (${each.value.concurrency} each): raise its max_instances, or lower the queue's concurrency."
    }
    precondition {
      condition     = tonumber(each.value.cpu) * local.max_instances[each.key] <= var.cpu_quota
      error_message = "${each.key} may have ${local.max_instances[each.key]} instances of ${each.value.cpu} CPU, and a service of this region no more than ${var.cpu_quota} CPU (CpuAllocPerProjectRegion): lower its max_instances or the queues' concurrency, or ask for more and raise cpu_quota."
    }
    precondition {
      condition     = local.memory[each.key] * local.max_instances[each.key] <= local.memory_quota
      error_message = "${each.key} may have ${local.max_instances[each.key]} instances of ${each.value.memory}, and a service of this region no more than ${local.memory_quota} GiB (MemAllocPerProjectRegion): lower its max_instances, or ask for more and raise memory_quota."
    }
  }
}
