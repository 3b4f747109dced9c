"""A measurement as a JSON file: its section, when and where it was made, and with which versions."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.performance.section import Section
from local.process.json_file import replace_json
from local.project import ROOT
from local.stack import redis_server

#: The packages of the system that a figure may depend on.
_PACKAGES = (
    "boto3",
    "chalice",
    "grpcio",
    "httpx2",
    "moto",
    "openai",
    "protobuf",
    "pydantic",
    "redis",
    "starlette",
    "uvicorn",
)


@dataclass(frozen=True, slots=True)
class Record:
    section: Section
    #: The day, as YYYY-MM-DD.
    date: str
    #: The commit that was measured; with a "+" if files were changed after it.
    commit: str
    #: "2 x AMD EPYC 7B13", the system, and so on, as name and value.
    machine: Sequence[tuple[str, str]]
    #: Package and version.
    packages: Sequence[tuple[str, str]]


_ADAPTER = TypeAdapter(Record)


def current_commit() -> str:
    """The commit of the code that is measured. Ask before the measurement, which takes minutes."""
    try:
        head = _git("rev-parse", "--short=10", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        print("The commit is unknown: this is not a git repository.", file=sys.stderr)
        return "unknown"


def record(section: Section, commit: str) -> Record:
    """The record of a measurement that was just made. `commit`: see `current_commit`."""
    today = datetime.now(UTC).date().isoformat()
    packages = [(name, version(name)) for name in _PACKAGES]
    return Record(section, today, commit, list(_machine()), packages)


def write(folder: Path, found: Record) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    replace_json(folder / f"{found.section.key}.json", _ADAPTER.dump_python(found, mode="json"))


def read_all(folder: Path, names: Iterable[str]) -> list[Record]:
    """The records of these measurements, in this order; those that were never made are left out."""
    paths = [folder / f"{name}.json" for name in names]
    return [_ADAPTER.validate_python(json.loads(path.read_text())) for path in paths if path.exists()]


def _machine() -> Iterator[tuple[str, str]]:
    yield "processors", f"{os.cpu_count()} x {_processor()}"
    yield "system", f"{platform.system()} {platform.release()}"
    yield "Python", platform.python_version()
    yield "Redis", redis_server.find_binary().version.rpartition("=")[2]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
