"""The AWS stack, as CDK constructs. Needs its own virtual environment: `infra/requirements.txt`."""
