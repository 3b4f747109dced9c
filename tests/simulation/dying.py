"""A process that dies at one of its awaits."""

from chalicelib.bootstrap import Services, assemble
from chalicelib.service.assembly import WebhookParts
from tests.simulation.process import GatedDatabase, SimProcess, gated
from tests.unit.chalicelib.system import System


def dying(system: System, point: int) -> tuple[Services, SimProcess]:
    """Services whose process dies at its `point`-th gate, and that process."""
    process = SimProcess()
    passed = 0

    async def gate() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            process.kill()
        await process.gate()

    services = assemble(
        database=GatedDatabase.of(system.database, gate),
        queue=gated(system.queue, gate),
        generator=gated(system.generator, gate),
        documents=gated(system.documents, gate),
        history=gated(system.history, gate),
        webhooks=WebhookParts(
            store=gated(system.webhook_store, gate),
            client=system.receivers,
            queue=gated(system.notifications, gate),
        ),
        timing=system.timing,
        limits=system.limits,
    )
    return services, process
