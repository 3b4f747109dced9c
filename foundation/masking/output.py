"""A masked stderr (and stdout, if it is a log) for output that bypasses the log formatter.

Tracebacks of `sys.excepthook`, threads and asyncio, warnings, `print`, and libraries' own handlers all end up there.
The mask does not see output written directly to the file descriptor: by C libraries, and by `faulthandler`, which shows
no values.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import TextIO, cast

from foundation.masking.environment import secrets_in
from foundation.masking.mask import Mask


class MaskedStream:
    """Writes masked text to `stream`; otherwise it behaves like that stream."""

    def __init__(self, stream: TextIO, mask: Mask) -> None:
        self._stream = stream
        self._mask = mask

    def write(self, text: str) -> int:
        self._stream.write(self._mask(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def mask_output(environment: Mapping[str, str], *, stdout: bool = True) -> Mask:
    """Mask this process's output from now on; returns the mask for use in formatters. Idempotent.

    Call it first in a program, before anything keeps a reference to `sys.stderr`.
    """
    mask = Mask(secrets_in(environment))
    sys.stderr = masked(sys.stderr, mask)
    if stdout:
        sys.stdout = masked(sys.stdout, mask)
    return mask


def masked(stream: TextIO, mask: Mask) -> TextIO:
    """The stream behind this mask; replaces an earlier mask."""
    raw = stream._stream if isinstance(stream, MaskedStream) else stream
    return cast("TextIO", MaskedStream(raw, mask))
