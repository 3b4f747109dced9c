"""How many tokens a new job may spend."""

import json
from collections.abc import Awaitable, Callable, Mapping

from chalicelib.domain.estimate import Estimate, default_estimate
from chalicelib.domain.new_job import NewJob
from chalicelib.domain.spending import job_budget
from foundation.json_value import Json

#: What a job of this type with this payload is expected to cost. It must not fail a submission: if the cost is not
#: known, it is `default_estimate`.
Expect = Callable[[str, Mapping[str, Json]], Awaitable[Estimate]]


async def expect_default(_type_name: str, payload: Mapping[str, Json]) -> Estimate:
    """The same for all types. A payload without a count writes one piece."""
    count = payload.get("count")
    return default_estimate(count if isinstance(count, int) else 1)


class Budgeting:
    def __init__(self, expect: Expect, max_budget: int) -> None:
        self._expect = expect
        self._max_budget = max_budget

    async def budget_of(self, new: NewJob) -> int:
        """The token budget of a job, and what is reserved for it."""
        estimate = await self._expect(new.type, new.payload)
        payload_bytes = len(json.dumps(new.payload, ensure_ascii=False).encode(errors="replace"))
        return job_budget(estimate, payload_bytes, self._max_budget)
