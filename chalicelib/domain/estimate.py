"""What a job is expected to cost, before it has run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from foundation.json_value import Json

#: How many calls a piece needs at most.
_MOST_CALLS = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calls and tokens of one job."""

    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    #: How many jobs of the type this is measured from; 0 for a default.
    jobs_measured: int = 0

    @property
    def tokens(self) -> int:
        """What counts against a token budget: prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def basis(self) -> Literal["measured", "default"]:
        return "measured" if self.jobs_measured else "default"


def default_estimate(count: int) -> Estimate:
    """The estimate for a job of `count` pieces whose type has not been measured yet.

    The figures are those of settings, the most expensive type, rounded up. With the offline writer, their prompts have
    10,511 characters for one piece, 27,775 for three and 88,339 for ten, and the answers 690 tokens for each piece; a
    token is estimated as four characters. Three characters need 7 calls and 4,650 prompt tokens, three pieces of other
    types 4 calls and 2,200 to 2,500, a world 1 call and 650.
    """
    return Estimate(llm_calls=1 + 3 * count, prompt_tokens=500 + 2_200 * count, completion_tokens=100 + 700 * count)


def default_rewrite_estimate(fields: int) -> Estimate:
    """The estimate for a job that rewrites so many fields, if its type has not been measured yet.

    Each field may need a call of its own, and no piece needs more than four. The prompt of a call has the whole piece.
    """
    calls = min(fields, _MOST_CALLS)
    return Estimate(llm_calls=calls, prompt_tokens=1_500 * calls, completion_tokens=300 * calls)


def default_for(payload: Mapping[str, Json]) -> Estimate:
    """The default estimate for a job with this valid payload."""
    rewrites = "fields" in payload
    return default_rewrite_estimate(count_of(payload)) if rewrites else default_estimate(count_of(payload))


def count_of(payload: Mapping[str, Json]) -> int:
    """How many pieces a valid payload asks for, or how many fields to rewrite; 1 if its type always makes one."""
    count, fields = payload.get("count", 1), payload.get("fields")
    if isinstance(fields, list | tuple):
        return len(fields)
    return count if isinstance(count, int) else 1
