"""The HTTP side of the offline writer."""
