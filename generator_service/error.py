"""All errors of the generator.

Callers receive the code as `lore-error-code`; the HTTP API shows it as `error_code`. Codes, sentences and retry rules
are in the catalogue, foundation/job_failure.py.
"""

from collections.abc import Sequence
from typing import ClassVar

from foundation.failure import Failure
from foundation.job_failure import JOB_FAILURES


class LoreError(Exception):
    """Ends a job, or one piece of it."""

    failure: ClassVar[Failure] = JOB_FAILURES["internal"]
    #: Whether every other call of the job would fail the same way, so that the whole job stops at once. Ignored if the
    #: LLM has already answered other calls.
    stops_job: ClassVar[bool] = False

    def __init__(self, message: str | None = None, *, retry_after_s: float | None = None) -> None:
        super().__init__(message or self.failure.sentence)
        #: How long to wait before another attempt, if that is known.
        self.retry_after_s = retry_after_s

    @property
    def code(self) -> str:
        return self.failure.code

    @property
    def retryable(self) -> bool:
        return self.failure.retryable

    @property
    def transient(self) -> bool:
        return self.failure.transient

    @property
    def message(self) -> str:
        return str(self.args[0])


class Internal(LoreError):
    """A bug in the generator."""


class UnknownKind(LoreError):
    failure = JOB_FAILURES["unknown_kind"]


class InvalidParams(LoreError):
    failure = JOB_FAILURES["invalid_params"]

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(f"{self.failure.sentence} {'; '.join(faults)}")


class Overloaded(LoreError):
    failure = JOB_FAILURES["overloaded"]


class ProviderError(LoreError):
    """The LLM did not answer."""


class ProviderUnavailable(ProviderError):
    failure = JOB_FAILURES["provider_unavailable"]


class ProviderLoading(ProviderUnavailable):
    """The server is still loading the model from disk."""

    def __init__(self, *, retry_after_s: float | None = None) -> None:
        super().__init__("The language model is still loading. Try again in a minute.", retry_after_s=retry_after_s)


class ProviderRateLimited(ProviderError):
    failure = JOB_FAILURES["provider_rate_limited"]


class ProviderTimeout(ProviderError):
    failure = JOB_FAILURES["provider_timeout"]


class OutOfTime(LoreError):
    """The job's deadline is near."""

    failure = JOB_FAILURES["out_of_time"]


class ProviderAuth(ProviderError):
    failure = JOB_FAILURES["provider_auth"]
    stops_job = True


class ProviderQuota(ProviderError):
    failure = JOB_FAILURES["provider_quota"]
    stops_job = True


class ProviderBadRequest(ProviderError):
    failure = JOB_FAILURES["provider_bad_request"]


class BudgetExhausted(LoreError):
    """The next call might cost more than is left of the job's token budget."""

    failure = JOB_FAILURES["budget_exhausted"]


class AnswerError(LoreError):
    """The LLM answered, but with nothing usable."""


class FaultyAnswer(AnswerError):
    """An answer that must be asked for again, and what is wrong with it."""

    def __init__(self, fault: str, content: str = "") -> None:
        super().__init__()
        #: What is wrong, as sentences for the model.
        self.fault = fault
        self.content = content


class InvalidOutput(FaultyAnswer):
    failure = JOB_FAILURES["invalid_output"]


class Truncated(InvalidOutput):
    failure = JOB_FAILURES["truncated"]


class BelowStandard(FaultyAnswer):
    """The text has the right form but breaks rules of its stage."""

    failure = JOB_FAILURES["below_standard"]


class Refused(AnswerError):
    failure = JOB_FAILURES["refused"]


class DuplicateName(AnswerError):
    failure = JOB_FAILURES["duplicate_name"]
