"""The AWS emulators that the stack can start: their command lines and variables."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from local.project import LOOPBACK, ROOT
from local.stack.error import EmulatorMissing

#: ministack has its own virtual environment, because it pins another version of botocore.
_MINISTACK_HERE = ROOT / ".venv-ministack/bin/ministack"
_MINISTACK = "Run: make venv-infra"
_MOTO = "Install it: pip install 'moto[server]'"


def moto_argv(port: int, folder: Path) -> list[str]:
    """Keeps the items of DynamoDB's tables in the folder. Raises `EmulatorMissing`."""
    if importlib.util.find_spec("moto") is None:
        raise EmulatorMissing("moto", _MOTO)
    data = str(folder / "dynamodb.jsonl")
    return [sys.executable, "-m", "local.stack.moto_server", "-H", LOOPBACK, "-p", str(port), "--data", data]


def ministack_argv(here: Path = _MINISTACK_HERE, on_path: Callable[[str], str | None] = shutil.which) -> list[str]:
    """Raises `EmulatorMissing`."""
    path = str(here) if here.exists() else on_path("ministack")
    if path is None:
        raise EmulatorMissing("ministack", _MINISTACK)
    return [path]


def ministack_environment(port: int, folder: Path) -> Mapping[str, str]:
    """Variables that keep ministack on one port of 127.0.0.1. By default, it uses all addresses and more ports."""
    return {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(folder / "ministack"),
        "S3_DATA_DIR": str(folder / "ministack-s3"),
    }
