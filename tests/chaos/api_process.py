"""The stack's API as a process that a test can kill."""

import os
import signal

from local.stack.local_stack import LocalStack
from tests.redis_server import until


def kill_api(stack: LocalStack) -> None:
    """Kill the API and wait until another process takes its place, which does not answer yet."""
    killed = stack.processes["api"]
    os.kill(killed, signal.SIGKILL)
    until(lambda: stack.processes.get("api") not in (None, killed))
