"""Server-sent events are read as the standard says (WHATWG, HTML, 9.2.6), wherever the network cuts them."""

import httpx2
import pytest

from generator_service.llm.event_reader import EventReader


def read(*chunks: str) -> list[str]:
    reader = EventReader()
    events = [event for chunk in chunks for event in reader.read(chunk.encode())]
    return events + reader.read(b"", is_last=True)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("data: a\n\ndata: b\n\n", ["a", "b"]),
        ("data: a\ndata: b\n\n", ["a\nb"]),
        ("data:a\n\ndata:  b\n\n", ["a", " b"]),
        ("data\n\ndata:\n\n", ["", ""]),
        ("data: a: b\n\n", ["a: b"]),
        (": comment\n\n\nid: 7\nretry: 1\n\nevent: ping\ndata: a\n\n", ["a"]),
        ("dataset: a\n\n data: b\n\n", []),
        ("data: a\u2028b\x0bc\n\n", ["a\u2028b\x0bc"]),
        ("data: a\r\n\r\ndata: b\r\rdata: c\n\n", ["a", "b", "c"]),
        ("data: a\n\ndata: b", ["a", "b"]),
    ],
)
def test_the_data_of_each_event_is_read(text: str, events: list[str]) -> None:
    assert read(text) == read(*text) == events


def test_an_event_is_read_as_soon_as_it_ends() -> None:
    reader = EventReader()
    assert [reader.read(chunk) for chunk in (b"data: a", b"\n", b"\nda", b"ta: b\n\n")] == [[], [], ["a"], ["b"]]


def test_bytes_that_are_not_text_are_replaced() -> None:
    assert EventReader().read(b"data: \xff\n\n") == ["\ufffd"]


@pytest.mark.parametrize("chunk", [b"data: " + b"x" * 600_000, b"data: " + b"x" * 600_000 + b"\n"])
def test_an_event_that_is_too_long_is_refused(chunk: bytes) -> None:
    reader = EventReader()
    reader.read(chunk)
    with pytest.raises(httpx2.SSEError):
        reader.read(chunk)


def test_an_event_whose_chunks_end_with_a_carriage_return_is_read_and_limited() -> None:
    reader = EventReader()
    assert [reader.read(chunk) for chunk in (b"data: a\r\r", b"data: b\r\r", b"\n")] == [[], ["a"], ["b"]]
    long = b"data: " + b"x" * 600_000 + b"\r"
    reader.read(long)
    with pytest.raises(httpx2.SSEError):
        reader.read(long)
