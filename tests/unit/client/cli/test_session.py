"""The connections of a command, which Ctrl-C may interrupt at any time."""

import httpx
import pytest

from loresmith.cli.session import Session


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Client]:
    """The clients that were closed."""
    found: list[httpx.Client] = []

    def close(client: httpx.Client) -> None:
        found.append(client)

    monkeypatch.setattr(httpx.Client, "close", close)
    return found


def test_a_command_closes_its_connections(closed: list[httpx.Client]) -> None:
    with Session(api="http://api.test").client():
        assert not closed
    assert closed


def test_an_interrupted_command_leaves_its_connections_alone(closed: list[httpx.Client]) -> None:
    """The call that was interrupted may still hold their lock, and closing would wait for it forever."""
    with pytest.raises(KeyboardInterrupt), Session(api="http://api.test").client():
        raise KeyboardInterrupt
    assert not closed


def test_nor_are_they_closed_if_the_command_handles_the_interrupt(closed: list[httpx.Client]) -> None:
    session = Session(api="http://api.test")
    with session.client():
        session.note_interrupt()
    assert not closed
