"""Judges what the LLM wrote, by rules that need no further call.

`judge.judge` applies the rules; a stage's `Standard` chooses them.

Nothing here has side effects, and the same text always gets the same judgement.
"""
