"""What runs the snippets of the documents: every fenced block, by its language."""
