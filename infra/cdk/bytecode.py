"""Finishes the zip that Chalice packs: adds the entry module, and bytecode for every module.

/var/task is read-only, so Lambda cannot store bytecode itself and would compile every module at each cold start.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

LAMBDA_FILES = Path(__file__).parent / "lambda_files"
#: The time of every file in the zip: the same content gives the same zip, and so no deployment.
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Never read at run time.
_USELESS = (".pyi", ".pyx", ".pxd", ".c", ".h")
_USELESS_FOLDERS = frozenset({"__pycache__", "tests"})
#: Big parts of libraries that nothing here imports. The first are left out. The second may be imported by libraries:
#: they stay, without bytecode.
_UNUSED = (
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/data_classes",
    # cryptography only uses the compiled _cffi_backend.
    "cffi",
    "pycparser",
)
_SELDOM_USED = ("aws_lambda_powertools/utilities", "pydantic/v1", "redis/commands/search")


class PackagingError(Exception):
    """The zip cannot be deployed."""


def finish(package: Path, extra: Path = LAMBDA_FILES) -> None:
    """Rewrite the zip in place. Raises `PackagingError` for a module that does not compile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with zipfile.ZipFile(package) as packed:
            packed.extractall(folder)
        shutil.copytree(extra, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        _prune(folder)
        _compile(folder)
        _pack(folder, package)


def _prune(folder: Path) -> None:
    for name in _UNUSED:
        shutil.rmtree(folder / name, ignore_errors=True)
    for found in [*folder.rglob("*")]:
        if found.is_dir() and found.name in _USELESS_FOLDERS:
            shutil.rmtree(found)
        elif found.is_file() and found.suffix in _USELESS:
            found.unlink()


def _compile(folder: Path) -> None:
    """Compile with unchecked hashes: Python then checks neither the source's time nor its content.

    This runs in a new process with a fixed hash seed. Bytecode depends on both, and the same source must give the same
    zip.
    """
    seldom = "|".join(re.escape(f"/{name}/") for name in _SELDOM_USED)
    options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task", "-x", seldom]
    command = [sys.executable, "-S", "-m", "compileall", *options, str(folder)]
    done = subprocess.run(command, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackagingError(f"a module of the package does not compile: {done.stdout}{done.stderr}")


def _pack(folder: Path, package: Path) -> None:
    new = package.with_suffix(".new")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in _files(folder):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes())
    os.replace(new, package)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
