"""Starts the programs of the system in order, keeps them running, and stops them.

May import every folder in `local` except `command_line` and `provider_check`; also `chalicelib`, and the generator's
`settings`. To run it alone: `make stack`.
"""
