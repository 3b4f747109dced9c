"""A Griffe extension: puts fences around examples in docstrings (`>>>`). Markdown would render them as quotations."""

import re
from typing import Any

from griffe import Extension, Object

_EXAMPLE = re.compile(r"^>>> .*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


class DoctestFence(Extension):
    def on_object(self, *, obj: Object, **_: Any) -> None:
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(docstring: str) -> str:
    """The docstring with a fence around each example."""
    return _EXAMPLE.sub(lambda example: f"```pycon\n{example[0]}\n```", docstring)
