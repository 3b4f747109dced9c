"""The deployment to AWS: `cdk`, the stack; `release`, the steps around it. May import everything but `local`."""
