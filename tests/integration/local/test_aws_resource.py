"""The queues are created on an endpoint that may come and go."""

import socket
import threading
from collections.abc import Iterator

import pytest

from local.error import LocalError
from local.stack.aws_resource import ResourceMaker

AWS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def endpoint() -> Iterator[str]:
    """It accepts connections, but closes each without an answer, like a server that is just ending."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            while True:
                try:
                    listener.accept()[0].close()
                except OSError:
                    return

        closing = threading.Thread(target=hang_up)
        closing.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        closing.join()


def test_an_endpoint_that_went_away_is_tried_again(endpoint: str) -> None:
    assert ResourceMaker(endpoint, AWS, 900)() is False


def test_an_error_that_a_retry_cannot_fix_is_raised_at_once(endpoint: str) -> None:
    with pytest.raises(LocalError, match="nobody"):
        ResourceMaker(endpoint, AWS | {"AWS_PROFILE": "nobody"}, 900)()
