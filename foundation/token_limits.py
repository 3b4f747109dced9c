"""How many requests one bearer token may send, on AWS and on the local stack."""

from pydantic import Field

from foundation.settings import EnvironmentSettings

#: AWS WAF accepts no lower limit (AWS WAF developer guide, "Rate-based rule high-level settings").
_LOWEST_PER_MINUTE = 10


class TokenLimits(EnvironmentSettings):
    """The limits for one token."""

    #: A client that follows ten jobs of the offline writer by long poll without a pause sends 2,600. The page pauses
    #: for 0.3 s.
    token_requests_per_minute: int = Field(default=3000, ge=_LOWEST_PER_MINUTE)
    #: Enough for 60 submissions, 60 cancels, and as many again.
    token_posts_per_minute: int = Field(default=300, ge=_LOWEST_PER_MINUTE)
