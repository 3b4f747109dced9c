"""Limits that are the same on AWS and on the local stack: of the queues, of two functions, and of one bearer token."""

#: Deliveries before a message goes to the dead-letter queue (AWS Lambda developer guide, "Using Lambda with SQS": at
#: least 5).
MAX_RECEIVE_COUNT = 5
DEAD_LETTER_TIMEOUT_S = 30
RECOVERY_TIMEOUT_S = 60
#: Six times its function's timeout (ibid.).
DEAD_LETTER_VISIBILITY_S = 6 * DEAD_LETTER_TIMEOUT_S

#: Requests in a minute. A client that follows ten jobs of the offline writer by long poll without a pause sends 2,600.
#: The page pauses for 0.3 s.
TOKEN_REQUESTS_PER_MINUTE = 3000
#: POSTs among them: enough for 60 submissions, 60 cancels, and as many again.
TOKEN_POSTS_PER_MINUTE = 300
#: AWS WAF accepts no lower limit (AWS WAF developer guide, "Rate-based rule high-level settings").
LOWEST_PER_MINUTE = 10
