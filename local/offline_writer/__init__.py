"""The offline writer: an OpenAI-compatible server that writes lore from its own grammar.

The local stack starts it if no provider is configured, so that the generator runs the same client code without one.
May import `local.http_server`. To run it alone: `python -m local.offline_writer`.

- `wire`: HTTP: chat completions, controls for tests, faults, the log of calls.
- `lore`: the writing: reads a request, and fills a JSON schema with text from a grammar.
- `word`: the words, in plain text files. Adding some needs no change in Python.
"""
