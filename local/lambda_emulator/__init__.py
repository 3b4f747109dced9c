"""Replaces AWS Lambda: execution environments, SQS event source mappings and the schedule. Does not depend on jobs.

May import `local.process`. To run it alone: `python -m local.lambda_emulator.event_source`, with the variables in
`event_source/settings.py`.
"""
