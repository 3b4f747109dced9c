"""Checks a real LLM provider before the first job, and says which setting to change.

May import `local.stack`, and the generator's `settings` and `llm`. To run it alone: `python -m local.provider_check`.
"""
