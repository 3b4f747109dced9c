"""Builds every Redis key: one function for each.

All keys of a job share the hash slot of its id, so that one script can access them all on Redis Cluster.
"""

import hashlib

from chalicelib.domain.owner import owner_hash

#: Jobs that have not ended or are not archived: sorted set, member = job id, score = when it was created (ms).
UNFINISHED = "jobs:unfinished"
#: Jobs that the dead-letter worker has ended: sorted set, member = job id, score = when (ms).
DEAD = "jobs:dead"
#: The drain, if there is one: string, JSON. In the slot of `tokens_of_all`: one script reads both.
DRAIN = "{tokens}:drain"
#: Written to check whether the server accepts writes: string, empty.
HEALTH = "health"


def job(job_id: str) -> str:
    return f"job:{{{job_id}}}"


def events(job_id: str) -> str:
    return f"job:{{{job_id}}}:events"


def stages(job_id: str) -> str:
    return f"job:{{{job_id}}}:stages"


def deliveries(job_id: str) -> str:
    """What became of the job's notifications: list, one entry (JSON) for each attempt, oldest first."""
    return f"job:{{{job_id}}}:deliveries"


def notification(notification_id: str) -> str:
    """Which messages of a notification were handled: set of steps."""
    return f"notification:{notification_id}"


def jobs_of(owner: str) -> str:
    """The owner's jobs: sorted set, member = job id, score = when it was created (ms)."""
    return f"owner:{{{owner_hash(owner)}}}:jobs"


def unfinished_of(owner: str) -> str:
    """The owner's unfinished jobs, for its quota: sorted set, member = job id, score = when it was counted (ms)."""
    return f"owner:{{{owner_hash(owner)}}}:unfinished"


def running_of(owner: str) -> str:
    """The owner's running jobs, for its quota: sorted set, member = job id, score = end of its run slot (ms)."""
    return f"owner:{{{owner_hash(owner)}}}:running"


def submissions_of(owner: str) -> str:
    """The owner's submissions within the window: sorted set, member = job id, score = when it was counted (ms)."""
    return f"owner:{{{owner_hash(owner)}}}:submissions"


def tokens_of(owner: str, day: str) -> str:
    """The owner's tokens of a UTC day: hash, see `lua/tokens.lua`."""
    return f"owner:{{{owner_hash(owner)}}}:tokens:{day}"


def tokens_of_all(day: str) -> str:
    """The tokens of all owners of a UTC day: hash, see `lua/tokens.lua`. All days share a hash slot."""
    return f"{{tokens}}:{day}"


def averages(type_name: str) -> str:
    """What the type's completed jobs have used: hash, field = name of a sum, value = number."""
    return f"averages:{type_name}"


def idempotency(owner: str, key: str) -> str:
    """A hash of owner and key, which are both text of any length from the caller."""
    digest = hashlib.sha256(f"{len(owner)}:{owner}:{key}".encode()).hexdigest()
    return f"idempotency:{digest}"
