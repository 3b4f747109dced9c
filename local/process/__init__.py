"""Tools for child processes: they end with their parent, and are restarted when they die."""
