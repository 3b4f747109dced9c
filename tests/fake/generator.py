"""A fake generator that takes time, costs calls, skips finished stages, and stops when its reader goes away."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

from chalicelib.domain.error import GenerationFailed, Unavailable
from chalicelib.domain.job import Checkpoint, PieceWarning, Usage
from chalicelib.port.generator import (
    Generated,
    GenerationEvent,
    GenerationRequest,
    Progressed,
    Spent,
    StageFinished,
)
from foundation.json_value import Json, as_object
from foundation.language_tag import DEFAULT_LANGUAGE
from generator_service.kind import Kind, Stage
from generator_service.registry import load_kinds

#: Called before each stage with (job id, item, stage). It may wait, or raise `GenerationFailed`.
Hook = Callable[[str, int, str], Awaitable[None]]
#: (item, stage) → output.
Outputs = dict[tuple[int, str], Mapping[str, Json]]

_KINDS = load_kinds()
#: The model that the fake claims to ask.
MODEL = "fake-model"


def stages_of(kind: Kind) -> tuple[Stage, ...]:
    """The stages that take the fake time and calls: the description and two others, to keep tests short."""
    others = [stage for stage in kind.stages if not _is_description(kind, stage)][:2]
    return tuple(stage for stage in kind.stages if _is_description(kind, stage) or stage in others)


def _is_description(kind: Kind, stage: Stage) -> bool:
    return kind.description in (stage.key, *stage.output.model_fields)


async def _nothing(_job_id: str, _item: int, _stage: str) -> None:
    return None


class FakeGenerator:
    """`port.Generator`: writes one stage after the other, each in `stage_s` seconds, and the rest at once in the end.

    `started` counts by (job id, item, stage) how often a stage was started, and so paid for.
    """

    def __init__(self, stage_s: float = 1.0) -> None:
        self.stage_s = stage_s
        #: Prompt and completion tokens of each stage.
        self.tokens = (100, 10)
        self.started: Counter[tuple[str, int, str]] = Counter()
        self.before_stage: Hook = _nothing
        self.missing: Sequence[PieceWarning] = ()
        self.under_way = 0
        self.down = False
        self.paused_for_s = 0.0

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        if self.down:
            raise GenerationFailed("generator_unavailable", "Down.", retryable=True)
        if request.kind not in _KINDS:
            raise GenerationFailed("unknown_kind", "Unknown.", retryable=False)
        self.under_way += 1
        try:
            async with asyncio.timeout(request.timeout_s):
                async for event in self._events(request, _KINDS[request.kind]):
                    yield event
        except TimeoutError:
            raise GenerationFailed("timeout", "Too long.", retryable=True) from None
        finally:
            self.under_way -= 1

    async def _events(self, request: GenerationRequest, kind: Kind) -> AsyncGenerator[GenerationEvent, None]:
        count, rewrite = request.params["count"], request.params.get("rewrite")
        assert isinstance(count, int)
        items = range(count)
        outputs: Outputs = {(c.item, c.stage): c.output for c in request.finished}
        plan = [(item, stage) for stage in _stages_to_write(kind, rewrite) for item in items]
        yield Progressed(_percent(outputs, plan), f"Generating {kind.plural}...")
        for item, stage in plan:
            if (item, stage.key) in outputs:
                continue
            try:
                await self.before_stage(request.job_id, item, stage.key)
            except GenerationFailed:
                yield Spent(Usage(1, 100, 0))
                raise
            self.started[request.job_id, item, stage.key] += 1
            await asyncio.sleep(self.stage_s)
            yield _finished(kind, item, stage, outputs, Usage(1, *self.tokens), plan)
        for item in items:
            for stage in () if rewrite else kind.stages:
                if (item, stage.key) not in outputs:
                    yield _finished(kind, item, stage, outputs, Usage(), plan)
        yield Progressed(90, f"Finalizing {kind.plural}...")
        if rewrite:
            yield Generated(_rewritten(kind, rewrite, outputs))
        else:
            pieces = [_piece(kind, item, outputs) for item in items]
            yield Generated(_world() if kind.document else pieces, self.missing)

    async def provider_pause_s(self) -> float:
        await self.ping()
        return self.paused_for_s

    async def ping(self) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable


def _finished(
    kind: Kind, item: int, stage: Stage, outputs: Outputs, usage: Usage, plan: Sequence[object]
) -> StageFinished:
    """Write the stage into `outputs`, and report it."""
    outputs[item, stage.key] = _output(kind, item, stage)
    checkpoint = Checkpoint(item, stage.key, outputs[item, stage.key], usage)
    piece, progress = _piece(kind, item, outputs), _percent(outputs, plan)
    return StageFinished(checkpoint, piece, progress, stage.message, model=MODEL, prompt_version=1)


def _stages_to_write(kind: Kind, rewrite: Json) -> tuple[Stage, ...]:
    if rewrite is None:
        return stages_of(kind)
    keys = {kind.fields[str(field)] for field in _list(as_object(rewrite)["fields"])}
    return tuple(stage for stage in kind.stages if stage.key in keys)


def _output(kind: Kind, item: int, stage: Stage) -> dict[str, Json]:
    field = kind.description if _is_description(kind, stage) else stage.key
    return {field: f"{stage.key} {item}"}


def _rewritten(kind: Kind, rewrite: Json, outputs: Outputs) -> Json:
    """The old piece, with a text such as "new appearance" in each requested field."""
    asked = as_object(rewrite)
    old = as_object(asked["piece"])
    new: dict[str, Json] = {str(field): f"new {field}" for field in _list(asked["fields"])}
    if kind.document:
        quest: dict[str, Json] = {"title": "new title", "description": "new description"}
        return {**old, **new, **({"quest": quest} if "quest" in new else {})}
    own = {field: text for field, text in new.items() if field in ("name", "description")}
    details = {field: text for field, text in new.items() if field not in own}
    return [{**old, **own, "type": kind.name, "details": {**as_object(old.get("details") or {}), **details}}]


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def _percent(outputs: Outputs, plan: Sequence[object]) -> int:
    return min(90, 20 + int(len(outputs) / len(plan) * 70))


def _piece(kind: Kind, item: int, outputs: Outputs) -> dict[str, Json]:
    written = [output for (number, _stage), output in outputs.items() if number == item]
    details = {field: value for output in written for field, value in output.items()}
    return {
        "name": details.get("name"),
        "description": details.get(kind.description),
        "type": kind.name,
        "language": DEFAULT_LANGUAGE,
        "details": details,
    }


def _world() -> dict[str, Json]:
    quest: dict[str, Json] = {"title": "Ring", "description": "The bells."}
    return {"language": DEFAULT_LANGUAGE, "title": "Low Tarn", "story": "One.\n\nTwo.", "quest": quest}
