"""Stands in for API Gateway: routes requests to the Chalice app, with a deployed stage's limits.

May import `chalicelib.api` and `infra.throttling`. Alone: `python -m local.api_gateway`.
"""
