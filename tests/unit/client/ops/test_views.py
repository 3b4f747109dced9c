"""What `loresmith ops` prints, as a person reads it. The answers come from the real operations."""

import asyncio
import io
from typing import Any

from rich.console import Console

from chalicelib.domain import change
from chalicelib.domain.job import Job
from chalicelib.domain.quota import Quota
from loresmith.ops.dead_view import dead_view, letter_view
from loresmith.ops.log_lines import LogLine
from loresmith.ops.quota_view import owner_view
from loresmith.ops.status_view import status_view
from loresmith.ops.story_view import story_view
from tests.unit.chalicelib.operator import Operator

STORY = """\
It is stuck: its worker was lost 5 s ago, in attempt 1 of 3. Recovery sends its message again within a minute.

job           <job>                                (generate_relics)
owner         anonymous
status        processing, 45 %, revision 3: Generated names...
attempts      1 of 3
lease         a worker's, until 17:46:55
LLM           0 calls, 0 tokens of 15,000
size          payload 45 bytes, result 0 bytes
archive       It has not ended, so it is not archived yet.
dead letters  none

History (UTC, 2030-03-17)
17:46:40                     Submitted by anonymous
17:46:40                     pending, 0 %: Preparing your request...
17:46:40                     processing, 0 %: Preparing your request...
17:46:40                     processing, 45 %: Generated names...
17:46:40                     A worker claimed it for the first time
17:46:40             worker  INFO: Attempt started
17:46:55                     The lease of its worker expired: the worker is lost
17:47:00                     -- now --
17:48:40                     Its deadline
2030-03-18 17:46:40          It expires

Quotas of anonymous
unfinished jobs      1 (no limit)
running jobs         0 (no limit)
submissions in 60 s  1 (no limit)
tokens today         15,000 (no limit): 0 spent, 15,000 reserved
the day ends in      6.2 h"""


def printed(view: Any, job: Job | None = None) -> str:
    """The text on a terminal with 120 columns, with a short name for the job."""
    paper = io.StringIO()
    Console(width=120, file=paper).print(view)
    text = (
        paper.getvalue()
        if job is None
        else paper.getvalue().replace(job.id, f"{'<job>':36}").replace(job.id[:8], "<short>")
    )
    return "\n".join(line.rstrip() for line in text.splitlines())


async def test_the_status_of_an_idle_stage() -> None:
    figures = await Operator().read("status")
    assert (
        printed(status_view(figures, "the stage prod"))
        == """\
The stage prod, 17:46:40 UTC
Nothing is stuck, paused or down.

jobs                none unfinished
longest queued      none
jobs ended as dead  0 in 24 h
generator           ok
provider            ok
tokens today        0 (no limit): 0 spent, 0 reserved
drain               no
not seen here       the API (loresmith status), and jobs that fail (dashboard)

queue  visible  in flight  delayed  dead  dead, being handled
jobs   0        0          0        0     0"""
    )


async def test_the_status_says_what_is_wrong_first() -> None:
    system = Operator(daily_stop=500_000)
    job = await system.submitted("generate_relics", count=1)
    await system.jobs.claim(job, "token", system.timing)
    await asyncio.sleep(20)
    await system.write("drain", lasts_s=600, refuses=True)
    system.dead_letters.bury("one")
    assert (
        printed(status_view(await system.read("status"), "the stage prod"), job)
        == """\
The stage prod, 17:47:00 UTC
! 1 job is stuck: worker lost. Recovery queues each again within a minute. Finished stages are kept.
! The stage is drained by arn:aws:iam::123456789012:user/me, "a test": no job begins, and new jobs are refused. The
drain ends by itself in 10 min, or with `loresmith ops resume`.
! 1 dead letter from the queue `jobs`: see `loresmith ops dead list`.

jobs                1 worker lost
longest queued      none
jobs ended as dead  0 in 24 h
generator           ok
provider            ok
tokens today        15,000 of 500,000: 0 spent, 15,000 reserved
drain               17:47:00 to 17:57:00 at the latest, new jobs are refused; by arn:aws:iam::123456789012:user/me, "a
                    test"
not seen here       the API (loresmith status), and jobs that fail (dashboard)

queue  visible  in flight  delayed  dead  dead, being handled
jobs   0        0          0        1     0

Stuck
job                                   type             attempt  %  age
<job>                                 generate_relics  1        0  20 s
<short>: It is stuck: its worker was lost 5 s ago, in attempt 1 of 3. \
Recovery sends its message again within a minute."""
    )


