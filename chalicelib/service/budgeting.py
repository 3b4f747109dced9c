"""How many tokens a job may spend."""

import json
from collections.abc import Awaitable, Callable, Mapping

from chalicelib.domain.estimate import Estimate
from chalicelib.domain.spending import job_budget
from foundation.json_value import Json

#: What a job of this type with this payload is expected to cost. Must not fail a submission.
Expect = Callable[[str, Mapping[str, Json]], Awaitable[Estimate]]


class Budgeting:
    def __init__(self, expect: Expect, max_budget: int) -> None:
        self._expect = expect
        self._max_budget = max_budget

    async def plan(self, type_name: str, payload: Mapping[str, Json]) -> tuple[Estimate, int]:
        """What a job is expected to cost, and its token budget, which is also what is reserved for it."""
        estimate = await self._expect(type_name, payload)
        payload_bytes = len(json.dumps(payload, ensure_ascii=False).encode(errors="replace"))
        return estimate, job_budget(estimate, payload_bytes, self._max_budget)
