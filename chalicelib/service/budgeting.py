"""How many tokens a job may spend."""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.domain.estimate import Estimate
from chalicelib.domain.spending import job_budget
from foundation.json_value import Json, size_bytes

#: How old the measurement behind a budget may be, seconds. One more job changes it little.
FRESH_S = 5


class Expect(Protocol):
    """What a job of this type with this payload is expected to cost. Must not fail a submission."""

    async def __call__(self, type_name: str, payload: Mapping[str, Json], max_age_s: float) -> Estimate: ...


class Budgeting:
    def __init__(self, expect: Expect, max_budget: int) -> None:
        self._expect = expect
        self._max_budget = max_budget

    async def plan(self, type_name: str, payload: Mapping[str, Json], max_age_s: float = 0) -> tuple[Estimate, int]:
        """What a job is expected to cost, and the token budget that it would get.

        The measurement behind it may be `max_age_s` old.
        """
        estimate = await self._expect(type_name, payload, max_age_s)
        return estimate, self._budget(estimate, payload)

    async def budget(self, type_name: str, payload: Mapping[str, Json]) -> int:
        """The token budget of a job, which is also what is reserved for it."""
        return self._budget(await self._expect(type_name, payload, FRESH_S), payload)

    def _budget(self, estimate: Estimate, payload: Mapping[str, Json]) -> int:
        return job_budget(estimate, size_bytes(payload), self._max_budget)
