"""Issues tokens for trying AUTH_MODE=jwt on this machine, unless a JWT_* variable configures another issuer.

Each local folder has its own signing secret.
"""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

ISSUER = "http://localhost/dev-issuer"
AUDIENCE = "loresmith-jobs"
ALGORITHM = "HS256"


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the API asks for tokens and no other issuer is configured."""
    return environment.get("AUTH_MODE") == "jwt" and not is_replaced(environment)


def is_replaced(environment: Mapping[str, str]) -> bool:
    """Whether JWT_* variables configure another issuer."""
    return any(name.startswith("JWT_") and value != "" for name, value in environment.items())


#: Settings of the same form, for validating the other settings before the folder exists.
PLACEHOLDER = {"JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE, "JWT_ALGORITHMS": ALGORITHM, "JWT_KEY": "-" * 64}


def settings(folder: Path) -> dict[str, str]:
    """Settings that make the API accept these tokens."""
    return {"JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE, "JWT_ALGORITHMS": ALGORITHM, "JWT_KEY": _secret(folder)}


def token(folder: Path, subject: str, hours: float = 8) -> str:
    """A token with this `sub`."""
    import jwt  # imported late: it is slow and seldom needed

    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + int(hours * 3600)}
    return jwt.encode(claims, _secret(folder), algorithm=ALGORITHM)


def _secret(folder: Path) -> str:
    """The folder's secret, made on first use. Only the owner may read it."""
    file = folder / "jwt-secret"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()
