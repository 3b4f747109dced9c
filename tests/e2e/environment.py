"""The environment for a separate stack."""

import os
from pathlib import Path


def own_stack(folder: Path, **variables: str) -> dict[str, str]:
    """Variables for a stack that starts all its services: two stacks on one queue or Redis would mix up their jobs.

    The variables of other services are cleared, since other tests may have set them. Empty means unset.
    """
    cleared = dict.fromkeys(("REDIS_URL", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"), "")
    return dict(os.environ) | cleared | {"LOCAL_DIR": str(folder)} | variables
