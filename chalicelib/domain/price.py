"""What the LLM costs."""

from dataclasses import dataclass

from chalicelib.domain.estimate import Estimate
from chalicelib.domain.job import Usage

#: Costs are rounded to this many decimals: a millionth of a dollar, less than any call costs.
_DECIMALS = 6


def rounded(usd: float) -> float:
    return round(usd, _DECIMALS)


@dataclass(frozen=True, slots=True)
class Price:
    """The LLM's price in USD per million tokens, as set by the operator."""

    prompt: float
    completion: float

    def of(self, tokens: Usage | Estimate) -> float:
        """The estimated cost of these tokens, in USD."""
        millionths = tokens.prompt_tokens * self.prompt + tokens.completion_tokens * self.completion
        return rounded(millionths / 1_000_000)
