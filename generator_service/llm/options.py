"""The operators' settings for the provider."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.json_value import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOptions:
    """What is sent to the provider, and how long it may take."""

    model: str
    #: Limit for one call.
    timeout_s: float
    #: Limit for one call to a server that may have to load its model first.
    load_timeout_s: float
    #: How many calls to make for one answer, as long as the provider's errors are temporary.
    max_attempts: int
    #: Tokens that a reasoning model may use in addition to its answer.
    reasoning_tokens: int
    #: Additional parameters, query and headers.
    body: Mapping[str, Json]
    query: Mapping[str, str]
    headers: Mapping[str, str]
