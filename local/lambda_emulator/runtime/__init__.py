"""Lambda functions on this machine: execution environments as processes of their own, behind a Runtime API."""
