"""An owner's standing as headers (IETF draft-ietf-httpapi-ratelimit-headers-10)."""

from chalicelib.domain.quota import Standing
from chalicelib.domain.spending import DAY_S


def rate_limit_headers(standing: Standing) -> dict[str, str]:
    """`RateLimit-Policy` lists the quotas. `RateLimit` says what is left of each, and when there will be more.

    Quotas without a limit are left out. If no quota has a limit, there are no headers.
    """
    quota = standing.quota
    policies, states = [], []
    if quota.max_submissions is not None:
        policies.append(f'"submissions";q={quota.max_submissions};w={quota.window_s}')
        states.append(f'"submissions";r={standing.submissions_left};t={max(0, standing.window_moves_in_s)}')
    if quota.max_unfinished is not None:
        policies.append(f'"unfinished";q={quota.max_unfinished};qu="concurrent-requests"')
        states.append(f'"unfinished";r={standing.unfinished_left}')
    if quota.max_tokens is not None:
        policies.append(f'"tokens";q={quota.max_tokens};w={DAY_S};qu="tokens"')
        states.append(f'"tokens";r={standing.tokens_left};t={standing.today.ends_in_s}')
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)} if policies else {}
