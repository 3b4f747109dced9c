"""Five other job systems that do the same work, as a user would write it in an afternoon.

Each has an environment of its own, which `make bench` installs. So these modules do not import the system.
`python -m benchmarks.performance.peers.<name>_peer client` submits jobs. NAME.txt lists the packages.
"""
