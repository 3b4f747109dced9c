"""Time-outs and retries of AWS clients. boto3 reads `AWS_ENDPOINT_URL` and the credentials itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config

#: The limit for connecting and the limit for each answer, seconds.
TIMEOUT_S = 3
#: Without this, botocore builds a user agent for each call, which takes a tenth of the call's CPU.
_USER_AGENT = "loresmith-jobs"


def client_config() -> "Config":
    """Three tries of at most `TIMEOUT_S` each, with botocore's standard backoff."""
    from botocore.config import Config  # imported late: boto3 is most of a Lambda's cold start

    return Config(
        connect_timeout=TIMEOUT_S,
        read_timeout=TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=16,
        user_agent=_USER_AGENT,
        parameter_validation=False,  # AWS validates them anyway. botocore needs a seventh of archiving's CPU for it.
    )
