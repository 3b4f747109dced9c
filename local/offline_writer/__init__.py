"""The offline writer: an OpenAI-compatible server that writes lore from its own grammar.

The local stack starts it if no provider is configured, so that the client code for providers runs without one too.
Alone: `python -m local.offline_writer`. May import `foundation` and `local.http_server`.

- `wire`: HTTP. Chat completions, controls for tests, faults, the log of calls.
- `lore`: the writing. Reads a request, and fills a JSON schema from a grammar with names.
- `word`: the words, as plain text with one phrase per line. They change without a change in Python.
"""
