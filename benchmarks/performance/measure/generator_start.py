"""How soon a generator is ready, and how large its image is."""

import compileall
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.performance import cpu
from benchmarks.performance.run import Run
from benchmarks.performance.section import Goal, Section, Spread, Table
from local.process.tether import tethered
from local.project import LOOPBACK, ROOT
from local.stack import probe
from local.stack.tcp_port import assign_ports

_MOST_READY_S = 2.0
_PROBE_S = 0.01
#: What the Dockerfile copies besides the packages.
_CODE = ("generator_service", "proto", "foundation")
_TEXT = """\
Each start is a new process with bytecode, as in the image. The generator is ready when its health service says SERVING.
After that, a thread loads the model that identifies languages; "settled" is when the process has used no CPU for half a
second. Memory is PSS. The size is what the image adds to python:3.11-slim-bookworm: packages and code, compiled."""


@dataclass(frozen=True, slots=True)
class Start:
    ready_s: float
    ready_cpu_s: float
    settled_cpu_s: float
    memory_bytes: int


def measure(run: Run) -> Section:
    # The first start reads the files from the disk.
    starts = [_start() for _ in range(run.repeats + 1)][1:]
    ready = Spread.of([each.ready_s for each in starts])
    rows = [
        ["ready, s", ready.text()],
        ["CPU until ready, s", Spread.of([each.ready_cpu_s for each in starts]).text()],
        ["CPU until settled, s", Spread.of([each.settled_cpu_s for each in starts]).text()],
        ["memory when settled, MB", Spread.of([each.memory_bytes / 1e6 for each in starts]).text(0)],
        *([] if run.is_quick else _sizes(run)),
    ]
    return Section(
        key="generator_start",
        title="Start of the generator",
        text=_TEXT,
        tables=[Table(["", "generator"], rows)],
        goals=[Goal("the generator is ready", _MOST_READY_S, ready.median, "s")],
    )


def _start() -> Start:
    port = assign_ports(["generator"], {})["generator"]
    began_at = time.monotonic()
    with _generator(port) as pid:
        while not probe.grpc_serving(port):
            time.sleep(_PROBE_S)
        ready_s, ready_cpu_s = time.monotonic() - began_at, cpu.cpu_s(pid)
        used_s = -1.0
        while used_s < (used_s := cpu.cpu_s(pid)):
            time.sleep(0.5)
        return Start(ready_s, ready_cpu_s, used_s, cpu.memory_bytes(pid))


@contextmanager
def _generator(port: int) -> Iterator[int]:
    provider = {
        "OPENAI_API_KEY": "none",  # pragma: allowlist secret
        "OPENAI_BASE_URL": f"http://{LOOPBACK}:9/v1",
        "OPENAI_MODEL": "none",
    }
    environment = {**os.environ, **provider, "GENERATOR_HOST": LOOPBACK, "GENERATOR_PORT": str(port)}
    command = tethered([sys.executable, "-m", "generator_service"])
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def _sizes(run: Run) -> Iterator[list[str]]:
    """What the Dockerfile adds to its base image."""
    folder = run.new_folder("image")
    lock = ROOT / "generator_service" / "requirements.lock"
    pip = [str(Path(sys.executable).parent / "pip"), "install", "-q", "--disable-pip-version-check", "--no-deps"]
    target = ["--require-hashes", "-r", str(lock), "--target", str(folder)]
    subprocess.run([*pip, *target], check=True)
    for name in _CODE:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(folder, quiet=2)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    archive = folder.with_suffix(".tar.gz")
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folder, arcname=".")
    yield ["packages and code, MB", f"{size / 1e6:.0f}"]
    yield ["the same, compressed, MB", f"{archive.stat().st_size / 1e6:.0f}"]
