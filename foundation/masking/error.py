"""Hides secrets in errors that leave the process, such as those that the AWS Lambda runtime logs and returns itself."""

from collections.abc import Mapping

from foundation.masking.environment import secrets_in
from foundation.masking.mask import Mask


class SafeError(Exception):
    """Replaces an error whose message contains a secret."""


def without_secrets(error: Exception, environment: Mapping[str, str]) -> Exception:
    """The error itself, or a `SafeError` with a masked message if the message contains a secret of the environment."""
    said = str(error)
    masked = Mask(secrets_in(environment))(said)
    return error if masked == said else SafeError(f"{type(error).__name__}: {masked}")
