"""`python -m infra.local.offline_writer --port N`."""

import argparse
import os
import sys
from random import Random

from infra.local.offline_writer.wire.app import OfflineWriter
from infra.local.offline_writer.wire.completion import Pen
from infra.local.offline_writer.wire.fault import Faults, PlanFault
from infra.local.offline_writer.wire.server import serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.offline_writer", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    port = parser.parse_args().port
    try:
        seed = _seed(os.environ.get("OFFLINE_WRITER_SEED"))
        faults = Faults.of_environment(os.environ, Random(seed))  # noqa: S311 - faults, not secrets
    except (PlanFault, ValueError) as fault:
        print(f"The offline writer cannot start: {fault}", file=sys.stderr)  # noqa: T201
        return 2
    serve(OfflineWriter(Pen(seed), faults).app(), port)
    return 0


def _seed(given: str | None) -> int | None:
    """OFFLINE_WRITER_SEED makes what is written reproducible; None without it."""
    if not given:
        return None
    if not given.lstrip("-").isdigit():
        raise ValueError(f"OFFLINE_WRITER_SEED must be a whole number, not {given!r}")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
