"""`python -m infra.cdk.package <folder>`: builds the Lambda package that is deployed, and prints its path."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalice import api

from infra.cdk.bytecode import PackagingError, finish
from infra.cdk.settings import InfraSettings

ROOT = Path(__file__).resolve().parents[2]
#: Our limit for the package. Lambda allows 50 MB zipped, but a bigger package starts more slowly.
MAX_ZIP_BYTES = 20 * 1024 * 1024


def check_hashes() -> None:
    """Make Chalice's pip refuse every file that requirements.lock does not list, for either processor.

    Chalice passes packages to pip without hashes; pip 26.2 and newer takes the hashes from the constraints.
    """
    os.environ["PIP_CONSTRAINT"] = str(ROOT / "requirements.lock")


def package(folder: str, stage: str, config: Mapping[str, Any]) -> Path:
    """Pack the app into `folder`, beside Chalice's template. Raises `PackagingError`."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # Chalice requires one and does not use it
    check_hashes()
    api.package_app(project_dir=str(ROOT), output_dir=folder, stage=stage, chalice_config=dict(config))
    path = Path(folder) / "deployment.zip"
    finish(path)
    if path.stat().st_size > MAX_ZIP_BYTES:
        raise PackagingError(f"{path} has {path.stat().st_size} bytes; at most {MAX_ZIP_BYTES} are allowed")
    return path


def main() -> int:
    settings = InfraSettings.read(os.environ | {"AUTH_MODE": "none", "ACCEPT_PUBLIC_API_WITHOUT_AUTH": "yes"})
    config = {"api_gateway_stage": "api", "lambda_architecture": settings.architecture}
    sys.stdout.write(f"{package(sys.argv[1], settings.stage, config)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
