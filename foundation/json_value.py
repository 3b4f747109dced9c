"""The values that JSON can express."""

import json
from collections.abc import Mapping, Sequence

#: Any of these values. Do not modify it.
Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def as_object(value: Json) -> Mapping[str, Json]:
    """The value, which is known to be an object. Raises `TypeError` if it is not."""
    if not isinstance(value, Mapping):
        raise TypeError(f"expected an object, not {type(value).__name__}")
    return value


def size_bytes(value: Json) -> int:
    """The size of the value as JSON in UTF-8. An unpaired surrogate, which UTF-8 cannot express, counts as one byte."""
    return len(json.dumps(value, ensure_ascii=False).encode(errors="replace"))


def is_same(first: Json, second: Json) -> bool:
    """Whether both are the same JSON, whatever the order of names. To Python, 1 is equal to 1.0 and to true."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
