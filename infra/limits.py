"""Limits of queues and of the Lambda functions that only set things right: the same on AWS and on the local stack."""

#: Deliveries before a message goes to the dead-letter queue (AWS Lambda developer guide, "Using Lambda with SQS": at
#: least 5).
MAX_RECEIVE_COUNT = 5
DEAD_LETTER_TIMEOUT_S = 30
RECOVERY_TIMEOUT_S = 60
#: Six times as long as its function may take (ibid.).
DEAD_LETTER_VISIBILITY_S = 6 * DEAD_LETTER_TIMEOUT_S
