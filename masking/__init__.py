"""Keeps secrets out of what a process writes. Shared by every program; knows none of them."""
