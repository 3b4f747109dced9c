"""Checks what a simulation has left in the library and in the history of jobs."""

from collections.abc import Iterable

from chalicelib.domain.document import Search, Shelf
from chalicelib.domain.job import JobView
from chalicelib.domain.record_list import RecordFilter
from tests.simulation.caller import OWNER
from tests.simulation.scenario import Simulation

#: The stages of a relic.
_STAGES = {"name", "description", "history"}
_ALL = 1_000


async def archive_faults(simulation: Simulation) -> list[str]:
    """When recovery has caught up, each job has one record and each finished piece is kept once.

    No job is left in the list of unfinished jobs.
    """
    server = simulation.database.server
    views = [server.view(record) for record in server.records.values()]
    records, _ = await simulation.records.page(OWNER, RecordFilter(), _ALL)
    kept, _ = await simulation.documents.page(OWNER, Search(shelf=Shelf.PIECES), _ALL)
    found = _differences("recorded", [(r.id, r.status, list(r.names)) for r in records], map(_recorded, views))
    found += _differences(
        "kept",
        [(str(document.origin.job_id), document.name) for document in kept],
        [(view.job.id, name) for view in views for name in _finished(view)],
    )
    return found + [f"{job_id}: is still listed as unfinished" for job_id in server.unfinished]


def _recorded(view: JobView) -> tuple[str, str, list[str]]:
    return view.job.id, view.job.status, _finished(view)


def _finished(view: JobView) -> list[str]:
    """The names of the finished pieces."""
    stages = {index: {c.stage for c in view.checkpoints if c.item == index} for index in view.pieces}
    return [str(piece["name"]) for index, piece in sorted(view.pieces.items()) if stages[index] == _STAGES]


def _differences(what: str, are: Iterable[object], should_be: Iterable[object]) -> list[str]:
    found, wanted = sorted(map(str, are)), sorted(map(str, should_be))
    return [] if found == wanted else [f"{what}: {found}, but should be {wanted}"]
