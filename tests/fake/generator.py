"""A generator that behaves: stages take time, cost calls, are skipped where finished, and stop when nobody listens."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

from chalicelib.domain.error import GenerationFailed
from chalicelib.domain.job import Checkpoint, Json, PieceWarning, Usage
from chalicelib.port import Generated, GenerationEvent, Progressed, Spent, StageFinished

#: Called before each stage with (job id, item, stage): may raise `GenerationFailed`, or wait.
Hook = Callable[[str, int, str], Awaitable[None]]

#: Stage → what many of them are called.
STAGES = {"name": "names", "appearance": "appearances", "backstory": "backstories"}


async def _nothing(_job_id: str, _item: int, _stage: str) -> None:
    return None


class FakeGenerator:
    """`port.Generator`: `count` pieces of three stages, one after the other, `stage_s` each.

    `started` counts the stages by (job id, item, stage): what was begun to be paid for.
    """

    def __init__(self, stage_s: float = 1.0) -> None:
        self.stage_s = stage_s
        self.started: Counter[tuple[str, int, str]] = Counter()
        self.before_stage: Hook = _nothing
        self.missing: Sequence[PieceWarning] = ()
        self.under_way = 0
        self.params: list[Mapping[str, Json]] = []

    async def generate(
        self,
        job_id: str,
        kind: str,
        params: Mapping[str, Json],
        finished: Sequence[Checkpoint],
        timeout_s: float,
        *,
        unusable_answers: int = 0,
    ) -> AsyncGenerator[GenerationEvent, None]:
        self.params.append(params)
        self.under_way += 1
        try:
            async with asyncio.timeout(timeout_s):
                async for event in self._events(job_id, kind, params, finished):
                    yield event
        except TimeoutError:
            raise GenerationFailed("timeout", "Too long.", retryable=True) from None
        finally:
            self.under_way -= 1

    async def _events(
        self, job_id: str, kind: str, params: Mapping[str, Json], finished: Sequence[Checkpoint]
    ) -> AsyncGenerator[GenerationEvent, None]:
        yield Progressed(20, f"Generating {kind}s...")
        outputs = {(c.item, c.stage): c.output for c in finished}
        plan = [(item, stage) for stage in STAGES for item in range(params["count"])]
        for item, stage in plan:
            if (item, stage) in outputs:
                continue
            try:
                await self.before_stage(job_id, item, stage)
            except GenerationFailed:
                yield Spent(Usage(1, 100, 0))
                raise
            self.started[job_id, item, stage] += 1
            await asyncio.sleep(self.stage_s)
            outputs[item, stage] = {stage: f"{stage} {item}"}
            progress = 20 + int(len(outputs) / len(plan) * 70)
            checkpoint = Checkpoint(item, stage, outputs[item, stage], Usage(1, 100, 10))
            yield StageFinished(checkpoint, _piece(kind, item, outputs), progress, f"Generated {STAGES[stage]}...")
        yield Progressed(90, f"Finalizing {kind}s...")
        whole = [_piece(kind, item, outputs) for item in range(params["count"])]
        yield Generated(whole if kind != "world" else _world(), self.missing)

    async def ping(self) -> None:
        await asyncio.sleep(0)


def _piece(kind: str, item: int, outputs: Mapping[tuple[int, str], Mapping[str, Json]]) -> dict[str, Json]:
    details = {stage: outputs[item, stage][stage] for stage in STAGES if (item, stage) in outputs}
    return {"name": details.get("name"), "description": details.get("backstory"), "type": kind, "details": details}


def _world() -> dict[str, Json]:
    return {"title": "Low Tarn", "story": "One.\n\nTwo.", "quest": {"title": "Ring", "description": "The bells."}}
