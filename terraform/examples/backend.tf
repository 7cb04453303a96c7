# State that a team shares: copy this file beside main.tf's siblings, name a bucket (versioned, made beforehand, by hand
# or by another project), and run `terraform init -migrate-state`.
terraform {
  backend "gcs" {
    bucket = "my-project-terraform-state"
    prefix = "aethercast"
  }
}
