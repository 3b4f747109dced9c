"""Builds the documentation site with MkDocs: `make docs`. The configuration is mkdocs.yml."""
