"""Parses the body of a chat completion in any of the formats that servers send.

The SDK's models are not used: they do not validate and only know one format.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from foundation.json_value import Json
from generator_service.llm.complaint import Complaint, complaint_in
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


class ErrorReply(Exception):
    """The HTTP status is 200, but the body contains an error."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.status)
        self.complaint = complaint


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


def read_reply(body: bytes) -> Reply:
    """The reply in a body. Raises `ErrorReply` and `UnreadableReply`."""
    completion = _completion(body)
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
    if not parsed.get("choices") and parsed.keys() & _ERROR_FIELDS:
        raise ErrorReply(complaint_in(parsed))
    return parsed


def _completion_of_stream(events: list[str]) -> dict[str, Json]:
    """The chunks of a stream as one completion. Some servers stream without being asked."""
    chunks = [json.loads(event) for event in events if event.strip() not in ("", "[DONE]")]
    chunks = [chunk for chunk in chunks if isinstance(chunk, dict)]
    for chunk in chunks:
        if chunk.get("error"):
            raise ErrorReply(complaint_in(chunk))
    choices = [chunk["choices"][0] for chunk in chunks if isinstance(chunk.get("choices"), list) and chunk["choices"]]
    parts = [choice.get("delta") or choice.get("message") or {"content": choice.get("text")} for choice in choices]
    message = {key: "".join(map(_text, (part.get(key) for part in parts))) for key in ("content", *_REASONING_FIELDS)}
    refusal = "".join(_text(part.get("refusal")) for part in parts)
    finish = next((choice["finish_reason"] for choice in reversed(choices) if choice.get("finish_reason")), None)
    usage = next((chunk["usage"] for chunk in reversed(chunks) if chunk.get("usage")), None)
    is_ended = finish or any(event.strip() == "[DONE]" for event in events)
    whole = {
        "message": message | {"refusal": refusal},
        "finish_reason": finish or ("stop" if is_ended else "broken off"),
    }
    return {"choices": [whole] if choices else [], "usage": usage}


#: Fields that mark a body without choices as an error.
_ERROR_FIELDS = frozenset({"error", "message", "detail", "errors", "error_msg"})
_REASONING_FIELDS = ("reasoning_content", "reasoning")


def _reply(message: Mapping[str, Json], choice: Mapping[str, Json], usage: Json) -> Reply:
    text = _text(message.get("content"))
    reasoning = [thought for key in _REASONING_FIELDS if (thought := _text(message.get(key)).strip())]
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


def _text(content: Json) -> str:
    """Content as text: a string, the text parts of a list, or an object that the server has already parsed."""
    if isinstance(content, str):
        return content.encode(errors="replace").decode()  # JSON can contain unpaired surrogates
    if isinstance(content, list):
        return "".join(map(_part, content))
    return json.dumps(content, ensure_ascii=False) if isinstance(content, dict) else ""


def _part(part: Json) -> str:
    """The part's text, unless it is thinking. A part without a type is text."""
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or part.get("type", "text") not in ("text", "output_text"):
        return ""
    text = part.get("text")
    return text if isinstance(text, str) else _text(text.get("value")) if isinstance(text, dict) else ""


def _arguments(message: Mapping[str, Json]) -> Iterator[str]:
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    for function in (*functions, message.get("function_call")):
        if isinstance(function, dict) and (arguments := _text(function.get("arguments"))):
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
