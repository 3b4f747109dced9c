"""The work of a job for libraries whose jobs are ordinary functions."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from openai import OpenAI
from redis import Redis

from benchmarks.performance.peers import plan
from benchmarks.performance.peers.plan import Call, Piece, Place, Plan
from benchmarks.performance.peers.schema import Names

#: Calls a function for each item, side by side.
Map = Callable[[Callable[[Call], dict[str, Piece]], Sequence[Call]], Iterator[dict[str, Piece]]]


class ThreadWork:
    """Made once in a worker. By default, `side_by_side` uses a pool of 16 threads."""

    def __init__(self, place: Place, side_by_side: Map | None = None) -> None:
        self._plans = place.plans
        self._llm = OpenAI(base_url=place.llm_url, api_key="none")
        self._redis: Redis = Redis.from_url(place.redis_url)
        self._side_by_side: Map = side_by_side or ThreadPoolExecutor(16).map

    def run(self, variant: str, job_id: str) -> list[Piece]:
        """The result of a job."""
        if variant == plan.NO_CALLS:
            return self._only_report(job_id)
        return _Job(self._llm, self._redis, self._side_by_side, self._plans[variant], job_id).write()

    def _only_report(self, job_id: str) -> list[Piece]:
        for done in range(plan.UPDATES):
            fields: Any = plan.progress(done, plan.UPDATES, {f"stage-{done}": "A short text."})
            self._redis.hset(plan.key(job_id), mapping=fields)
        return plan.RESULT


class _Job:
    def __init__(self, llm: OpenAI, redis: Redis, side_by_side: Map, todo: Plan, job_id: str) -> None:
        self._llm = llm
        self._redis = redis
        self._side_by_side = side_by_side
        self._todo = todo
        self._key = plan.key(job_id)
        self._done = 0

    def write(self) -> list[Piece]:
        self._redis.hset(self._key, mapping={"status": "processing", "progress": 20})
        names = Names.model_validate_json(self._ask(self._todo.names)).names
        self._report({"names": [name.model_dump() for name in names]})
        pieces: list[Piece] = [name.model_dump() for name in names]
        for level in self._todo.levels:
            for call, outputs in zip(level, self._side_by_side(self._stages, level), strict=True):
                pieces[call.piece] |= outputs
        self._redis.hset(self._key, mapping={"status": "completed", "progress": 100})
        return pieces

    def _stages(self, call: Call) -> dict[str, Piece]:
        outputs = call.read(self._ask(call.body))
        for stage, output in outputs.items():
            self._report({f"{call.piece}:{stage}": output})
        return outputs

    def _ask(self, body: Any) -> str:
        answer = self._llm.chat.completions.create(**body)
        return answer.choices[0].message.content or ""

    def _report(self, outputs: dict[str, Any]) -> None:
        self._done += 1
        fields: Any = plan.progress(self._done, 16, outputs)
        self._redis.hset(self._key, mapping=fields)
