"""The environment for a stack of the tests' own."""

import os
from pathlib import Path


def own_stack(folder: Path, **variables: str) -> dict[str, str]:
    """Everything is started: two stacks on one queue or one Redis would take each other's jobs.

    Other tests may have pointed this process at an emulator of theirs; empty means unset.
    """
    cleared = dict.fromkeys(("REDIS_URL", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
    return dict(os.environ) | cleared | {"LOCAL_DIR": str(folder)} | variables
