"""The life of a job: one literal table, from which everything else is derived. docs/architecture.md has a diagram.

`pending`     stored and queued, or about to be; nothing is generated yet.
`processing`  a worker has claimed it at least once. The lease says whether one is working on it now: the job
              stays `processing` between two attempts and after a worker dies.
`completed`   the result is there. Final.
`failed`      it ended without a result; `error` and `error_code` say why. Final.
`cancelled`   the caller stopped it. Final.
"""

from enum import StrEnum


class Status(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: The status of a job that does not exist (yet, or any more).
ABSENT = "absent"


class Action(StrEnum):
    CREATE = "create"
    #: Undoes `create` if the job could not be queued.
    DISCARD = "discard"
    #: A worker takes the job: attempt, token and lease.
    CLAIM = "claim"
    #: The lease holder stores progress or a finished stage.
    ADVANCE = "advance"
    #: The lease holder keeps its lease. Invisible to the caller.
    RENEW = "renew"
    #: The lease holder gives the job back for a later attempt.
    RELEASE = "release"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"
    #: Any process fails a job that can no longer succeed: deadline, attempts, dead-letter queue.
    EXPIRE = "expire"
    #: Records when the newest message was sent, or that it was not sent. Invisible to the caller.
    RESEND = "resend"


_UNFINISHED = frozenset({Status.PENDING, Status.PROCESSING})
_RUNNING = frozenset({Status.PROCESSING})

#: action → (statuses in which it is allowed, status that it leads to; None: unchanged).
TRANSITIONS: dict[Action, tuple[frozenset[str], Status | None]] = {
    Action.CREATE: (frozenset({ABSENT}), Status.PENDING),
    Action.DISCARD: (frozenset({Status.PENDING}), None),
    Action.CLAIM: (_UNFINISHED, Status.PROCESSING),
    Action.ADVANCE: (_RUNNING, None),
    Action.RENEW: (_RUNNING, None),
    Action.RELEASE: (_RUNNING, None),
    Action.COMPLETE: (_RUNNING, Status.COMPLETED),
    Action.FAIL: (_RUNNING, Status.FAILED),
    Action.CANCEL: (_UNFINISHED, Status.CANCELLED),
    Action.EXPIRE: (_UNFINISHED, Status.FAILED),
    Action.RESEND: (_UNFINISHED, None),
}

#: Final statuses: no action leads out of them.
TERMINAL: frozenset[Status] = frozenset(Status) - frozenset(
    source for sources, _ in TRANSITIONS.values() for source in sources if source != ABSENT
)

#: Actions that only the holder of the lease may take: the store compares its token.
FENCED: frozenset[Action] = frozenset({Action.ADVANCE, Action.RENEW, Action.RELEASE, Action.COMPLETE, Action.FAIL})

#: Actions that the caller does not see: no revision, no event.
INVISIBLE: frozenset[Action] = frozenset({Action.RENEW, Action.RESEND, Action.DISCARD})
