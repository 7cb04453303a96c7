# Two buckets: what people hear, and what is deployed. Neither can be made public.

locals {
  audio_bucket = "${var.project}-${var.prefix}-audio" # the streamer is told of it, and it of the streamer
}

resource "google_storage_bucket" "audio" {
  name                        = local.audio_bucket
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protect_data

  # Podcasts alone: the weights of voices, below voices/, stay.
  lifecycle_rule {
    condition {
      age            = var.retention_days
      matches_prefix = ["workflows/"]
    }
    action {
      type = "Delete"
    }
  }

  # What an M4A was joined of.
  lifecycle_rule {
    condition {
      age            = 1
      matches_suffix = [".head", ".body"]
    }
    action {
      type = "Delete"
    }
  }

  # Objects are written once and can be made again: what is deleted is not to be paid for any longer.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  # Finished episodes are fetched by the player itself, through signed URLs, in ranges.
  cors {
    origin          = local.player_urls
    method          = ["GET", "HEAD"]
    response_header = ["Accept-Ranges", "Content-Length", "Content-Range", "Content-Type"]
    max_age_seconds = 3600
  }

  depends_on = [time_sleep.apis]
}

resource "google_storage_bucket" "source" {
  name                        = "${var.project}-${var.prefix}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  versioning {
    enabled = true
  }

  # What the streamer was built from; the functions' archives stay as long as they are deployed.
  lifecycle_rule {
    condition {
      age            = 30
      matches_prefix = ["streamer/"]
    }
    action {
      type = "Delete"
    }
  }
  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [time_sleep.apis]
}
