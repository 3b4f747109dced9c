"""Time limits of the Lambda functions that only set things right, and what follows from them."""

DEAD_LETTER_TIMEOUT_S = 10
RECOVER_TIMEOUT_S = 30
#: For the dead-letter queue: six times as long as its function may take (AWS Lambda developer guide, "Using Lambda with
#: Amazon SQS").
DEAD_LETTER_VISIBILITY_S = 6 * DEAD_LETTER_TIMEOUT_S
