"""Who uses this machine."""

from __future__ import annotations

import getpass


def user_name() -> str:
    """The name of the user of this process. A container may run as a user without a name: then "somebody"."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "somebody"
