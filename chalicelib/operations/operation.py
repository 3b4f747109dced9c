"""The operations by name. Reads cannot reach code that changes anything."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.operations import argument
from chalicelib.operations.argument import Arguments, Write
from chalicelib.service.operations.assembly import Operations
from chalicelib.service.operations.plan import Plan


@dataclass(frozen=True, slots=True)
class ReadOperation:
    arguments: type[Arguments]
    #: Returns a dataclass, which becomes the answer.
    run: Callable[[Operations, Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class WriteOperation:
    arguments: type[Arguments]
    plan: Callable[[Operations, Any, Write], Awaitable[Plan]]


READS: Mapping[str, ReadOperation] = {
    "status": ReadOperation(Arguments, lambda ops, _: ops.status.read()),
    "inspect": ReadOperation(argument.Inspected, lambda ops, given: ops.inspection.tell(given.job_id, given.owner)),
    "dead_list": ReadOperation(Arguments, lambda ops, _: ops.dead_letters.all()),
    "dead_show": ReadOperation(argument.OfLetter, lambda ops, given: ops.dead_letters.show(given.letter_id)),
    "quota": ReadOperation(argument.OfOwner, lambda ops, given: ops.intervention.quota(given.owner)),
}

WRITES: Mapping[str, WriteOperation] = {
    "drain": WriteOperation(
        argument.Drained,
        lambda ops, given, event: ops.intervention.drain(
            by=event.by, reason=event.reason, lasts_s=given.lasts_s, refuses=given.refuses
        ),
    ),
    "resume": WriteOperation(Arguments, lambda ops, _given, _event: ops.intervention.resume()),
    "expire": WriteOperation(argument.OfJob, lambda ops, given, _: ops.intervention.expire(given.job_id)),
    "cancel": WriteOperation(argument.OfJob, lambda ops, given, _: ops.intervention.cancel(given.job_id)),
    "quota_reset": WriteOperation(argument.OfOwner, lambda ops, given, _: ops.intervention.reset_quota(given.owner)),
    "dead_requeue": WriteOperation(argument.Requeued, lambda ops, given, _: ops.dead_letters.requeue(given.ids)),
    "dead_drop": WriteOperation(argument.OfLetters, lambda ops, given, _: ops.dead_letters.drop(given.ids)),
}
