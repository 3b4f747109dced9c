"""Runs Lambda functions: each execution environment is a process with its own Runtime API."""
