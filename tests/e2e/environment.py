"""The environment for a separate stack, and control over when its jobs begin."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack.local_stack import LocalStack


def own_stack(folder: Path, **variables: str) -> dict[str, str]:
    """Variables for a stack that starts all its services: two stacks on one queue or Redis would mix up their jobs.

    The variables of other services are cleared, since other tests may have set them. Empty means unset.
    """
    cleared = dict.fromkeys(("REDIS_URL", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
    return dict(os.environ) | cleared | {"LOCAL_DIR": str(folder)} | variables


@contextmanager
def jobs_kept_waiting(stack: LocalStack) -> Iterator[None]:
    """No job submitted in this block begins before the block ends. Otherwise, it could end before the next request."""
    paused = stack.processes["event-source"]
    os.kill(paused, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(paused, signal.SIGCONT)
