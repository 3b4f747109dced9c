"""Replaces API Gateway: routes requests to the Chalice app and applies the limits of a deployed stage.

Loads `app` by its name. May import `chalicelib.api`, `chalicelib.domain` and `local.http_server`. To run it alone:
`python -m local.api_gateway`.
"""
