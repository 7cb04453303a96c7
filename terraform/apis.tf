# The Google APIs that the system uses. They stay enabled after a destroy: something else may use them, and they are free.

locals {
  apis = concat(
    [
      "artifactregistry",
      "cloudbuild",
      "cloudfunctions",
      "cloudscheduler",
      "cloudtasks",
      "firebaserules",
      "firestore",
      "iamcredentials", # signs URLs
      "logging",
      "monitoring",
      "pubsub",
      "run",
      "secretmanager",
      "storage",
    ],
    var.domain == "" ? [] : ["compute"],
    var.billing_account == "" ? [] : ["billingbudgets"],
    contains(var.google_engines, "text_to_speech") ? ["texttospeech"] : [],
    contains(var.google_engines, "vertex_ai") ? ["aiplatform"] : [],
  )
}

# These let Terraform read the project and enable the others.
resource "google_project_service" "first" {
  for_each = toset(["cloudresourcemanager", "iam", "serviceusage"])

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false

  depends_on = [google_project_service.first]
}
