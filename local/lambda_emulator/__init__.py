"""Stands in for AWS Lambda: execution environments, SQS event source mappings and the schedule. Knows nothing of jobs.

Alone: `python -m local.lambda_emulator.event_source`, with the variables in `event_source/settings.py`.
"""
