"""`python -m benchmarks.performance.api.bare_server`: the bare app behind our local server, on any port."""

from chalice.app import CORSConfig

from benchmarks.performance.api.bare_app import app
from foundation.token_limits import TokenLimits
from local.api_gateway.server import make_app
from local.api_gateway.throttle import TokenThrottle
from local.http_server import serve

if __name__ == "__main__":
    limits = TokenLimits()
    throttle = TokenThrottle(limits.token_requests_per_minute, limits.token_posts_per_minute)
    serve(make_app(app, CORSConfig(), throttle, None), 0)
