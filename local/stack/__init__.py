"""Starts the programs of the system in order, keeps them running, and ends them. May import every folder here but
`command_line` and `provider_check`. Alone: `make stack`.
"""
