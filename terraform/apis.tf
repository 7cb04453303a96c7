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
    var.trace ? ["cloudtrace", "telemetry"] : [],
    contains(var.google_engines, "text_to_speech") ? ["texttospeech"] : [],
    contains(var.google_engines, "vertex_ai") ? ["aiplatform"] : [],
  )
}

# These let Terraform read the project and enable the others.
resource "google_project_service" "first" {
  provider = google.first
  for_each = toset(["cloudresourcemanager", "iam", "serviceusage"])

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false

  depends_on = [time_sleep.first_apis]
}

# An API that has just been enabled may answer for minutes that it is not: "If you enabled this API recently, wait a few
# minutes", says its own error. Should it take longer, a second apply goes on where the first has stopped.
resource "time_sleep" "first_apis" {
  create_duration = "60s"
  depends_on      = [google_project_service.first]
}

resource "time_sleep" "apis" {
  create_duration = "90s"
  triggers        = { apis = join(" ", sort(local.apis)) } # again for those that are added later
  depends_on      = [google_project_service.api]
}

# The accounts in whose name Google's own services act. Some are made when they are first needed, and what names one
# before that fails (https://github.com/hashicorp/terraform-provider-google/issues/7281); made on request, they are
# given no role (iam.tf).
resource "google_project_service_identity" "agent" {
  provider = google-beta
  for_each = toset(["cloudbuild", "cloudscheduler", "cloudtasks", "pubsub"])

  service    = "${each.key}.googleapis.com"
  depends_on = [time_sleep.apis]
}
