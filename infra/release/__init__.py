"""The steps of `infra/deploy.sh` besides CDK: checks before it; the key, a test job and the page after it."""
