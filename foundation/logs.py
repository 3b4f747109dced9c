"""The log format of every program: JSON lines on stderr, in the form of Powertools for AWS Lambda.

A line has `timestamp`, `level`, `service`, `logger`, `location` and `message`, the fields of `log_context`, those that
the call adds with `extra`, and for an error `exception_name` and `exception`, which is the traceback.
"""

import json
import logging
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from foundation import log_context
from foundation.masking.mask import Mask

#: A longer text keeps its start and its end, where a traceback has its error.
_MAX_FIELD_CHARS = 4000
_CUT = " ... "


class JsonLines(LambdaPowertoolsFormatter):
    """Formats log lines and masks secrets in every field.

    A field in `extra` overrides the context: the log of a retry names the new job.
    """

    def __init__(self, service: str, mask: Mask) -> None:
        # A message stays text, even if it looks like JSON.
        super().__init__(service=service, utc=True, use_rfc3339=True, serialize_stacktrace=False, json_deserializer=str)
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        for name, value in {**log_context.bound(), "logger": record.name}.items():
            vars(record).setdefault(name, value)
        return super().format(record)

    def serialize(self, log: Any) -> str:
        return super().serialize({name: self._shown(value) for name, value in log.items()})

    def _shown(self, value: object) -> object:
        if value is None or isinstance(value, int | float):
            return value
        text = self._mask(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
        # Masked first: half a secret would not be recognised.
        half = _MAX_FIELD_CHARS // 2
        return text if len(text) <= _MAX_FIELD_CHARS else text[:half] + _CUT + text[-half:]


def configure(service: str, package: str, level: str, mask: Mask) -> None:
    """Send this process's logs to stderr: those of `package` from `level` on, those of libraries from WARNING on.

    Replaces handlers that are installed already, such as the AWS Lambda runtime's.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(service, mask))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(package).setLevel(level)
