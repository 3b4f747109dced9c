"""All operations of the people on call, assembled."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.port.queue_admin import QueueAdmin
from chalicelib.service.assembly import Parts
from chalicelib.service.operations.dead_letters import DeadLetters
from chalicelib.service.operations.inspection import Inspection
from chalicelib.service.operations.intervention import Intervention
from chalicelib.service.operations.status import StatusReport
from chalicelib.service.reading import Reading
from chalicelib.service.submission import Submission


@dataclass(frozen=True, slots=True)
class Operations:
    status: StatusReport
    inspection: Inspection
    dead_letters: DeadLetters
    intervention: Intervention


def operations(parts: Parts, queues: Mapping[str, QueueAdmin], reading: Reading, submission: Submission) -> Operations:
    """`queues`: by the name of the queue."""
    database, timing, quota = parts.database, parts.timing, parts.limits.quota
    return Operations(
        status=StatusReport(
            index=database.index,
            drains=database.drains,
            quota_admin=database.quota_admin,
            queues=list(queues.values()),
            generator=parts.generator,
            timing=timing,
            daily_stop=parts.limits.daily_stop,
            clock=parts.clock,
        ),
        inspection=Inspection(
            jobs=database.jobs,
            history=parts.history,
            index=database.index,
            drains=database.drains,
            quota_admin=database.quota_admin,
            queues=list(queues.values()),
            timing=timing,
            quota=quota,
        ),
        dead_letters=DeadLetters(jobs=database.jobs, index=database.index, queues=queues, submission=submission),
        intervention=Intervention(
            jobs=database.jobs,
            drains=database.drains,
            quota_admin=database.quota_admin,
            reading=reading,
            timing=timing,
            quota=quota,
            meter=parts.meter,
            clock=parts.clock,
        ),
    )
