"""The language of a text, and the language that a job is written in."""
