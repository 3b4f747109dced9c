"""A stream is read while it arrives, in every variant that servers send."""

import asyncio
import json
import math
from collections.abc import AsyncIterator

import httpx2
import pytest

from generator_service.llm.assembly import ErrorReply
from generator_service.llm.reply import Ending, Reply, UnreadableReply
from generator_service.llm.stream import read_stream
from generator_service.llm.usage import Usage
from tests.unit.generator.streamed import DONE, end, event, piece

J = '{"history": "Zoë rang it at 鐘."}'


class Reading:
    """Reads a body, and records how the answer grew."""

    def __init__(self, *, wanted: float = math.inf) -> None:
        """`wanted`: characters after which the rest is not wanted."""
        self.wanted = wanted
        self.texts: list[str] = []

    async def read(self, *pieces: bytes | Exception) -> Reply:
        async def body() -> AsyncIterator[bytes]:
            for each in pieces:
                if isinstance(each, Exception):
                    raise each
                yield each
                await asyncio.sleep(0)

        return await read_stream(body(), self._grow)

    def _grow(self, text: str) -> bool:
        self.texts.append(text)
        return self.wanted > len(text)


async def read(*pieces: bytes | Exception) -> Reply:
    return await Reading().read(*pieces)


async def test_the_answer_is_available_while_it_grows() -> None:
    reading = Reading()
    reply = await reading.read(piece(J[:9]), piece(J[9:15]), piece(J[15:]), end())
    assert reading.texts == [J[:9], J[:15], J]
    assert (reply.text, reply.ending, reply.usage) == (J, Ending.WHOLE, Usage(1, 100, 10))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
async def test_the_network_may_cut_a_stream_anywhere(size: int, line_end: bytes) -> None:
    """A chunk of the network may end within a character or within a line end."""
    chunk = json.dumps({"choices": [{"delta": {"content": J}}]}, ensure_ascii=False).encode()
    body = (b": keep-alive\n\nevent: message\ndata: " + chunk + b"\n\n" + end()).replace(b"\n", line_end)
    reply = await read(*(body[at : at + size] for at in range(0, len(body), size)))
    assert (reply.text, reply.ending, reply.usage.completion_tokens) == (J, Ending.WHOLE, 10)


@pytest.mark.parametrize(
    "noise",
    [
        b": OPENROUTER PROCESSING\n\n",
        b"event: ping\ndata:\n\n",
        b"retry: 3000\n\n",
        event({"choices": []}),
        event({"choices": [], "error": None}),
        event({"choices": [{"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}], "usage": None}),
        event({"choices": [{"index": 0, "delta": {"content": None}, "finish_reason": None}]}),
        event("hello"),
    ],
)
async def test_events_without_text_are_skipped(noise: bytes) -> None:
    assert (await read(noise, piece(J[:9]), noise, piece(J[9:]), noise, end())).text == J


async def test_a_server_that_ignores_the_request_for_a_stream_is_read() -> None:
    body = json.dumps({"choices": [{"message": {"content": J}, "finish_reason": "stop"}]}).encode()
    assert (await read(b" \n", body[:20], body[20:])).text == J


async def test_a_stream_in_one_piece_is_read() -> None:
    whole = event({"choices": [{"message": {"role": "assistant", "content": J}, "finish_reason": "stop"}]})
    assert (await read(whole + DONE)).text == J


@pytest.mark.parametrize("last", [DONE.strip(), b""])
async def test_the_last_event_need_not_end_with_an_empty_line(last: bytes) -> None:
    body = piece(J) + event({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 7}})
    assert (await read(body.strip() + b"\n\n" + last)).usage.prompt_tokens == 7


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (event({"error": {"code": 502, "message": "upstream"}}), 502),
        (b'event: error\ndata: {"message": "The server is overloaded"}\n\n', 503),
        (event({"choices": [{"delta": {"content": ""}, "error": {"code": 429}, "finish_reason": "error"}]}), 429),
        (event({"choices": [{"delta": {}, "finish_reason": "error"}], "error": {"code": "invalid_api_key"}}), 401),
        (b'{"error": {"code": 401}}', 401),
    ],
)
async def test_an_error_in_a_stream_is_an_error(body: bytes, status: int) -> None:
    before = b"" if body.startswith(b"{") else piece(J[:9])
    with pytest.raises(ErrorReply) as raised:
        await read(before, body)
    assert raised.value.complaint.status == status


@pytest.mark.parametrize(
    "body", [b"", b"<html>gateway</html>", b"data: {\n\n", b"Internal Server Error", b"data: 7\n\n"]
)
async def test_a_body_that_is_not_a_stream_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableReply):
        await read(body)


async def test_a_stream_without_an_end_is_cut_off() -> None:
    assert (await read(piece(J[:9]))).ending is Ending.CUT_OFF


async def test_a_connection_that_breaks_before_the_end_of_the_answer_is_an_error() -> None:
    with pytest.raises(httpx2.ReadError):
        await read(piece(J), httpx2.ReadError("reset"))


async def test_a_connection_that_breaks_after_the_end_of_the_answer_is_not() -> None:
    """Only the usage is missing."""
    last = event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    reply = await read(piece(J), last, httpx2.RemoteProtocolError("incomplete chunked read"))
    assert (reply.text, reply.ending, reply.usage) == (J, Ending.WHOLE, Usage(1, 0, 0))


async def test_a_connection_that_stays_open_after_the_last_event_is_not_waited_for() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield piece(J) + end()
        await asyncio.sleep(3600)

    began_at = asyncio.get_running_loop().time()
    assert (await read_stream(body(), lambda _: True)).text == J
    assert asyncio.get_running_loop().time() - began_at < 1


async def test_an_answer_whose_rest_is_not_wanted_is_cut_off() -> None:
    reading = Reading(wanted=9)
    reply = await reading.read(piece(J[:5]), piece(J[5:12]), AssertionError("read on"))
    assert (reply.text, reply.ending, reply.is_stopped) == (J[:12], Ending.CUT_OFF, True)


async def test_an_answer_that_has_ended_is_not_stopped() -> None:
    """The usage may still follow."""
    last = event({"choices": [{"delta": {"content": J}, "finish_reason": "stop"}]})
    reply = await Reading(wanted=0).read(last, event({"choices": [], "usage": {"prompt_tokens": 7}}), DONE)
    assert (reply.ending, reply.is_stopped, reply.usage.prompt_tokens) == (Ending.WHOLE, False, 7)


async def test_an_answer_in_a_tool_call_is_put_together() -> None:
    calls = [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in (J[:9], J[9:])]
    events = (event({"choices": [{"delta": call}]}) for call in ({"function_call": {"arguments": J}}, *calls))
    assert (await read(*events, end())).elsewhere == (J, J)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_is_not_part_of_the_answer(field: str) -> None:
    reading = Reading()
    reply = await reading.read(event({"choices": [{"delta": {field: "They want {a relic}."}}]}), piece(J), end())
    assert (reply.text, reply.has_reasoning, reading.texts) == (J, True, [J])