async def test_top_lists_the_running_jobs() -> None:
    system = Operator()
    job = await system.submitted("generate_relics", count=1)
    await system.jobs.claim(job, "token", system.timing)
    await system.jobs.apply(job.id, change.advance("token", 45, "Generated names..."))
    text = printed(status_view(await system.read("status"), "the stage prod", with_running=True), job)
    assert text.endswith(
        """
Running
job                                   type             attempt  %   age  now
<job>                                 generate_relics  1        45  0 s  Generated names..."""
    )


async def test_the_history_of_a_job_whose_worker_died() -> None:
    system = Operator()
    job = await system.submitted("generate_relics", count=1)
    await system.jobs.claim(job, "token", system.timing)
    await system.jobs.apply(job.id, change.advance("token", 45, "Generated names..."))
    await asyncio.sleep(20)
    story = await system.read("inspect", job_id=job.id)
    story["job"]["request_id"] = None  # that of the test that ran before
    lines = [LogLine(job.created_at + 30, "worker", "INFO", "Attempt started")]
    assert printed(story_view(story, lines, None), job) == STORY


async def test_dead_letters_and_what_a_requeue_would_do() -> None:
    system = Operator()
    job = await system.submitted("generate_relics", count=1)
    letter = system.bury(job.id)
    assert (
        printed(dead_view(await system.read("dead_list")), job)
        == """\
Dead letters
jobs-1  jobs, sent 1970-01-01 00:00:00 UTC
  A requeue: goes back to the queue. A worker then takes its job <job>                                (pending).

Jobs that ended as dead letters in the last 24 hours
none

To requeue dead letters and retry jobs: loresmith ops dead requeue ID ..., or --all"""
    )
    text = printed(letter_view(await system.read("dead_show", letter_id=letter)), job)
    assert 'body     {"job_id": "<job>' in text


async def test_without_dead_letters_there_is_nothing_to_do() -> None:
    assert (
        printed(dead_view(await Operator().read("dead_list")))
        == """\
Dead letters
none

Jobs that ended as dead letters in the last 24 hours
none"""
    )


async def test_the_quotas_of_an_owner() -> None:
    system = Operator(quota=Quota(max_unfinished=1))
    await system.submitted("generate_relics", count=1)
    assert printed(owner_view(await system.read("quota", owner="anonymous"), "anonymous")).startswith(
        "Quotas of anonymous\nunfinished jobs      1 of 1 (used up)\nrunning jobs         0 of 5\n"
    )
    assert "Is the name right?" in printed(owner_view(await system.read("quota", owner="nobody"), "nobody"))


async def test_an_expired_job_is_shown_as_the_history_has_it() -> None:
    system = Operator()
    job = await system.submitted("generate_relics", count=1)
    await system.work(job.id)
    await asyncio.sleep(system.timing.job_ttl_s + 1)
    text = printed(story_view(await system.read("inspect", job_id=job.id, owner="anonymous"), [], None), job)
    assert text.startswith(
        """\
It has ended, and is only in the history: it completed.

job           <job>                                (generate_relics)
owner         anonymous
status        completed
attempts      1
"""
    )


async def test_a_stage_without_redis_shows_no_figures_of_jobs() -> None:
    system = Operator()
    system.server.down = True
    text = printed(status_view(await system.read("status"), "the stage prod"))
    assert "! Redis cannot be reached" in text
    assert "none unfinished" not in text
