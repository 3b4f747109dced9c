"""Structured logs: one JSON object a line, with the job's id in it, so that one search tells a job's whole story."""

import logging
from collections.abc import Mapping

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from chalicelib.correlation import Correlate
from foundation.masking.environment import secrets_in
from foundation.masking.mask import Mask
from foundation.masking.output import mask_output


class MaskedFormatter(logging.Formatter):
    """Masks the secrets in another formatter's lines."""

    def __init__(self, inner: logging.Formatter, mask: Mask) -> None:
        super().__init__()
        self._inner = inner
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        return self._mask(self._inner.format(record))


class SafeError(Exception):
    """Replaces an error whose message contains a secret."""


def configure(environment: Mapping[str, str]) -> None:
    """Send the logs of `chalicelib` to stderr as JSON lines. Idempotent; the level is LOG_LEVEL, INFO without one.

    Masks the environment's secrets in everything that this process writes: in these lines, in those of libraries, which
    go through the Lambda runtime's handlers, and in printed text.
    """
    mask = mask_output(environment)
    logger = logging.getLogger("chalicelib")
    logger.setLevel(environment.get("LOG_LEVEL") or "INFO")
    if not logger.handlers:
        logger.addHandler(_json_handler(mask))
        logger.propagate = False
    for handler in logging.getLogger().handlers:
        if not isinstance(handler.formatter, MaskedFormatter):
            handler.setFormatter(MaskedFormatter(handler.formatter or logging.Formatter(), mask))


def without_secrets(error: Exception, environment: Mapping[str, str]) -> Exception:
    """The error itself, or, if its message contains a secret, one that says the same without it."""
    said = str(error)
    masked = Mask(secrets_in(environment))(said)
    return error if masked == said else SafeError(f"{type(error).__name__}: {masked}")


def _json_handler(mask: Mask) -> logging.Handler:
    handler = logging.StreamHandler()
    handler.addFilter(Correlate())
    json_lines = LambdaPowertoolsFormatter(service="loresmith-jobs", utc=True, use_rfc3339=True)
    handler.setFormatter(MaskedFormatter(json_lines, mask))
    return handler
