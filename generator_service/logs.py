"""Logs as JSON lines on stderr. What is bound to the running task, such as the job's id, is in each of them."""

import json
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_bound: ContextVar[dict[str, Any]] = ContextVar("bound", default={})  # noqa: B039 - never changed in place

#: What every record has; everything else on it came by `extra`.
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MAX_FIELD_CHARS = 4000
_MASK = "[secret]"
#: Shorter ones are placeholders, as local servers take them; masking each "x" would garble every line.
_MIN_SECRET_CHARS = 8


def bind(**fields: Any) -> None:
    """Put the fields into every line that this task, and tasks it starts from now on, will log."""
    _bound.set(_bound.get() | fields)


class JsonLines(logging.Formatter):
    """One JSON object a line: level, time (ISO 8601, UTC), logger, message, what is bound, extras, error."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        """No line ever shows one of the `secrets`, whoever logs it."""
        super().__init__()
        self._secrets = [secret for secret in secrets if len(secret) >= _MIN_SECRET_CHARS]

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "level": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
            "message": record.getMessage(),
        }
        # What is bound wins: no `extra` of the same name hides which job a line is about.
        line |= {key: value for key, value in vars(record).items() if key not in _OWN_FIELDS} | _bound.get()
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return self._masked(json.dumps({key: _bounded(value) for key, value in line.items()}, ensure_ascii=False))

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text


def configure(level: str, secrets: Sequence[str]) -> None:
    """Send all logs to stderr, those of libraries from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("generator_service").setLevel(level)


def _bounded(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_FIELD_CHARS else text[:_MAX_FIELD_CHARS] + "..."
