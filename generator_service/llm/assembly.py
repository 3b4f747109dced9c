"""Joins the chunks of a stream into one completion."""

import json
from collections import defaultdict
from collections.abc import Mapping

from foundation.json_value import Json
from generator_service.llm.complaint import Complaint, complaint_in
from generator_service.llm.content import text_of

#: Fields that mark a body or a chunk without choices as an error.
ERROR_FIELDS = frozenset({"error", "message", "detail", "errors", "error_msg"})
REASONING_FIELDS = ("reasoning_content", "reasoning")
_CALL_FIELDS = frozenset({"tool_calls", "function_call"})
_END = "[DONE]"


class ErrorReply(Exception):
    """The response is an error, whatever its HTTP status."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.status)
        self.complaint = complaint


class Assembly:
    """The completion so far."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = dict.fromkeys(("content", "refusal", *REASONING_FIELDS), "")
        #: The arguments of each tool call. Some servers put the answer there.
        self._arguments: defaultdict[str, str] = defaultdict(str)
        self._finish: str | None = None
        self._usage: Json = None
        self._has_choices = False
        #: Whether the server has announced that no chunk follows.
        self.is_closed = False

    @property
    def text(self) -> str:
        """The answer so far."""
        return self._texts["content"]

    @property
    def is_ended(self) -> bool:
        """Whether the answer has ended. The usage may still follow."""
        return self._finish is not None or self.is_closed

    def add(self, data: str) -> None:
        """Add the data of one event. Raises `ErrorReply`, and `ValueError` if it is not JSON."""
        data = data.strip()
        if not data:
            return
        if data == _END:
            self.is_closed = True
            return
        chunk = json.loads(data)
        if isinstance(chunk, dict):
            self._add_chunk(chunk)

    def completion(self) -> dict[str, Json]:
        """The chunks as one body. An answer whose stream has no end counts as cut off."""
        finish = self._finish or ("stop" if self.is_closed else "broken off")
        calls: list[Json] = [{"function": {"arguments": text}} for text in self._arguments.values()]
        message: dict[str, Json] = {**self._texts, "tool_calls": calls}
        choices: list[Json] = [{"message": message, "finish_reason": finish}] if self._has_choices else []
        return {"choices": choices, "usage": self._usage}

    def _add_chunk(self, chunk: Mapping[str, Json]) -> None:
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        error = choice.get("error") if isinstance(choice, dict) else None
        if chunk.get("error") or (choice is None and any(chunk.get(field) for field in ERROR_FIELDS)):
            raise ErrorReply(complaint_in(dict(chunk)))
        if error:
            raise ErrorReply(complaint_in(error))
        self._usage = chunk.get("usage") or self._usage
        if isinstance(choice, dict):
            self._add_choice(choice)

    def _add_choice(self, choice: Mapping[str, Json]) -> None:
        self._has_choices = True
        message = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        if isinstance(message, dict):
            for field in self._texts:
                if (content := message.get(field)) is not None and (text := text_of(content)):
                    self._texts[field] += text
            if message.keys() & _CALL_FIELDS:
                self._add_arguments(message)
        if reason := choice.get("finish_reason"):
            self._finish = str(reason)

    def _add_arguments(self, message: Mapping[str, Json]) -> None:
        given = message.get("tool_calls")
        calls = [call for call in given if isinstance(call, dict)] if isinstance(given, list) else []
        functions = [(str(call.get("index", place)), call.get("function")) for place, call in enumerate(calls)]
        for key, function in (*functions, ("function_call", message.get("function_call"))):
            if isinstance(function, dict):
                self._arguments[key] += text_of(function.get("arguments"))
