"""The work of a job for libraries on asyncio."""

import asyncio
from collections.abc import Sequence
from typing import Any

from openai import AsyncOpenAI
from redis.asyncio import Redis

from benchmarks.performance.peers import plan
from benchmarks.performance.peers.plan import Call, Piece, Place, Plan
from benchmarks.performance.peers.schema import Names


class AsyncWork:
    """Made once in a worker."""

    def __init__(self, place: Place) -> None:
        self._plans = place.plans
        self._llm = AsyncOpenAI(base_url=place.llm_url, api_key="none")
        self._redis: Redis = Redis.from_url(place.redis_url)

    async def run(self, variant: str, job_id: str) -> list[Piece]:
        """The result of a job."""
        if variant == plan.NO_CALLS:
            return await self._only_report(job_id)
        return await _Job(self._llm, self._redis, self._plans[variant], job_id).write()

    async def _only_report(self, job_id: str) -> list[Piece]:
        for done in range(plan.UPDATES):
            fields: Any = plan.progress(done, plan.UPDATES, {f"stage-{done}": "A short text."})
            await self._redis.hset(plan.key(job_id), mapping=fields)
        return plan.RESULT


class _Job:
    def __init__(self, llm: AsyncOpenAI, redis: Redis, todo: Plan, job_id: str) -> None:
        self._llm = llm
        self._redis = redis
        self._todo = todo
        self._key = plan.key(job_id)
        self._done = 0

    async def write(self) -> list[Piece]:
        await self._redis.hset(self._key, mapping={"status": "processing", "progress": 20})
        names = Names.model_validate_json(await self._ask(self._todo.names)).names
        await self._report({"names": [name.model_dump() for name in names]})
        pieces = await asyncio.gather(*(self._piece(levels) for levels in self._todo.pieces))
        await self._redis.hset(self._key, mapping={"status": "completed", "progress": 100})
        return [name.model_dump() | piece for name, piece in zip(names, pieces, strict=True)]

    async def _piece(self, levels: Sequence[Sequence[Call]]) -> Piece:
        piece: Piece = {}
        for level in levels:
            for outputs in await asyncio.gather(*(self._stages(call) for call in level)):
                piece |= outputs
        return piece

    async def _stages(self, call: Call) -> dict[str, Piece]:
        outputs = call.read(await self._ask(call.body))
        for stage, output in outputs.items():
            await self._report({f"{call.piece}:{stage}": output})
        return outputs

    async def _ask(self, body: Any) -> str:
        answer = await self._llm.chat.completions.create(**body)
        return answer.choices[0].message.content or ""

    async def _report(self, outputs: dict[str, Any]) -> None:
        self._done += 1
        fields: Any = plan.progress(self._done, 16, outputs)
        await self._redis.hset(self._key, mapping=fields)
