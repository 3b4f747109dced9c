"""Writes the results of the chaos tests to docs/reliability.md."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.adapter.redis_reply import BY_CODE, Meaning

_HEAD = """\
# Reliability

How jobs end when parts of the real local stack fail (Redis, SQS emulator, worker and generator as separate processes).
Each row is a test in `tests/chaos`; `make reliability` writes this page.

- **Recovery**: seconds from the fault to the end of the job. Without a fault, a job of three settings takes {quiet_s:.1f} s.
- **Calls**: calls to the LLM that were started. **Least**: the fewest calls that the job needs. Calls that are under
  way when a process dies are paid for and lost; no others may be.

Locally, leases last 15 s and recovery runs every 5 s, so the job of a killed worker continues after 15 to 20 s.

| scenario | ends | recovery (s) | calls | least | under way at the fault |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Figure:
    scenario: str
    ending: str
    recovery_s: float | None = None
    calls: int | None = None
    least: int | None = None
    in_flight: int | None = None

    def row(self) -> str:
        recovery = "" if self.recovery_s is None else f"{self.recovery_s:.1f}"
        numbers = ["" if n is None else str(n) for n in (self.calls, self.least, self.in_flight)]
        return f"| {' | '.join([self.scenario, self.ending, recovery, *numbers])} |"


_FAILOVER = """\

## A Redis that fails over

Two servers, primary and replica, share one address. The replica is promoted and the address moves to it. The old
primary keeps running as a replica with its connections open, or it is killed. The stack is not restarted, and nobody tells it.

- **Back**: seconds from the move to the first write that the API accepts.
- **Accepted**: submissions around the move that were answered with 202. **Lost**: accepted jobs that the new primary does not
  have.

| scenario | ends | back (s) | accepted | lost |
|---|---|---|---|---|
{rows}

### What a failover can lose

Redis answers first and sends the write to its replica afterwards. If a primary dies, everything that its replica has
not received is lost, usually the last few milliseconds. Writes reach the replica in order: the new primary has every
job in its state at one earlier moment, with no part of a later one.

If there is a replica, creating and ending a job waits until the replica has received it, for at most 250 ms (`WAIT`). A
202 then means that two servers have the job. There is no such guarantee without a replica, on a cluster, if the replica does
not answer in time (the log says "on no replica yet"), or if a replica is promoted that did not receive the job.

| lost with the primary | what happens | what repairs it |
|---|---|---|
| stages and progress of a running job | its worker still holds the lease and continues; the result is complete | no repair is needed; if the worker dies too, the lost stages are written and paid for again |
| a worker's claim | the job is pending again; the worker's next write is refused, and it stops | recovery queues the job once its message counts as lost (`RESEND_AFTER_S`); stages that survived are not paid for again |
| the end of a job | it runs again from the last stage that survived; a world keeps its id, so there is never a second one | recovery queues it once its lease has expired |
| a cancel | the job continues | a second cancel |
| a whole job | its id is unknown (404); its message finds no job and is deleted | the same request with the same `Idempotency-Key` creates the job |
| a place in a quota, reserved tokens | the owner may run one more job for a while; its tokens do not count for the day | the end of that job |
| a revision that a caller has seen | the job has a lower one for a moment, and a poll returns it at once, because the `ETag` differs | the caller gets events after the old revision once the job has passed it |

### What Redis may answer

`chalicelib/adapter/redis_reply.py` classifies every error reply of Redis and Valkey, both direct and from inside scripts.

| reply | API | a worker's write | long poll | `/health` | log |
|---|---|---|---|---|---|
| {moved} | retried over a new connection; then 503 with `Retry-After`. While the reply is READONLY, a job is read from the replica | kept and retried until the job's deadline | restarts, while it has time | Redis is down | warning |
| {passes} | 503 with `Retry-After` for refused commands; reads that succeed are answered | the same | continues while it has time | Redis is down | warning |
| {set_up}; a reply without a code that means the same | 503 with `Retry-After` | the same | the same | Redis is down | error that names the setting |
| anything else | 500 | the message returns to the queue | 500 | 500 | error with its traceback |
"""


@dataclass(frozen=True, slots=True)
class Failover:
    scenario: str
    ending: str
    back_s: float
    accepted: int
    lost: int

    def row(self) -> str:
        return f"| {self.scenario} | {self.ending} | {self.back_s:.1f} | {self.accepted} | {self.lost} |"


class Report:
    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.failovers: list[Failover] = []
        self.quiet_s = 0.0

    def note(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(figure.row())

    def note_failover(self, failover: Failover) -> None:
        self.failovers.append(failover)
        print(failover.row())

    def write(self) -> None:
        """Write the page to the file in CHAOS_REPORT, if it is set."""
        path = os.environ.get("CHAOS_REPORT")
        if not path or not self.figures:
            return
        page = _HEAD.format(quiet_s=self.quiet_s) + _rows(self.figures) + "\n"
        page += _FAILOVER.format(rows=_rows(self.failovers), **_codes())
        machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
        made = f"\nWritten on {datetime.now(UTC):%Y-%m-%d}; {machine}.\n"
        Path(path).write_text(page + made, encoding="utf-8")


def _codes() -> dict[str, str]:
    """The codes of Redis's error replies, grouped by their meaning."""
    return {
        meaning.name.lower(): ", ".join(code for code, reply in BY_CODE.items() if reply.meaning is meaning)
        for meaning in Meaning
    }


def _rows(figures: Iterable[Figure | Failover]) -> str:
    return "\n".join(figure.row() for figure in sorted(figures, key=lambda figure: figure.scenario))
