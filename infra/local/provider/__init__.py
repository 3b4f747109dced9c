"""Who writes the text of the local stack: what to call it, whether it answers, and what to set when it does not."""
