"""Too many requests: how many one token may make, and the answer to more, on AWS and on the local server."""

from chalicelib.api import problem

#: In a minute. The page asks for a job at most three times a second, and five of an owner's jobs run at a time.
TOKEN_REQUESTS_PER_MINUTE = 1200
#: AWS WAF takes no lower limit (AWS WAF developer guide, "Rate-based rule high-level settings").
LOWEST_PER_MINUTE = 10

THROTTLED = problem.of_status(429, {"Retry-After": "2"})
