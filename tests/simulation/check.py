"""Checks that every simulated history must pass."""

import asyncio
from collections import Counter
from collections.abc import Callable

from chalicelib.adapter.silent_meter import SilentMeter
from chalicelib.domain.lifecycle import TERMINAL, Status
from chalicelib.service.admission import Admission
from tests import virtual_time
from tests.simulation.archive import archive_faults
from tests.simulation.caller import OWNER, TIMING
from tests.simulation.process import SimProcess
from tests.simulation.scenario import SWEEP_EVERY_S, Simulation
from tests.simulation.spending import spending_faults

#: No call to the provider may begin later than this after the answer to a cancel, seconds.
CANCEL_BOUND_S = 2.5
#: No call to the provider may begin later than this after the generator's caller went away, seconds.
HANG_UP_BOUND_S = 0.1

#: After its deadline, a job ends within the grace period, the next sweep, and an outage of the store at that time.
_LATEST_END_MS = (TIMING.deadline_grace_s + SWEEP_EVERY_S + 20) * 1000


async def faults_of(simulation: Simulation) -> list[str]:
    """Everything that must not happen and did; empty if all is well."""
    found = [fault for job_id in simulation.history.accepted for fault in await _job_faults(simulation, job_id)]
    found += _call_faults(simulation) + _rpc_faults(simulation) + simulation.jobs.trespasses
    found += _batch_faults(simulation)
    await _clean_up(simulation)
    found += simulation.quotas.overruns + spending_faults(simulation.database.server)
    return found + await archive_faults(simulation)


async def _clean_up(simulation: Simulation) -> None:
    """What recovery and the owner's next submission do, once no job can be created any more."""
    await asyncio.sleep(2 * SWEEP_EVERY_S + 60)
    await simulation.services(SimProcess()).recovery.sweep()
    index, quotas, limits = simulation.database.index, simulation.quotas, simulation.limits
    await Admission(index, quotas, limits.quota, daily_stop=None, meter=SilentMeter()).release_ended(OWNER)


async def _job_faults(simulation: Simulation, job_id: str) -> list[str]:
    view = await simulation.jobs.view(job_id)
    if view is None:
        return [f"{job_id}: was accepted, but is gone"]
    job, found = view.job, []
    events = await simulation.jobs.events(job_id, 0)
    endings = [event for event in events if event.status in TERMINAL]
    if len(endings) != 1 or events[-1] is not endings[0]:
        found.append(f"{job_id}: ended {len(endings)} times, and is {job.status}")
    if [event.progress for event in events] != sorted(event.progress for event in events):
        found.append(f"{job_id}: progress went down")
    if job_id in simulation.history.cancelled_at and job.status is not Status.CANCELLED:
        found.append(f"{job_id}: its cancel was accepted, but it is {job.status}")
    if job.usage.llm_calls > (calls := sum(call.job_id == job_id for call in simulation.generator.calls)):
        found.append(f"{job_id}: billed for {job.usage.llm_calls} calls, but made {calls}")
    if job.error_code == "timeout" and not (job.has_begun or job.deadline_s):
        could_begin_ms = (job.completed_at or 0) - max(job.created_at, simulation.history.drained_until)
        if could_begin_ms < TIMING.max_pending_s * 1000 - _HELD_AGAIN_MS:
            found.append(f"{job_id}: failed because a drain kept it waiting")
    if job.deadline_s and job.deadline_at != job.created_at + job.deadline_s * 1000:
        found.append(f"{job_id}: its deadline of {job.deadline_s} s was moved")
    deadline_at = job.deadline_at or job.waiting_since + TIMING.max_pending_s * 1000
    if job.completed_at and job.completed_at - deadline_at > _LATEST_END_MS:
        found.append(f"{job_id}: ended {job.completed_at - deadline_at} ms after its deadline")
    return found


def _batch_faults(simulation: Simulation) -> list[str]:
    """However often a batch is sent with its key, each of its places has one job at most."""
    places = simulation.history.places
    found = [f"place {place} of the batch has the jobs {ids}" for place, ids in places.items() if len(ids) > 1]
    made = [r.fields for r in simulation.database.server.records.values() if r.fields["payload"]["theme"] == "batch"]
    if len(made) > simulation.history.batch_size:
        found.append(f"a batch of {simulation.history.batch_size} made {len(made)} jobs")
    return found


def _call_faults(simulation: Simulation) -> list[str]:
    found = []
    rpcs = {rpc.id: rpc for rpc in simulation.generator.rpcs}
    for call in simulation.generator.calls:
        rpc = rpcs[call.rpc]
        if set(call.stages) & rpc.given:
            found.append(f"{call.job_id}: {call.stages} was finished, but paid for again")
        if rpc.left_at is not None and call.began_at > rpc.left_at + HANG_UP_BOUND_S:
            found.append(f"{call.job_id}: {call.stages} was started after its caller had gone")
        cancelled_at = simulation.history.cancelled_at.get(call.job_id)
        informed = call.job_id not in simulation.history.uninformed
        if cancelled_at is not None and informed and call.began_at > cancelled_at + CANCEL_BOUND_S:
            found.append(f"{call.job_id}: {call.stages} was started {call.began_at - cancelled_at} s after the cancel")
    return found


def _rpc_faults(simulation: Simulation) -> list[str]:
    """An attempt must get every stage that the store held when the attempt began.

    A worker that was paused between reading the job and calling the generator may send fewer. It has then lost its
    lease, and must find that out at its next heartbeat.
    """
    return [
        f"{rpc.job_id}: an attempt did not get the finished {set(rpc.kept - rpc.given)}"
        for rpc in simulation.generator.rpcs
        if not rpc.kept <= rpc.given and (rpc.left_at is None or rpc.left_at > rpc.began_at + CANCEL_BOUND_S)
    ]


#: A drain may hold a job for the last time this long before its end: its message comes back within 15 s, or a lost one
#: is sent again, and the store may be down.
_HELD_AGAIN_MS = 300_000

Sabotage = Callable[[Simulation], None]


def simulate(seed: int, sabotage: Sabotage | None = None) -> tuple[list[str], Counter[str]]:
    """Run one history. Return its faults, and how its jobs ended. `sabotage` removes a guard first."""

    async def history() -> tuple[list[str], Counter[str]]:
        simulation = Simulation(seed)
        if sabotage:
            sabotage(simulation)
        await simulation.run()
        jobs = [await simulation.jobs.read(job_id) for job_id in simulation.history.accepted]
        endings = Counter(f"{job.status}:{job.error_code or 'no error'}" for job in jobs if job)
        return await faults_of(simulation), endings

    return virtual_time.run(history())
