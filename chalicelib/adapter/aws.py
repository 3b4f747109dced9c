"""AWS clients: bounded time-outs and retries. `AWS_ENDPOINT_URL` and the credentials are boto3's own business."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config

#: To connect, and to be answered, seconds.
TIMEOUT_S = 3


def client_config() -> "Config":
    """Three tries of at most `TIMEOUT_S` each, with botocore's standard backoff."""
    from botocore.config import Config  # imported late: boto3 is most of a Lambda's cold start

    return Config(
        connect_timeout=TIMEOUT_S,
        read_timeout=TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=16,
    )
