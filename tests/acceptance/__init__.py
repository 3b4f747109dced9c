"""The system from outside: a real model, what its packages install, and the commands of the documents as readers type them.

`make acceptance` runs these tests. They make fresh clones and environments and install from PyPI and npm, so they take
long, and a change seldom breaks them alone. `make test` leaves them out, and CI runs both.
"""
