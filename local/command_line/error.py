"""The error of a first job."""

from local.error import LocalError


class JobFailed(LocalError):
    """The first job did not complete."""
