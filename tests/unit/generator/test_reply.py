"""The bodies that servers send for a chat completion."""

import json
from typing import Any

import pytest

from generator_service.llm.assembly import ErrorReply
from generator_service.llm.reply import Ending, Reply, UnreadableReply, read_reply
from generator_service.llm.usage import Usage

J = '{"history": "It rang."}'


def reply(message: Any, **choice: Any) -> Reply:
    return read_reply(json.dumps({"choices": [{"message": message} | choice]}).encode())


@pytest.mark.parametrize(
    "content",
    [
        J,
        [{"type": "text", "text": J}],
        [{"text": J}],
        [J[:5], J[5:]],
        [{"type": "text", "text": J[:5]}, {"type": "text", "text": J[5:]}],
        [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": J}],
        [{"type": "reasoning", "text": "hm"}, {"type": "output_text", "text": J}],
        [{"type": "text", "text": {"value": J}}],
        json.loads(J),
    ],
)
def test_content_comes_as_text_or_in_parts(content: Any) -> None:
    assert json.loads(reply({"content": content}).text) == json.loads(J)


@pytest.mark.parametrize("content", [None, "", [], 7, [None], [{"type": "image"}]])
def test_content_without_text_is_empty(content: Any) -> None:
    assert reply({"content": content}).text == ""


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "reasoning_content": J},
        {"content": "", "reasoning": J},
        {"content": None, "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": J}}]},
        {"content": None, "function_call": {"name": "f", "arguments": json.loads(J)}},
    ],
)
def test_text_in_other_fields_is_kept(message: Any) -> None:
    found = reply(message)
    assert found.text == ""
    assert [json.loads(text) for text in found.elsewhere] == [json.loads(J)]


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        ("stop", Ending.WHOLE),
        (None, Ending.WHOLE),
        ("eos", Ending.WHOLE),
        ("tool_calls", Ending.WHOLE),
        ("length", Ending.CUT_OFF),
        ("MAX_TOKENS", Ending.CUT_OFF),
        ("model_length", Ending.CUT_OFF),
        ("content_filter", Ending.REFUSED),
        ("SAFETY", Ending.REFUSED),
        ("sensitive", Ending.REFUSED),
    ],
)
def test_finish_reasons_of_various_servers(reason: str | None, ending: Ending) -> None:
    assert reply({"content": J}, finish_reason=reason).ending is ending


def test_a_refusal_ends_as_refused_and_an_empty_one_does_not() -> None:
    assert reply({"content": None, "refusal": "No."}).ending is Ending.REFUSED
    for nothing in (None, "", " ", False):
        assert reply({"content": J, "refusal": nothing}).ending is Ending.WHOLE


def chunk(**delta: Any) -> str:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}"


@pytest.mark.parametrize(
    "body",
    [
        f"data: {json.dumps({'choices': [{'message': {'content': J}}]})}\n\ndata: [DONE]\n\n",
        "\n\n".join([chunk(role="assistant"), chunk(content=J[:9]), chunk(content=J[9:]), "data: [DONE]"]),
        ": OPENROUTER PROCESSING\n\n" + "\n\n".join([chunk(content=J[:9]), chunk(content=J[9:])]),
        "\r\n\r\n".join(["event: message\r\n" + chunk(content=J), "data: [DONE]"]),
    ],
)
def test_an_unrequested_stream_is_read(body: str) -> None:
    assert read_reply(body.encode()).text == J


def test_the_last_chunks_of_a_stream_have_its_end_and_usage() -> None:
    last = {"choices": [{"delta": {}, "finish_reason": "length"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
    found = read_reply("\n\n".join([chunk(content="x"), *(f"data: {json.dumps(c)}" for c in (last, usage))]).encode())
    assert (found.ending, found.usage) == (Ending.CUT_OFF, Usage(1, 7, 3))


@pytest.mark.parametrize("around", ["\n\n\n{}", "\ufeff{}", " \r\n {} \n", "[{}]"])
def test_white_space_and_byte_order_marks_around_a_body_are_ignored(around: str) -> None:
    body = json.dumps({"choices": [{"message": {"content": J}}]})
    assert read_reply(around.replace("{}", body).encode()).text == J


@pytest.mark.parametrize("choice", [{"text": J}, {"delta": {"content": J}}, {"message": None, "text": J}])
def test_choices_of_other_forms_are_read(choice: Any) -> None:
    assert read_reply(json.dumps({"choices": [choice]}).encode()).text == J


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"error": {"code": 401, "message": "no"}}, 401),
        ({"error": {"code": "429", "message": "slow down"}}, 429),
        ({"error": {"code": "invalid_api_key"}}, 401),
        ({"error": {"type": "rate_limit_error"}}, 429),
        ({"error": {"code": "insufficient_quota"}}, 402),
        ({"error": {"message": "The server is overloaded"}}, 503),
        ({"error": {"message": "broken"}}, 500),
        ({"error": "something"}, 500),
        ([{"error": {"code": 400, "status": "INVALID_ARGUMENT"}}], 400),
        ({"choices": [], "error": {"code": 502}}, 502),
        ({"choices": [{"error": {"code": 403, "message": "flagged"}, "finish_reason": "error"}]}, 403),
    ],
)
def test_an_error_inside_an_answer_has_the_status_of_its_code(error: Any, status: int) -> None:
    with pytest.raises(ErrorReply) as raised:
        read_reply(json.dumps(error).encode())
    assert raised.value.complaint.status == status


def test_an_error_inside_a_stream_is_an_error() -> None:
    with pytest.raises(ErrorReply):
        read_reply(b'data: {"error": {"code": 502, "message": "upstream"}}\n\ndata: [DONE]\n\n')


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>gateway</html>",
        b'{"choices": [',
        b'{"a": "\xff"}',
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"choices": {}}',
        b'{"choices": []}',
        b'{"choices": ["x"]}',
        b"data: {",
        b"data: 7\n\n",
        b"[" * 100000,
    ],
)
def test_a_body_that_is_not_a_completion_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableReply):
        read_reply(body)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        [],
        "many",
        {},
        {"prompt_tokens": None},
        {"prompt_tokens": -1},
        {"completion_tokens": "7"},
        {"prompt_tokens": True},
    ],
)
def test_nonsense_in_usage_counts_as_zero(usage: Any) -> None:
    found = read_reply(json.dumps({"choices": [{"message": {"content": J}}], "usage": usage}).encode())
    assert found.usage == Usage(1, 0, 0)


def test_floats_in_usage_are_read_and_nan_is_not() -> None:
    body = b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": 7.0, "completion_tokens": NaN}}'
    assert read_reply(body).usage == Usage(1, 7, 0)


def test_reasoning_is_detected() -> None:
    details = {"completion_tokens": 900, "completion_tokens_details": {"reasoning_tokens": 800}}
    body = json.dumps({"choices": [{"message": {"content": J}}], "usage": details}).encode()
    assert read_reply(body).reasoning_tokens == 800
    assert reply({"content": J, "reasoning_content": "hm"}).has_reasoning


@pytest.mark.parametrize("reason", ["error", "abort", "something new"])
def test_an_unknown_finish_reason_means_cut_off(reason: str) -> None:
    assert reply({"content": J}, finish_reason=reason).ending is Ending.CUT_OFF


def test_a_stream_without_an_end_is_cut_off() -> None:
    assert read_reply(chunk(content=J[:9]).encode()).ending is Ending.CUT_OFF
    assert read_reply(f"{chunk(content=J)}\n\ndata: [DONE]".encode()).ending is Ending.WHOLE
