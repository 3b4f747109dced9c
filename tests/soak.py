"""Runs the suite again and again while four processes use up the CPU, and prints every failure.

`make soak` runs it. A test that depends on the speed of the machine fails here sooner or later.

    SOAK_RUNS   how often (default 3)
    SOAK_TESTS  what pytest runs, with options (default: all; `make` leaves out what needs CDK or the real model)
    TEST_PROCESSES  how many processes run the tests (default: one for each processor; `make` sets it)
"""

import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

BURNERS = 4
_PROCESSES = os.environ.get("TEST_PROCESSES", "auto")
_SEED = re.compile(r"--randomly-seed=\d+")


def main() -> int:
    runs, tests = int(os.environ.get("SOAK_RUNS", "3")), os.environ.get("SOAK_TESTS", "tests").split()
    with _busy_cpu():
        failed = sum(not _passes(f"run {number} of {runs}", tests) for number in range(1, runs + 1))
    print(f"{runs} runs under load, {failed} with failures")
    return 1 if failed else 0


@contextmanager
def _busy_cpu() -> Iterator[None]:
    burners = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(BURNERS)]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()


def _burn() -> None:
    while True:
        pass


def _passes(name: str, tests: list[str]) -> bool:
    """Run the tests once in an order of their own, and print how it went."""
    started_at = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-n", _PROCESSES, "--no-loadscope-reorder", *tests]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    seed, lines = _SEED.search(run.stdout), run.stdout.strip().splitlines()
    print(f"{name}: {lines[-1] if lines else run.stderr} ({time.monotonic() - started_at:.0f} s)", flush=True)
    if run.returncode != 0:
        _, _, report = run.stdout.partition("\n=")
        print(f"{seed[0] if seed else ''}\n={report or run.stdout}", flush=True)
    return run.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
