"""Writes the pieces of one job: orders the stages, asks the LLM, and reports what is finished."""
