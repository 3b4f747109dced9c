"""Runs the check as a separate process with the generator's environment."""

import logging
import subprocess
import sys

from local.provider_check.address import shown
from local.provider_check.source import base_url
from local.stack import environment
from local.stack.settings import StackSettings

log = logging.getLogger(__name__)

#: Seconds: enough for a few requests of up to 5 s each. Ends the check of a server that sends its answer very slowly.
_PATIENCE_S = 15


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
        return f"{shown(base_url(settings))} does not answer in time. Check OPENAI_BASE_URL."
    if done.returncode != 0:
        log.info("The provider could not be checked.")
        return None
    return done.stdout.strip() or None
