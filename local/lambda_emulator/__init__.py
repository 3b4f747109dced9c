"""Stands in for AWS Lambda: execution environments, SQS event source mappings, the schedule. Knows nothing of jobs.
Alone: `python -m local.lambda_emulator.event_source`, with the variables of `event_source/settings.py`.
"""
