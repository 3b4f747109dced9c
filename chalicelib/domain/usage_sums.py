"""What the jobs of one type have used, as sums from which the usage of the next job is estimated."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from chalicelib.domain.estimate import Estimate, default_estimate
from chalicelib.domain.job import Usage

#: Once the sums include this many jobs, they are all halved. So the newest hundred jobs weigh at least as much as all
#: earlier ones, and a changed prompt or model soon shows.
FADE_AT = 200
#: With fewer jobs, the default is the better estimate.
_MIN_JOBS = 5
#: If the counts vary less than this, they are all the same: the rest is rounding error.
_NO_VARIANCE = 1e-9


@dataclass(frozen=True, slots=True)
class UsageSums:
    """Sums over jobs. The newest jobs count in full, and older ones less and less."""

    jobs: float = 0.0
    #: Pieces.
    count: float = 0.0
    count_squared: float = 0.0
    llm_calls: float = 0.0
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    #: Products with the count of the same job.
    count_llm_calls: float = 0.0
    count_prompt_tokens: float = 0.0
    count_completion_tokens: float = 0.0

    @classmethod
    def of(cls, count: int, usage: Usage) -> Self:
        """The sums of one job of `count` pieces."""
        calls, prompt, completion = usage.llm_calls, usage.prompt_tokens, usage.completion_tokens
        products = (count * calls, count * prompt, count * completion)
        return cls(1, count, count * count, calls, prompt, completion, *products)

    @classmethod
    def restore(cls, stored: Mapping[str, float]) -> Self:
        """The sums with these names; 0 for those that are missing."""
        return cls(**{name: stored.get(name, 0.0) for name in cls.__dataclass_fields__})

    def values(self) -> dict[str, float]:
        """Each sum by its name, `jobs` first."""
        return asdict(self)

    def plus(self, other: "UsageSums") -> "UsageSums":
        """Both together, halved if that makes `FADE_AT` jobs."""
        share = 0.5 if self.jobs + other.jobs >= FADE_AT else 1.0
        added = other.values()
        return UsageSums.restore({name: (value + added[name]) * share for name, value in self.values().items()})

    def expected(self, count: int, default: Estimate | None = None) -> Estimate:
        """The estimate for a job of `count` pieces; `default`, or that of new pieces, if too few jobs were measured."""
        if self.jobs < _MIN_JOBS:
            return default or default_estimate(count)
        return Estimate(
            llm_calls=self._expected(count, self.llm_calls, self.count_llm_calls),
            prompt_tokens=self._expected(count, self.prompt_tokens, self.count_prompt_tokens),
            completion_tokens=self._expected(count, self.completion_tokens, self.count_completion_tokens),
            jobs_measured=int(self.jobs),
        )

    def _expected(self, count: int, total: float, product: float) -> int:
        """The least-squares line through (count, amount), at `count`.

        Its slope is at least 0 (every job costs the same) and at most the mean amount per piece (every piece costs the
        same). Otherwise a few jobs that differ by chance could predict that more pieces cost less, or that a job costs
        less than nothing. If all jobs had the same count, every piece is assumed to cost the same.
        """
        mean_count, mean = self.count / self.jobs, total / self.jobs
        per_piece = mean / mean_count
        variance = self.count_squared / self.jobs - mean_count**2
        covariance = product / self.jobs - mean_count * mean
        slope = covariance / variance if variance > _NO_VARIANCE else per_piece
        return round(mean + min(max(slope, 0.0), per_piece) * (count - mean_count))
