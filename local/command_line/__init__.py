"""The commands behind `make run`, `make demo`, `make stack` and `make token`.

May import every folder in `local`. To run it alone: `python -m local`.
"""
