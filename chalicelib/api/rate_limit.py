"""An owner's standing as headers (IETF draft-ietf-httpapi-ratelimit-headers-10)."""

from chalicelib.domain.quota import Standing


def rate_limit_headers(standing: Standing) -> dict[str, str]:
    """`RateLimit-Policy`: what there is; `RateLimit`: what is left of it, and when there will be more."""
    quota = standing.quota
    return {
        "RateLimit-Policy": (
            f'"submissions";q={quota.max_submissions};w={quota.window_s}, '
            f'"unfinished";q={quota.max_unfinished};qu="concurrent-requests"'
        ),
        "RateLimit": (
            f'"submissions";r={max(0, standing.submissions_left)};t={max(0, standing.window_moves_in_s)}, '
            f'"unfinished";r={max(0, standing.unfinished_left)}'
        ),
    }
