"""Too many requests: how many one token may make, and the answers to more, on AWS and on the local server."""

from chalicelib.api import problem

#: In a minute. Who follows ten jobs of the offline writer by long poll without a breath makes 2,600; the page takes one
#: of 0.3 s.
TOKEN_REQUESTS_PER_MINUTE = 3000
#: Of these, what may change something: 60 submissions, as many cancels, and as much again.
TOKEN_POSTS_PER_MINUTE = 300
#: AWS WAF takes no lower limit (AWS WAF developer guide, "Rate-based rule high-level settings").
LOWEST_PER_MINUTE = 10

#: API Gateway's answer where all callers together are too many.
THROTTLED = problem.of_status(429, {"Retry-After": "2"})
#: The web ACL's, which looks back a minute.
THROTTLED_FOR_LONGER = problem.of_status(429, {"Retry-After": "60"})
