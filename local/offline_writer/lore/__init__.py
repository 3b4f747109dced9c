"""Writes lore that fits a request's data and its JSON schema."""
