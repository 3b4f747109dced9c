"""The queues are created on an endpoint that may come and go."""

import pytest

from local.error import LocalError
from local.stack import aws_resource
from local.stack.aws_resource import ResourceMaker
from local.stack.tcp_port import assign_ports

AWS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> ResourceMaker:
    """Its endpoint was seen, but has gone away since."""
    monkeypatch.setattr(aws_resource, "_listens", lambda _endpoint: True)
    return ResourceMaker(f"http://127.0.0.1:{assign_ports(['aws'], {'aws': 0})['aws']}", AWS, 900)


def test_an_endpoint_that_went_away_is_tried_again(maker: ResourceMaker) -> None:
    assert maker() is False


def test_an_error_that_a_retry_cannot_fix_is_raised_at_once(maker: ResourceMaker) -> None:
    maker._environment = AWS | {"AWS_PROFILE": "nobody"}
    with pytest.raises(LocalError, match="nobody"):
        maker()
