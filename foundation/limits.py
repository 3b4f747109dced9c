"""Limits that are the same on AWS and on the local stack: of the queues and of some functions."""

#: Deliveries before a message goes to the dead-letter queue (AWS Lambda developer guide, "Using Lambda with SQS": at
#: least 5).
MAX_RECEIVE_COUNT = 5
DEAD_LETTER_TIMEOUT_S = 30
RECOVERY_TIMEOUT_S = 60
#: What the people on call wait for at most.
OPERATIONS_TIMEOUT_S = 60
#: A request to a webhook takes up to 10 s, and all of a batch run side by side.
WEBHOOK_TIMEOUT_S = 30
#: Six times its function's timeout (ibid.).
DEAD_LETTER_VISIBILITY_S = 6 * DEAD_LETTER_TIMEOUT_S
WEBHOOK_VISIBILITY_S = 6 * WEBHOOK_TIMEOUT_S
#: More than for jobs: a notification returns to its queue only if Redis, DynamoDB or SQS is not available. This bridges
#: an hour of that. A receiver's own failures use no delivery: each attempt has a message of its own.
WEBHOOK_MAX_RECEIVE_COUNT = 20
