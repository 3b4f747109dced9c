"""Measures what completed jobs have used, and estimates what a new job will use."""

import asyncio
import logging
import math
from collections.abc import Mapping

from chalicelib.domain.error import StoreUnavailable
from chalicelib.domain.estimate import Estimate, count_of, default_for
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
        #: type → when its averages were read (seconds of the loop's clock), and what they were.
        self._read: dict[str, tuple[float, UsageSums]] = {}

    async def learn(self, ended: Job) -> None:
        """Measure a job that has just ended, if its usage is that of the whole job. Tried once."""
        if not _is_typical(ended):
            return
        try:
            await self._averages.add(ended.type, UsageSums.of(count_of(ended.payload), ended.usage))
        except StoreUnavailable:
            log.warning("The job's usage is missing from the averages: store unavailable")

    async def expected(self, type_name: str, payload: Mapping[str, Json], max_age_s: float = 0) -> Estimate:
        """The estimate for a job with this valid payload: measured, or the default.

        The measurement may be `max_age_s` old.
        """
        default = default_for(payload)
        try:
            return (await self._sums(type_name, max_age_s)).expected(count_of(payload), default)
        except StoreUnavailable:
            log.warning("Default estimate used: store unavailable")
            return default

    async def _sums(self, type_name: str, max_age_s: float) -> UsageSums:
        now = asyncio.get_running_loop().time()
        read_at, sums = self._read.get(type_name, (-math.inf, UsageSums()))
        if now - read_at >= max_age_s:
            sums = await self._averages.read(type_name)
            self._read[type_name] = now, sums
        return sums


def _is_typical(job: Job) -> bool:
    """Whether the job ran from nothing to its end in one attempt, and its tokens are known.

    A retry does not pay again for what is finished. What a lost attempt used is not known, and some providers report no
    tokens.
    """
    ran_at_once = job.status is Status.COMPLETED and job.retry_of is None and job.attempt == 1
    return ran_at_once and job.usage.prompt_tokens > 0
