"""Reads server-sent events (WHATWG, HTML, 9.2.6) from the chunks in which they arrive.

`httpx2.EventSource` does the same for a response with the right content type, at several times the cost.
"""

import codecs

import httpx2

#: A longer event is refused, because it has to be held in memory. As in httpx2, but in characters.
_MAX_CHARACTERS = 1024 * 1024
_FIELD = "data"


class EventReader:
    """Reads the data of each event. Every other field is skipped."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        #: The beginning of a line whose end has not arrived.
        self._line = ""
        #: "\r" if it was the last character so far: perhaps the first half of a line end.
        self._return = ""
        #: The lines of an event whose end has not arrived.
        self._data: list[str] = []
        self._characters = 0

    def read(self, chunk: bytes, *, is_last: bool = False) -> list[str]:
        """The data of the events that end in this chunk. The last event need not end with an empty line.

        Raises `httpx2.SSEError` if an event is too long.
        """
        text = self._line + self._return + self._decoder.decode(chunk, is_last)
        self._return = "" if is_last or not text.endswith("\r") else "\r"
        text = f"{text}\n\n" if is_last else text.removesuffix("\r")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        *lines, self._line = text.split("\n")
        events = [event for line in lines if (event := self._event(line)) is not None]
        if self._characters + len(self._line) > _MAX_CHARACTERS:
            raise httpx2.SSEError("an event is too long")
        return events

    def _event(self, line: str) -> str | None:
        """The data of the event that ends with this line. None if no event ends, or if it has no data."""
        if not line:
            event = "\n".join(self._data) if self._data else None
            self._data.clear()
            self._characters = 0
            return event
        name, _, value = line.partition(":")
        if name == _FIELD:
            self._data.append(value.removeprefix(" "))
            self._characters += len(value)
        return None
