"""Errors of the Lambda emulator."""

from pathlib import Path

from local.error import LocalError, quoted_log


class MappingRefused(LocalError):
    """The event source mapping is invalid, on AWS or only here."""


class HandlerBroken(LocalError):
    def __init__(self, handler: str, log: Path | None) -> None:
        super().__init__(f"The handler {handler} cannot be loaded. {quoted_log(log) if log else ''}")
