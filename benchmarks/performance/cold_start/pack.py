"""`.venv-infra/bin/python -m benchmarks.performance.cold_start.pack FOLDER`: the functions' zip.

It is made as for a deployment, in CDK's virtual environment, but without CDK.
"""

import os
import platform
import sys
from pathlib import Path

from chalice import api

from infra.cdk.bytecode import finish

_ROOT = Path(__file__).resolve().parents[3]
_PROCESSORS = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def pack(folder: Path) -> None:
    """Write deployment.zip into the folder, for this machine's processor."""
    os.environ["PIP_CONSTRAINT"] = str(_ROOT / "requirements.lock")
    config = {
        "lambda_architecture": _PROCESSORS[platform.machine()],
        "manage_iam_role": False,
        "iam_role_arn": "arn:aws:iam::000000000000:role/none",
    }
    api.package_app(project_dir=str(_ROOT), output_dir=str(folder), stage="api", chalice_config=config)
    finish(folder / "deployment.zip")


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
