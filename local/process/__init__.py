"""Tools for child processes: they end with their parent, and are restarted when they die.

Imports only the standard library. To run a program with it alone: `python local/process/tether.py PARENT_PID PROGRAM`.
"""
