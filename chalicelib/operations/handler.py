"""Runs the operations that events name, and returns their answers.

An answer is {"answer": ...} or {"error": {"code", "message"}}. The answer of a write is {"steps": [...], "done": [...],
"changes": bool, "refused": bool}: what will happen or has happened, as sentences, whether there is anything to do, and
whether it cannot be done. Times are milliseconds since 1970 (UTC).
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.domain.error import (
    Fault,
    InvalidSubmission,
    LoreSmithError,
    QueueUnavailable,
    StoreUnavailable,
    Unavailable,
)
from chalicelib.operations.argument import Read, Write
from chalicelib.operations.operation import READS, WRITES
from chalicelib.service.operations.assembly import Operations

log = logging.getLogger(__name__)

#: Callers are told to try again. The people on call have to find out why.
_FOR_OPERATORS: Mapping[type[LoreSmithError], str] = {
    StoreUnavailable: (
        "Redis cannot be reached, or it refuses. `loresmith ops status` shows what else is down. Is Redis failing "
        "over, or full? See the alarms redis-* in docs/operations.md."
    ),
    QueueUnavailable: (
        "SQS cannot be reached, or it refuses. The command can be run again. The logs of `ops-read` and `ops-write` "
        "say more."
    ),
}

Answer = dict[str, Any]
_Model = TypeVar("_Model", bound=BaseModel)


async def read(operations: Operations, event: Mapping[str, Any]) -> Answer:
    """The answer of `ops_read`."""

    async def run() -> Any:
        asked = _parsed(Read, event)
        operation = _known(READS, asked.operation, other=WRITES)
        return asdict(await operation.run(operations, _parsed(operation.arguments, asked.arguments)))

    return await _answered(run)


async def write(operations: Operations, event: Mapping[str, Any]) -> Answer:
    """The answer of `ops_write`. Every change is logged: who, what, why."""

    async def run() -> Any:
        asked = _parsed(Write, event)
        operation = _known(WRITES, asked.operation, other=READS)
        plan = await operation.plan(operations, _parsed(operation.arguments, asked.arguments), asked)
        if not asked.confirmed or plan.carry_out is None:
            changes = plan.carry_out is not None
            return {"steps": plan.steps, "done": [], "changes": changes, "refused": plan.is_refused}
        told = {"by": asked.by, "reason": asked.reason, "arguments": asked.arguments}
        log.warning("Operator: %s", asked.operation, extra=told)
        done = await plan.carry_out()
        log.warning("Operator: %s: %s", asked.operation, " ".join(done), extra=told)
        return {"steps": plan.steps, "done": done, "changes": True, "refused": False}

    return await _answered(run)


async def _answered(run: Callable[[], Awaitable[Any]]) -> Answer:
    try:
        return {"answer": _json(await run())}
    except InvalidSubmission as error:
        return _error(error.code, " ".join(f"{fault.field}: {fault.message}" for fault in error.faults))
    except LoreSmithError as error:
        if isinstance(error, Unavailable):
            log.warning("Operation failed: %s", error.code, exc_info=error)
        return _error(error.code, _FOR_OPERATORS.get(type(error), error.message))


def _error(code: str, message: str) -> Answer:
    return {"error": {"code": code, "message": message}}


def _known(operations: Mapping[str, Any], name: str, *, other: Mapping[str, Any]) -> Any:
    if name in operations:
        return operations[name]
    hint = "The other function has this operation." if name in other else f"Known: {', '.join(sorted(operations))}."
    raise InvalidSubmission([Fault("operation", f"{name!r} is not an operation of this function. {hint}")])


def _parsed(model: type[_Model], given: Mapping[str, Any]) -> _Model:
    """Raises `InvalidSubmission`."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = [Fault(".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors(include_url=False)]
        raise InvalidSubmission(faults) from None


def _json(value: Any) -> Any:
    """Dataclasses' dictionaries as JSON: enumerations become their values."""
    match value:
        case Enum():
            return value.value
        case dict():
            return {str(name): _json(part) for name, part in value.items()}
        case list() | tuple():
            return [_json(part) for part in value]
    return value
