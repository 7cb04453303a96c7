output "player_url" {
  description = "Where people listen."
  value       = local.player_url
}

output "api_url" {
  description = "Base address of the API; its OpenAPI document is at /api/v1/openapi.json."
  value       = local.gateway_url
}

output "websocket_url" {
  description = "Where streams are played from."
  value       = local.environment["WEBSOCKET_URL"]
}

output "create_api_key" {
  description = "Makes the first API key and prints it, once. Run it in a checkout."
  value       = join(" ", compact(["nox -s keys -- create --owner you@example.com --project ${var.project}", var.database == "(default)" ? "" : "--database ${var.database}"]))
}

output "canary" {
  description = "Has one podcast made through all of it, hears it, and says what was wrong if anything was; AETHERCAST_API_KEY holds the key."
  value       = "nox -s canary -- --api ${local.gateway_url} --project ${var.project}"
}

output "try_it" {
  description = "Asks for a podcast."
  value       = <<-EOT
    curl -X POST ${local.gateway_url}/api/v1/podcasts/generate \
      -H "Authorization: Bearer $AETHERCAST_API_KEY" -H "Content-Type: application/json" \
      -H "X-Idempotency-Key: $(uuidgen)" -d '{"topic": "The history of tea", "minutes": 2}'
  EOT
}

output "logs_of_a_workflow" {
  description = "Every agent's lines about one podcast, in order."
  value       = "gcloud logging read 'jsonPayload.workflow_id=\"ID\"' --project=${var.project} --order=asc --format='value(timestamp, jsonPayload.agent, jsonPayload.message)'"
}

output "dns_record" {
  description = "What to put into the DNS when var.domain is set; the certificate is issued within an hour of it."
  value       = one([for address in google_compute_global_address.edge : "${var.domain}. A ${address.address}"])
}

output "dashboard_url" {
  description = "The dashboard in the console."
  value       = "https://console.cloud.google.com/monitoring/dashboards?project=${var.project}"
}
