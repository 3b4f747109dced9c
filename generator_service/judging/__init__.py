"""Judges what the LLM wrote, by rules that cost no call. `judge.judge` applies them; a stage's `Standard` chooses them.

Nothing here has side effects, and the same text always gets the same judgement.
"""
