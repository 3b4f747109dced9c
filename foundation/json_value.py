"""The values that JSON can express."""

from collections.abc import Mapping, Sequence

#: Any of these values. Do not modify it.
Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def as_object(value: Json) -> Mapping[str, Json]:
    """The value, which is known to be an object. Raises `TypeError` if it is not."""
    if not isinstance(value, Mapping):
        raise TypeError(f"expected an object, not {type(value).__name__}")
    return value
