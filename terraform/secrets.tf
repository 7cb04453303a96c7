# Keys of engines that are not Google's own. Only the model serving agent can read them; Terraform's state does not hold them.

locals {
  engine_keys = {
    speech   = var.speech_api_key
    language = var.language_api_key
  }
}

resource "google_secret_manager_secret" "engine_key" {
  for_each = var.engine_keys

  secret_id = "${var.prefix}-${each.key}-api-key"

  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_version" "engine_key" {
  for_each = var.engine_keys

  secret                 = google_secret_manager_secret.engine_key[each.key].id
  secret_data_wo         = local.engine_keys[each.key]
  secret_data_wo_version = var.engine_keys_version
}
