"""Measures what completed jobs have used, and estimates what a new job will use."""

import logging
from collections.abc import Mapping

from chalicelib.domain.error import StoreUnavailable
from chalicelib.domain.estimate import Estimate, count_of, default_estimate
from chalicelib.domain.job import Job
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.usage_sums import UsageSums
from chalicelib.port.averages import Averages
from foundation.json_value import Json

log = logging.getLogger(__name__)


class Estimating:
    """No method raises if the store is down: a job needs neither its measurement nor its estimate."""

    def __init__(self, averages: Averages) -> None:
        self._averages = averages

    async def learn(self, ended: Job) -> None:
        """Measure a job that has just ended, if its usage is that of the whole job. Tried once."""
        if not _is_typical(ended):
            return
        try:
            await self._averages.add(ended.type, UsageSums.of(count_of(ended.payload), ended.usage))
        except StoreUnavailable:
            log.warning("The job's usage is missing from the averages: store unavailable")

    async def expected(self, type_name: str, payload: Mapping[str, Json]) -> Estimate:
        """The estimate for a job with this valid payload: measured, or the default."""
        count = count_of(payload)
        try:
            return (await self._averages.read(type_name)).expected(count)
        except StoreUnavailable:
            log.warning("Default estimate used: store unavailable")
            return default_estimate(count)


def _is_typical(job: Job) -> bool:
    """Whether the job ran from nothing to its end in one attempt, and its tokens are known.

    A retry does not pay again for what is finished. What a lost attempt used is not known, and some providers report no
    tokens.
    """
    ran_at_once = job.status is Status.COMPLETED and job.retry_of is None and job.attempt == 1
    return ran_at_once and job.usage.prompt_tokens > 0
