"""What the running task works on, such as a job's id. Every line that it logs has these fields."""

from collections.abc import Mapping
from contextvars import ContextVar

_bound: ContextVar[Mapping[str, object]] = ContextVar("log_context", default={})  # noqa: B039 - never changed in place


def begin(**fields: object) -> None:
    """Replace the context of this task, and of tasks that it starts from now on."""
    _bound.set(fields)


def bind(**fields: object) -> None:
    """Add fields to the context of this task, and of tasks that it starts from now on."""
    _bound.set({**_bound.get(), **fields})


def bound() -> Mapping[str, object]:
    """The context of the running task."""
    return _bound.get()
