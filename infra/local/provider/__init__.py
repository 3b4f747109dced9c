"""The source of the local stack's text: what to call it, whether it answers, and what to set if it does not."""
