# State that a team shares: copy this file into terraform/, name a bucket (versioned, made beforehand, by hand
# or by another project), and run `terraform init -migrate-state`.
terraform {
  backend "gcs" {
    bucket = "my-project-terraform-state"
    prefix = "aethercast"
  }
}
