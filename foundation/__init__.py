"""What all programs of the system share: settings, limits, logs without secrets, failures, rules of visible text.

Imports no other part of the system. Chalice packs it into the Lambda functions through `vendor/foundation`.
"""
