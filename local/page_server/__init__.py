"""Stands in for the page's hosting: static files and `config.json`. Imports nothing of the system.

Alone: `python -m local.page_server --api URL --local-dir .local`.
"""
