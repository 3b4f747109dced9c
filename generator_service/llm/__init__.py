"""The way to the LLM: one question at a time, with patience, limits and checked answers."""
