"""Bearer tokens."""

from typing import Protocol


class Verifier(Protocol):
    def subject(self, token: str) -> str:
        """The token's `sub`. Raises `Unauthenticated`, or `AuthUnavailable` if the token cannot be checked now."""
        ...
