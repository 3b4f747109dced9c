"""The cost of calls to the LLM."""

from dataclasses import dataclass


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
