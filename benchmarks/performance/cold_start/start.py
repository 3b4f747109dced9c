"""`python -I -S -B start.py PACKAGE RUNTIME HANDLER EVENT ...`: one cold start, in a new process.

PACKAGE is the unpacked zip, and RUNTIME a folder with what Lambda's runtime provides. Imports the handler's module,
then calls the handler with each event, which is JSON. Prints JSON: CPU and wall milliseconds of each step, and of a
reference loop.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

_total = _number = 0


def main(package: str, runtime: str, handler: str, *events: str) -> None:
    sys.path[1:1] = [package]
    sys.path.append(runtime)
    found = []

    def step(action: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        value = action()
        found.append({"cpu_ms": (time.process_time() - cpu) * 1000, "wall_ms": (time.perf_counter() - wall) * 1000})
        return value

    module = step(lambda: __import__("lambda_entry"))
    function = getattr(module, handler)
    for event in events:
        step(partial(function, json.loads(event), None))
    step(_reference)
    print(json.dumps(found))


def _reference() -> None:
    """The reference loop. As a script of its own, with the same globals, it takes 0.5 s on a fast machine."""
    global _total, _number  # noqa: PLW0603
    for _number in range(10**7):
        _total += _number


if __name__ == "__main__":
    main(*sys.argv[1:])
