"""Parses the body of a chat completion in any of the formats that servers send.

The SDK's models are not used: they do not validate and only know one format.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from foundation.json_value import Json
from generator_service.llm.assembly import ERROR_FIELDS, REASONING_FIELDS, Assembly, ErrorReply
from generator_service.llm.complaint import complaint_in
from generator_service.llm.content import text_of
from generator_service.llm.usage import Usage


class Ending(Enum):
    """Why the model stopped."""

    WHOLE = "whole"
    #: It reached the output limit or the end of its context.
    CUT_OFF = "cut off"
    #: A content filter, or the model's own refusal.
    REFUSED = "refused"


#: Values of `finish_reason`, from various servers, that say that the model ended by itself.
_WHOLE_REASONS = frozenset(
    {"", "stop", "eos", "eos_token", "end_turn", "end", "stop_sequence", "complete", "completed", "normal"}
) | {
    "tool_calls",
    "function_call",
}
_REFUSED_REASON = re.compile(
    r"content_filter|safety|refus|sensitive|block|prohibited|recitation|guardrail|moderation|inspection", re.IGNORECASE
)

_EVENT = re.compile(r"^data:[ \t]*(.*)$", re.MULTILINE)


_UNCOUNTED = Usage(llm_calls=1)


class UnreadableReply(Exception):
    """The body is not a chat completion."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a call."""

    text: str
    ending: Ending = Ending.WHOLE
    #: Other fields in which some servers put the answer: the arguments of a tool call and the model's reasoning.
    elsewhere: tuple[str, ...] = ()
    usage: Usage = _UNCOUNTED
    #: Tokens that the model spent on reasoning, if the server counts them.
    reasoning_tokens: int = 0
    has_reasoning: bool = False
    #: Whether the client stopped it because it ran away. Its usage is estimated.
    is_stopped: bool = False


def read_reply(body: bytes) -> Reply:
    """The reply in a body. Raises `ErrorReply` and `UnreadableReply`."""
    return reply_in(_completion(body))


def reply_in(completion: Mapping[str, Json]) -> Reply:
    """The reply in a completion. Raises `ErrorReply` and `UnreadableReply`."""
    choices = completion.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise UnreadableReply
    if error := choice.get("error"):
        raise ErrorReply(complaint_in(error))
    message = choice.get("message") or choice.get("delta")
    if not isinstance(message, dict):
        message = {"content": choice.get("text")}
    return _reply(message, choice, completion.get("usage"))


def _completion(body: bytes) -> dict[str, Json]:
    try:
        text = body.decode("utf-8-sig").strip()
        parsed = (
            _completion_of_stream(_EVENT.findall(text))
            if text.startswith(("data:", ":", "event:"))
            else json.loads(text)
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableReply from error
    if isinstance(parsed, list) and parsed:
        parsed = parsed[0]
    if not isinstance(parsed, dict):
        raise UnreadableReply
    if not parsed.get("choices") and parsed.keys() & ERROR_FIELDS:
        raise ErrorReply(complaint_in(parsed))
    return parsed


def _completion_of_stream(events: list[str]) -> dict[str, Json]:
    """The events of a stream as one completion. Some servers stream without being asked."""
    assembly = Assembly()
    for event in events:
        assembly.add(event)
    return assembly.completion()


def _reply(message: Mapping[str, Json], choice: Mapping[str, Json], usage: Json) -> Reply:
    text = text_of(message.get("content"))
    reasoning = [thought for key in REASONING_FIELDS if (thought := text_of(message.get(key)).strip())]
    details = usage.get("completion_tokens_details") if isinstance(usage, dict) else None
    return Reply(
        text=text,
        ending=_ending(message, choice),
        elsewhere=(*_arguments(message), *reasoning),
        usage=usage_of(usage),
        reasoning_tokens=_count(details.get("reasoning_tokens")) if isinstance(details, dict) else 0,
        has_reasoning=bool(reasoning),
    )


def _ending(message: Mapping[str, Json], choice: Mapping[str, Json]) -> Ending:
    reason = str(choice.get("finish_reason") or "").lower()
    refusal = message.get("refusal")
    if _REFUSED_REASON.search(reason) or (refusal is not None and refusal is not False and str(refusal).strip()):
        return Ending.REFUSED
    return Ending.WHOLE if reason in _WHOLE_REASONS else Ending.CUT_OFF


def _arguments(message: Mapping[str, Json]) -> Iterator[str]:
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    for function in (*functions, message.get("function_call")):
        if isinstance(function, dict) and (arguments := text_of(function.get("arguments"))):
            yield arguments


def usage_of(usage: Json) -> Usage:
    """The cost of the call according to the provider. Missing or invalid numbers count as 0 tokens."""
    if not isinstance(usage, dict):
        return _UNCOUNTED
    return Usage(1, _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))


def _count(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if 0 < value < 1e9 else 0
