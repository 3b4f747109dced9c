"""What `infra/deploy.sh` does besides calling CDK: checks before, the key, the page and a first job after."""
