"""An OpenAI-compatible provider for measurements. It answers each known request from memory, so it costs little CPU.

The offline writer answers a request that is new. `python -m benchmarks.performance.provider --help` lists the options.
"""
