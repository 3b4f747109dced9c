"""What the services need from the outside world: one protocol per module, implemented in `adapter` and in `tests/fake`.

Every port is asynchronous. The worker runs many jobs in one event loop, and the API serves its requests from one too.
"""
