"""Checks a real LLM provider before the first job, and says which setting to change.

May import `stack` and the generator's settings. To run it alone: `python -m local.provider_check`.
"""
