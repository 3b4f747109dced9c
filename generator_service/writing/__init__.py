"""Writes the pieces of one job: plans the stages, asks the LLM, and reports what is finished."""
