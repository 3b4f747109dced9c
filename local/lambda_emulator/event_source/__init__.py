"""Lambda's event sources on this machine: SQS event source mappings and the EventBridge schedule.

Faithful to what AWS documents (Lambda developer guide, "Using Lambda with Amazon SQS": configuring, scaling, error
handling), so that what works here works there.
"""
