"""The *.lock files say what requirements*.txt say, with hashes. `make lock` writes them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Those that `make lock` writes.
LOCKED = (
    "requirements",
    "requirements-dev",
    "generator_service/requirements",
    "infra/requirements",
    "infra/requirements-emulator",
    "website/requirements",
)
#: The other job systems of the benchmarks.
PEERS = tuple(f"benchmarks/performance/peers/{name}" for name in ("celery", "rq", "arq", "taskiq", "dramatiq"))
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(path: Path) -> set[str]:
    """Every requirement as name==version, those of included files too."""
    found: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= pins(path.parent / line.removeprefix("-r ").strip())
        elif line and line[0] not in "# ":
            found.add(_pin(line))
    return found


def _pin(line: str) -> str:
    name, _, rest = line.partition("==")
    version = re.match(r"[^\s;\\]+", rest)
    assert version is not None, f"not pinned: {line}"
    return f"{re.sub(r'[-_.]+', '-', name.strip()).lower()}=={version[0]}"


@pytest.mark.parametrize("name", LOCKED)
def test_a_lock_has_the_versions_of_its_requirements(name: str) -> None:
    """If this fails: make lock."""
    assert pins(ROOT / f"{name}.lock") == pins(ROOT / f"{name}.txt")


@pytest.mark.parametrize("name", PEERS)
def test_the_lock_of_a_peer_has_the_versions_that_are_asked_for(name: str) -> None:
    """Its requirements do not list what its packages need in turn. If this fails: make lock."""
    asked = {re.sub(r"\[.*\]", "", pin) for pin in pins(ROOT / f"{name}.txt")}
    assert asked <= pins(ROOT / f"{name}.lock")


@pytest.mark.parametrize("name", LOCKED + PEERS)
def test_every_locked_package_has_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / f"{name}.lock").read_text(encoding="utf-8"))
    assert [entry for entry in entries if "==" in entry and not _HASH.search(entry)] == []


def test_make_lock_writes_the_locks_that_are_checked_here() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = [line for line in makefile.splitlines() if line.startswith("LOCKED :=")]
    assert line.split()[2:] == [f"{name}.txt" for name in LOCKED]
