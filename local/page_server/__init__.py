"""Replaces the page's hosting: serves static files and `config.json`. Imports no part of the job system.

May import `local.dev_issuer` and `local.http_server`. To run it alone: `python -m local.page_server --api URL
--local-dir .local`.
"""
