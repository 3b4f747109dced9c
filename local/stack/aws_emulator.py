"""The AWS emulators that the stack can start: how each is started and what it must be told."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from local.project import LOOPBACK, ROOT
from local.stack.error import EmulatorMissing

#: An environment of its own, since it pins another botocore.
_MINISTACK_HERE = ROOT / ".venv-ministack/bin/ministack"
_MINISTACK = "Run: make venv-infra"
_MOTO = "Install it: pip install 'moto[server]'"


def moto_argv(port: int) -> list[str]:
    """Raises `EmulatorMissing`."""
    if importlib.util.find_spec("moto") is None:
        raise EmulatorMissing("moto", _MOTO)
    return [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]


def ministack_argv(here: Path = _MINISTACK_HERE, on_path: Callable[[str], str | None] = shutil.which) -> list[str]:
    """Raises `EmulatorMissing`."""
    path = str(here) if here.exists() else on_path("ministack")
    if path is None:
        raise EmulatorMissing("ministack", _MINISTACK)
    return [path]


def ministack_environment(port: int, folder: Path) -> Mapping[str, str]:
    """Without these it would listen on every address of the machine, and on further ports."""
    return {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(folder / "ministack"),
        "S3_DATA_DIR": str(folder / "ministack-s3"),
    }
