"""How many tokens a new job may spend."""

import json
from collections.abc import Awaitable, Callable, Mapping

from chalicelib.domain.estimate import Estimate
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.spending import job_budget
from foundation.json_value import Json

#: What a job of this type with this payload is expected to cost. Must not fail a submission.
Expect = Callable[[str, Mapping[str, Json]], Awaitable[Estimate]]


class Budgeting:
    def __init__(self, expect: Expect, max_budget: int) -> None:
        self._expect = expect
        self._max_budget = max_budget

    async def budget_of(self, new: NewJob) -> int:
        """The token budget of a job, and what is reserved for it."""
        estimate = await self._expect(new.type, new.payload)
        payload_bytes = len(json.dumps(new.payload, ensure_ascii=False).encode(errors="replace"))
        return job_budget(estimate, payload_bytes, self._max_budget)
