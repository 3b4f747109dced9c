"""Processes that end with the one that started them, and are started again when they die."""
