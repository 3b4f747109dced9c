"""The LLM client: asks a question, waits within limits, and returns a checked answer."""
