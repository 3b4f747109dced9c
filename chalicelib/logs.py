"""Structured logs: one JSON object a line, with the job's id in it, so that one search tells a job's whole story."""

import logging
from collections.abc import Mapping

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from chalicelib.correlation import Correlate


def configure(environment: Mapping[str, str]) -> None:
    """Send the logs of `chalicelib` to stderr as JSON lines. Idempotent; the level is LOG_LEVEL, INFO without one."""
    logger = logging.getLogger("chalicelib")
    logger.setLevel(environment.get("LOG_LEVEL") or "INFO")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.addFilter(Correlate())
        handler.setFormatter(LambdaPowertoolsFormatter(service="loresmith-jobs", utc=True, use_rfc3339=True))
        logger.addHandler(handler)
        logger.propagate = False
