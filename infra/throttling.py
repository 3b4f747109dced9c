"""How many requests one token may send, and the answers to further ones, on AWS and on the local server."""

from chalicelib.api import problem

#: In a minute. A client that follows ten jobs of the offline writer by long poll without a pause sends 2,600. The page
#: pauses for 0.3 s.
TOKEN_REQUESTS_PER_MINUTE = 3000
#: POSTs among them: enough for 60 submissions, 60 cancels, and as many again.
TOKEN_POSTS_PER_MINUTE = 300
#: AWS WAF accepts no lower limit (AWS WAF developer guide, "Rate-based rule high-level settings").
LOWEST_PER_MINUTE = 10

#: API Gateway's answer when all callers together send too many.
THROTTLED = problem.of_status(429, {"Retry-After": "2"})
#: The web ACL's answer. It counts over the last minute.
THROTTLED_FOR_LONGER = problem.of_status(429, {"Retry-After": "60"})
