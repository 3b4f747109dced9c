"""The calls that a job makes, recorded from the generator's own code, for peers that make the same ones."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.performance.provider.process import ProviderProcess
from generator_service.app import build_llm, llm_client
from generator_service.kind import Kind
from generator_service.registry import load_kinds
from generator_service.settings import Settings
from generator_service.writing.event import Event
from generator_service.writing.job import Job
from generator_service.writing.job_writer import JobWriter

KIND = "character"
PAYLOAD: Mapping[str, Any] = {"theme": "canal city", "count": 3}
#: The name of the model in every request.
MODEL = "replayed"
#: Peers do not stream: none of them would read half of an answer.
_DELIVERY = ("stream", "stream_options")


def plans(provider: ProviderProcess) -> dict[str, Any]:
    """By name: `calls` as our jobs make them, and `stages` with a call for each stage. See `peers.plan`."""
    kind = load_kinds()[KIND]
    return {"calls": _plan(kind, provider), "stages": _plan(replace(kind, shared_calls=()), provider)}


def call_count(kind: Kind, pieces: int) -> int:
    """How many calls a job makes if every answer is usable."""
    return sum(1 if call[0].together else pieces for call in kind.calls)


async def events_of(kind: Kind, llm_url: str) -> Sequence[Event]:
    """Write one job, and return what the generator reports of it."""
    settings = Settings.read({"OPENAI_BASE_URL": llm_url, "OPENAI_API_KEY": "none", "OPENAI_MODEL": MODEL})
    events: list[Event] = []
    async with llm_client(settings) as client:
        llm = build_llm(settings, client)
        job = Job(kind, kind.params.model_validate(dict(PAYLOAD)), {})
        result = await JobWriter(job, llm, events.append, clock=time.monotonic, time_left_s=60).write()
    return [*events, result]


def _plan(kind: Kind, provider: ProviderProcess) -> Mapping[str, Any]:
    provider.reset()
    asyncio.run(events_of(kind, provider.url))
    names, *others = [call["body"] for call in provider.calls()]
    levels: dict[int, list[Mapping[str, Any]]] = {}
    for body in others:
        data = _data(body)
        stages = data.get("stages") or [data["stage"]]
        call = {"piece": data["number"] - 1, "stages": stages, "body": _plain(body)}
        levels.setdefault(_depth(kind, stages[0]), []).append(call)
    return {"names": _plain(names), "levels": [levels[depth] for depth in sorted(levels)]}


def _depth(kind: Kind, call: str) -> int:
    """How many calls come before the one that starts with this stage."""
    return max((1 + _depth(kind, need) for need in kind.graph[call]), default=0)


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _DELIVERY}


def _data(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the prompt says about the piece."""
    text = body["messages"][-1]["content"]
    return dict(json.loads(text.rpartition("<data>")[2].partition("</data>")[0]))
