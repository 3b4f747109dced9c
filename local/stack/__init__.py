"""Starts the programs of the system in order, keeps them running, and stops them.

May import every folder here except `command_line` and `provider_check`. Alone: `make stack`.
"""
