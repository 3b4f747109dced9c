"""What a job is expected to cost, before it has run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calls and tokens of one job."""

    llm_calls: int
    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        """What counts against a token budget: prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens


def default_estimate(count: int) -> Estimate:
    """The estimate for a job of `count` pieces whose type has not been measured yet.

    Figures of three characters written by gpt-4o-mini-sized prompts, rounded up; every other type needs less.
    """
    return Estimate(llm_calls=1 + 3 * count, prompt_tokens=1_000 + 2_500 * count, completion_tokens=150 + 900 * count)
