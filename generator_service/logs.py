"""Logs as JSON lines on stderr. Each line has the fields that are bound to the running task, such as the job's id."""

import json
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from foundation.masking.mask import Mask

_bound: ContextVar[dict[str, Any]] = ContextVar("bound", default={})  # noqa: B039 - never modified

#: The attributes of every log record. All others come from `extra`.
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MAX_FIELD_CHARS = 4000


def bind(**fields: Any) -> None:
    """Add the fields to every line that is logged by this task and by tasks that it starts later."""
    _bound.set(_bound.get() | fields)


class JsonLines(logging.Formatter):
    """One JSON object per line: level, time (ISO 8601, UTC), logger, message, bound fields, extra fields, error."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        """No line shows any of the `secrets` or a caller's token, whichever library logs it."""
        super().__init__()
        self._mask = Mask(secrets)

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "level": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
            "message": record.getMessage(),
        }
        # Bound fields win over `extra`, so that every line says which job it is about.
        line |= {key: value for key, value in vars(record).items() if key not in _OWN_FIELDS} | _bound.get()
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps({key: self._shown(value) for key, value in line.items()}, ensure_ascii=False)

    def _shown(self, value: Any) -> Any:
        """Masks first, because half a secret would not be recognised."""
        if value is None or isinstance(value, int | float):
            return value
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        text = self._mask(text)
        return text if len(text) <= _MAX_FIELD_CHARS else text[:_MAX_FIELD_CHARS] + "..."


def configure(level: str, secrets: Sequence[str]) -> None:
    """Send all logs to stderr. Libraries log warnings and errors only."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("generator_service").setLevel(level)
