"""Tokens for trying out AUTH_MODE=jwt on this machine: signed with a secret that each local folder makes for itself.

Used where no JWT_* variable names an issuer of your own.
"""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

import jwt

ISSUER = "http://localhost/dev-issuer"
AUDIENCE = "loresmith-jobs"
ALGORITHM = "HS256"


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether tokens are asked for, and nothing says whose."""
    return environment.get("AUTH_MODE") == "jwt" and not is_replaced(environment)


def is_replaced(environment: Mapping[str, str]) -> bool:
    """Whether there is an issuer of one's own."""
    return any(name.startswith("JWT_") and value != "" for name, value in environment.items())


#: Settings of the same form, for a look at the others before there is a folder.
STAND_IN = {"JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE, "JWT_ALGORITHMS": ALGORITHM, "JWT_KEY": "-" * 64}


def settings(folder: Path) -> dict[str, str]:
    """What the API must be told to take these tokens."""
    return {"JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE, "JWT_ALGORITHMS": ALGORITHM, "JWT_KEY": _secret(folder)}


def token(folder: Path, subject: str, hours: float = 8) -> str:
    """A token that makes its bearer `subject`."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + int(hours * 3600)}
    return jwt.encode(claims, _secret(folder), algorithm=ALGORITHM)


def _secret(folder: Path) -> str:
    """The folder's own, made with the first use; only the owner may read it."""
    file = folder / "jwt-secret"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()
