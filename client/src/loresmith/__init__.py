"""The Python client of LoreSmith Jobs."""
