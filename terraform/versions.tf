terraform {
  required_version = ">= 1.11" # write-only arguments: engine keys never reach the state

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7"
    }
  }
}

provider "google" {
  project               = var.project
  region                = var.region
  user_project_override = true # budgets are counted against this project's quota
  billing_project       = var.project
  default_labels        = { app = var.prefix }
}

data "google_project" "this" {
  project_id = var.project
  depends_on = [google_project_service.first]
}
