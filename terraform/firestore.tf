# All state (common/records.py): one native database, what expires in it, and the indexes of the sorted queries.

resource "google_firestore_database" "main" {
  name                    = var.database
  location_id             = var.region
  type                    = "FIRESTORE_NATIVE"
  concurrency_mode        = "PESSIMISTIC"
  deletion_policy         = "DELETE"
  delete_protection_state = var.protect_data ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"

  # Every state of the last week can be restored from, and a backup of each of the last seven days.
  point_in_time_recovery_enablement = var.protect_data ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"

  depends_on = [time_sleep.apis]
}

resource "google_firestore_backup_schedule" "daily" {
  count = var.protect_data ? 1 : 0

  database  = google_firestore_database.main.name
  retention = "604800s"

  daily_recurrence {}
}

# Documents go when their time has come. The field is not indexed: nothing asks for it, and an index on ever later times is hot.
resource "google_firestore_field" "expires_at" {
  for_each = toset(["idempotency", "openings", "places", "rate_limits", "segments", "shares", "streams", "usage", "workflows"])

  database   = google_firestore_database.main.name
  collection = each.key
  field      = "expires_at"

  ttl_config {}
  index_config {}
}

# Every index of a document is written with it, which is most of what a write takes
# (https://cloud.google.com/firestore/docs/understand-reads-writes-scale), and one on ever later times (lease_expires,
# completed_at) bounds the writes of a whole collection to some 500 a second
# (https://cloud.google.com/firestore/docs/best-practices#hotspots). So nothing is indexed by itself but what queries ask
# for; those that need several fields have an index of these below.
locals {
  # Collection -> fields that are indexed by themselves
  single_fields = {
    api_keys       = []
    feeds          = ["owner"]
    idempotency    = []
    openings       = []
    places         = []
    pronunciations = []
    rate_limits    = []
    removals       = ["due"]
    segments       = ["forged_at", "index", "state"]
    shares         = ["workflow_id"]
    streams        = ["workflow_id"]
    usage          = ["key"]
    workflows      = ["files_due", "key", "state"]
  }
}

resource "google_firestore_field" "unindexed" {
  for_each = local.single_fields

  database   = google_firestore_database.main.name
  collection = each.key
  field      = "*"

  index_config {}
}

resource "google_firestore_field" "indexed" {
  for_each = merge([for collection, fields in local.single_fields : { for field in fields : "${collection}.${field}" => [collection, field] }]...)

  database   = google_firestore_database.main.name
  collection = each.value[0]
  field      = each.value[1]

  index_config {
    indexes {
      order       = "ASCENDING"
      query_scope = "COLLECTION"
    }
    indexes {
      order       = "DESCENDING"
      query_scope = "COLLECTION"
    }
  }
}

# The gateway's list of somebody's podcasts, the latest first.
resource "google_firestore_index" "workflows_by_owner" {
  database   = google_firestore_database.main.name
  collection = "workflows"

  fields {
    field_path = "owner"
    order      = "ASCENDING"
  }
  fields {
    field_path = "created_at"
    order      = "DESCENDING"
  }
}

# The sweeper's look at what is being made, the oldest first.
resource "google_firestore_index" "workflows_by_state" {
  database   = google_firestore_database.main.name
  collection = "workflows"

  fields {
    field_path = "state"
    order      = "ASCENDING"
  }
  fields {
    field_path = "created_at"
    order      = "ASCENDING"
  }
}

# The first turns of a podcast that are not voiced.
resource "google_firestore_index" "segments_by_state" {
  database   = google_firestore_database.main.name
  collection = "segments"

  fields {
    field_path = "state"
    order      = "ASCENDING"
  }
  fields {
    field_path = "index"
    order      = "ASCENDING"
  }
}

resource "google_firebaserules_ruleset" "deny_all" {
  source {
    files {
      name    = "firestore.rules"
      content = file("${path.module}/firestore.rules")
    }
  }

  depends_on = [google_firestore_database.main, time_sleep.apis]
}

resource "google_firebaserules_release" "firestore" {
  name         = var.database == "(default)" ? "cloud.firestore" : "cloud.firestore/${var.database}"
  ruleset_name = google_firebaserules_ruleset.deny_all.name

  lifecycle {
    replace_triggered_by = [google_firebaserules_ruleset.deny_all]
  }
}
