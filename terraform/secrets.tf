# Keys of engines that are not Google's own, and of the web search, and those that our services sign with. Only the agent
# that needs one can read it; Terraform's state does not hold them. They are kept in the region, as everything is: what is
# replicated by itself may be made only where an organization lets resources be anywhere (gcp.resourceLocations).
# https://cloud.google.com/secret-manager/docs/choosing-replication

locals {
  engine_keys = merge(var.more_api_keys, {
    speech   = var.speech_api_key
    language = var.language_api_key
    search   = var.search_api_key
  })
  key_readers = { for key in var.engine_keys : key => key == "search" ? "content_harvester" : "model_serving" }
}

resource "google_secret_manager_secret" "engine_key" {
  for_each = var.engine_keys

  secret_id = "${var.prefix}-${replace(each.key, "_", "-")}-api-key"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [time_sleep.apis]

  lifecycle {
    ignore_changes = [replication] # another is another secret: those that were made everywhere stay so
  }
}

resource "google_secret_manager_secret_version" "engine_key" {
  for_each = var.engine_keys

  secret                 = google_secret_manager_secret.engine_key[each.key].id
  secret_data_wo         = local.engine_keys[each.key]
  secret_data_wo_version = var.engine_keys_version
}

# What our services sign for each other (common/authenticator.py): made here, and seen by nobody. A write-only value is
# told to the cloud once and kept nowhere, so that another at each plan changes nothing.

resource "google_secret_manager_secret" "authenticator" {
  for_each = toset(var.authenticator_keys)

  secret_id = "${var.prefix}-authenticator-${each.key}"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [time_sleep.apis]

  lifecycle {
    ignore_changes = [replication] # another is another secret: those that were made everywhere stay so
  }
}

resource "google_secret_manager_secret_version" "authenticator" {
  for_each = google_secret_manager_secret.authenticator

  secret                 = each.value.id
  secret_data_wo         = "${uuid()}${uuid()}" # 244 random bits
  secret_data_wo_version = 1
}
