"""Checks a real LLM provider before the first job, and says what to set. May import `stack` and the generator's
settings. Alone: `python -m local.provider_check`.
"""
