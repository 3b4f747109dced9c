"""Lambda's event sources on this machine: SQS event source mappings and the EventBridge schedule.

They follow the Lambda developer guide ("Using Lambda with Amazon SQS": configuring, scaling, error handling), so a
function that works here also works on AWS.
"""
