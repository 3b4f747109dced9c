"""Builds the site of the documents with MkDocs: `make docs`. Its configuration is mkdocs.yml."""
