"""The system from outside: a real model, installed packages, and the documents' commands as readers type them.

`make acceptance` runs these tests. They make fresh clones and environments, and install from PyPI and npm. This takes
long, and few changes break these tests alone, so `make test` leaves them out. CI runs both.
"""
