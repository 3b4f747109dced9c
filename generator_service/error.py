"""All errors of the generator. Callers receive the code as `lore-error-code`; the HTTP API shows it as `error_code`.

    code                    retryable  transient  when
    unknown_kind            no         no         the requested kind is not registered
    invalid_params          no         no         the request's params are wrong for the kind
    overloaded              yes        yes        too many jobs are running here
    provider_unavailable    yes        yes        the LLM cannot be reached, is loading, or answers 409, 424, 5xx, ...
    provider_rate_limited   yes        yes        the LLM answers 429, or 413 for tokens per minute
    provider_timeout        yes        yes        the LLM does not answer in time, or answers 408
    provider_auth           no         no         the LLM rejects the key (401, 403)
    provider_quota          no         no         the LLM account has no credit left
    provider_bad_request    no         no         the LLM rejects the request as such (400, 404 for the model, 422)
    invalid_output          yes        no         the LLM's answer does not fit the schema, twice in a row
    truncated               yes        no         the LLM's answer was cut off, twice in a row
    refused                 no         no         the LLM or its content filter refuses to write this
    duplicate_name          yes        no         no unused name was found
    internal                no         no         a bug in the generator

The user may retry a job after a retryable error. The worker repeats a job by itself only after a transient one: after
an unusable answer, another attempt costs as much as the first one and usually ends the same way.

Each message is a sentence or two for the user: what happened and what to do. It never contains text from the provider,
a key or a host; those go into the log.
"""

from collections.abc import Sequence
from typing import ClassVar


class LoreError(Exception):
    """Ends a job, or one piece of it."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False
    #: Whether another attempt a moment later is likely to succeed.
    transient: ClassVar[bool] = False
    #: Whether every other call of the job would fail the same way, so that the whole job stops at once. Ignored if the
    #: LLM has already answered other calls.
    stops_job: ClassVar[bool] = False
    sentence: ClassVar[str] = "An internal error stopped the generator. Tell the operators the job's id."

    def __init__(self, message: str | None = None, *, retry_after_s: float | None = None) -> None:
        super().__init__(message or self.sentence)
        #: How long to wait before another attempt, if that is known.
        self.retry_after_s = retry_after_s

    @property
    def message(self) -> str:
        return str(self.args[0])


class Internal(LoreError):
    """A bug in the generator."""


class UnknownKind(LoreError):
    code = "unknown_kind"
    sentence = "The generator does not know this kind of lore. Tell the operators the job's id."


class InvalidParams(LoreError):
    code = "invalid_params"
    sentence = "The generator rejected the parameters of the job."

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(f"{self.sentence} {'; '.join(faults)}")


class Overloaded(LoreError):
    code = "overloaded"
    retryable = True
    transient = True
    sentence = "All writers are busy. Try again in a few seconds."


class ProviderError(LoreError):
    """The LLM did not answer."""


class ProviderUnavailable(ProviderError):
    code = "provider_unavailable"
    retryable = True
    transient = True
    sentence = "The language model cannot be reached right now. Try again in a minute."


class ProviderLoading(ProviderUnavailable):
    """The server is still loading the model from disk."""

    sentence = "The language model is still loading. Try again in a minute."


class ProviderRateLimited(ProviderError):
    code = "provider_rate_limited"
    retryable = True
    transient = True
    sentence = "The language model accepts no more requests at the moment. Try again in a minute."


class ProviderTimeout(ProviderError):
    code = "provider_timeout"
    retryable = True
    transient = True
    sentence = "The language model did not answer in time. Try again in a minute."


class ProviderAuth(ProviderError):
    code = "provider_auth"
    stops_job = True
    sentence = "The language model does not accept the API key. The operators must set a valid key."


class ProviderQuota(ProviderError):
    code = "provider_quota"
    stops_job = True
    sentence = "The language model's account has no credit left. The operators must add credit."


class ProviderBadRequest(ProviderError):
    code = "provider_bad_request"
    sentence = "The language model rejected the request. The operators must check the configured model and address."


class AnswerError(LoreError):
    """The LLM answered, but with nothing usable."""


class InvalidOutput(AnswerError):
    code = "invalid_output"
    retryable = True
    sentence = "The language model gave two unusable answers in a row. Try again."

    def __init__(self, fault: str, content: str = "") -> None:
        super().__init__()
        #: What is wrong, as a sentence for the model.
        self.fault = fault
        self.content = content


class Truncated(InvalidOutput):
    code = "truncated"
    sentence = "The language model's answer was cut off twice in a row. Try again, or ask for fewer pieces."


class Refused(AnswerError):
    code = "refused"
    sentence = "The language model refused to write this. Change the theme or the chosen pieces, and try again."


class DuplicateName(AnswerError):
    code = "duplicate_name"
    retryable = True
    sentence = "No unused name was found for this piece. Try again, or change the theme."
