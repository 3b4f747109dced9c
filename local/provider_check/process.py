"""Runs the check as a separate process with the generator's environment."""

import logging
import subprocess
import sys

from local.stack import environment
from local.stack.settings import StackSettings

log = logging.getLogger(__name__)

#: The check limits its own requests. This also allows for a machine on which the process starts slowly, seconds.
_PATIENCE_S = 120


def check(settings: StackSettings) -> str | None:
    """What is wrong with the configured provider, in one sentence; None if nothing is known to be wrong."""
    if settings.needs_offline_writer:
        return None
    own = environment.shared(settings) | environment.provider(settings)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "local.provider_check"],
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode != 0:
        log.info("The provider could not be checked.")
        return None
    return done.stdout.strip() or None
