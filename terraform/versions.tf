terraform {
  required_version = ">= 1.11" # write-only arguments: engine keys never reach the state

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    google-beta = { # service identities
      source  = "hashicorp/google-beta"
      version = "~> 6.50"
    }
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7"
    }
    time = {
      source  = "hashicorp/time"
      version = "~> 0.13"
    }
  }
}

# Requests count against this project's quota, as some APIs insist on for people's own credentials.
provider "google" {
  project               = var.project
  region                = var.region
  user_project_override = true
  billing_project       = var.project
  default_labels        = { app = var.prefix }
}

provider "google-beta" {
  project               = var.project
  region                = var.region
  user_project_override = true
  billing_project       = var.project
}

# But not those that enable the first APIs: in a new project there is none yet that they could be counted by.
# https://github.com/hashicorp/terraform-provider-google/issues/14174
provider "google" {
  alias   = "first"
  project = var.project
  region  = var.region
}

data "google_project" "this" {
  provider = google.first

  project_id = var.project
  depends_on = [time_sleep.first_apis]
}

# What the streamer's build is asked for with (call.sh): whoever applies, by whichever credentials.
data "google_client_config" "this" {}
