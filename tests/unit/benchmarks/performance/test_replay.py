"""The provider of the measurements repeats its answers."""

import json
from typing import Any

from benchmarks.performance.provider.replay import Replay, key_of

BODY = {
    "model": "m",
    "messages": [{"role": "user", "content": "Name a town."}],
    "response_format": {
        "type": "json_schema",
        "json_schema": {
            "name": "town",
            "schema": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "summary": {"type": "string"}},
                "required": ["name", "summary"],
            },
        },
    },
}


def raw(**changes: Any) -> bytes:
    return json.dumps(BODY | changes).encode()


def events(response: bytes) -> list[Any]:
    """The data of a streamed response."""
    lines = [line for line in response.decode().splitlines() if line.startswith("data: {")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def text_of(found: list[Any]) -> str:
    return "".join(event["choices"][0]["delta"].get("content", "") for event in found if event["choices"])


def test_how_an_answer_is_sent_does_not_change_the_key() -> None:
    assert key_of(BODY) == key_of(BODY | {"stream": True, "stream_options": {"include_usage": True}})


def test_another_question_has_another_key() -> None:
    assert key_of(BODY) != key_of(BODY | {"model": "other"})


def test_the_same_request_gets_the_same_bytes() -> None:
    replay = Replay()
    assert replay.response(raw()) == replay.response(raw())


def test_a_streamed_answer_has_the_content_of_the_plain_one() -> None:
    replay = Replay()
    (plain,) = replay.response(raw())
    (streamed,) = replay.response(raw(stream=True))
    content = json.loads(plain.partition(b"\r\n\r\n")[2])["choices"][0]["message"]["content"]
    assert text_of(events(streamed)) == content
    assert set(json.loads(content)) == {"name", "summary"}


def test_a_stream_has_one_event_for_each_part_and_its_usage_last() -> None:
    (streamed,) = Replay().response(raw(stream=True, stream_options={"include_usage": True}))
    found = events(streamed)
    contents = [event["choices"][0]["delta"].get("content") for event in found if event["choices"]]
    assert len([text for text in contents if text]) == 2
    assert found[-1]["usage"]["completion_tokens"] > 0


def test_a_stream_in_small_chunks_has_the_same_text() -> None:
    whole, small = Replay(), Replay(chunk_characters=5)
    (one,) = whole.response(raw(stream=True))
    many = small.response(raw(stream=True))
    assert text_of(events(b"".join(many))) == text_of(events(one))
    assert len(many) > 4


def test_the_chunks_of_the_body_have_their_length() -> None:
    (streamed,) = Replay().response(raw(stream=True))
    rest = streamed.partition(b"\r\n\r\n")[2]
    while True:
        size, _, rest = rest.partition(b"\r\n")
        if int(size, 16) == 0:
            break
        assert rest[int(size, 16) :].startswith(b"\r\n")
        rest = rest[int(size, 16) + 2 :]
    assert rest == b"\r\n"
