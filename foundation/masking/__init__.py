"""Keeps secrets out of a process's output. Every program uses it; it depends on none of them."""
