"""The cost of calls to the LLM."""

import math
from dataclasses import dataclass

#: As in a new `Dialect`.
_TOKENS_PER_BYTE = 0.25


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls and tokens, including failed and repeated calls."""

    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    #: How many of the calls had an unusable answer.
    unusable_answers: int = 0
    #: How many had a weak text. For logs and reports; not sent to the worker.
    weak_answers: int = 0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.llm_calls + other.llm_calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.unusable_answers + other.unusable_answers,
            self.weak_answers + other.weak_answers,
        )


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has, for a text that the provider has not counted."""
    return math.ceil(len(text.encode(errors="replace")) * _TOKENS_PER_BYTE)
