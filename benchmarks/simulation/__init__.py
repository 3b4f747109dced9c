"""A queueing simulation of the deployed system: `python -m benchmarks.simulate`."""
