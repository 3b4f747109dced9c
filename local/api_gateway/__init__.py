"""Stands in for API Gateway: Chalice's local server with the deployed gateway's limits. May import `chalicelib.api` and
`infra.throttling`. Alone: `python -m local.api_gateway`.
"""
