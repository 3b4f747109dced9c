"""Replaces API Gateway: routes requests to the Chalice app and applies the limits of a deployed stage.

May import `chalicelib.api` and `infra.throttling`. To run it alone: `python -m local.api_gateway`.
"""
