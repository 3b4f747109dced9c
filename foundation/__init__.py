"""What every program of the system stands on: settings, logs without secrets, rules of visible text.

Imports no other part of the system. Chalice packs it into the Lambda functions by way of `vendor/foundation`.
"""
