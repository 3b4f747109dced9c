"""The offline writer: an OpenAI-compatible server that writes lore from a grammar of its own.

The local stack starts it when there is no `OPENAI_API_KEY`, so that the very client code that talks to a provider
also runs without one.

- `wire`: the HTTP side. Chat completions, the run-time controls, faults, the log of calls.
- `lore`: the writing. What a request asks for, the grammar, names, and the filling of a JSON schema.
- `word`: the words. Plain text, one phrase a line; nothing here needs Python to be changed.
"""
