"""Writes lore that fits the text and the JSON schema of a request."""
