"""A report on what a provider writes.

    .venv/bin/python -m benchmarks.eval run --out FOLDER
    .venv/bin/python -m benchmarks.eval report FOLDER --markdown FILE

`run` writes the jobs of a grid and keeps them in the folder. If it is stopped, the same command continues it.
"""

import argparse
import asyncio
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.eval.job_record import JobsFile
from benchmarks.eval.order import GRIDS, Grid, orders
from benchmarks.eval.provider import PROVIDERS, ProviderFailed, chosen, provider
from benchmarks.eval.running import RunStopped, run
from chalicelib.domain.error import InvalidSubmission
from chalicelib.domain.job_type import JOB_TYPES
from foundation.masking.output import mask_output
from foundation.settings import SettingsError

#: One job of the offline writer at a time, because it avoids the names of earlier jobs: so every run writes the same.
_AT_A_TIME = {"offline": 1, "smollm2": 2, "environment": 4}
_KINDS = [job_type.kind for job_type in JOB_TYPES.values()]


def main() -> int:
    mask_output(os.environ)
    options = _options()
    logging.getLogger("generator_service").setLevel(logging.CRITICAL)
    try:
        return _run(options)
    except (SettingsError, InvalidSubmission, ProviderFailed, RunStopped) as error:
        print(error, file=sys.stderr)
        return 2


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.eval", description=__doc__)
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run", help="write the jobs of a grid")
    running.add_argument("--out", type=Path, required=True, help="the folder for the jobs")
    running.add_argument("--provider", choices=PROVIDERS, default="auto", help="who writes")
    running.add_argument("--grid", choices=GRIDS, default="small")
    running.add_argument("--jobs", type=int, help="jobs of each type, instead of the grid's")
    running.add_argument("--count", type=int, help="pieces of each job, instead of the grid's")
    running.add_argument("--kinds", nargs="+", choices=_KINDS, default=(), help="only these kinds")
    running.add_argument("--languages", nargs="*", help="BCP 47, instead of the grid's")
    running.add_argument("--at-a-time", type=int, help="jobs that run side by side")
    return parser.parse_args()


def _run(options: argparse.Namespace) -> int:
    name = chosen(options.provider, os.environ)
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    file = JobsFile(folder)
    file.repair()
    ended = {record.key for record in file.read()}
    left = [order for order in orders(_grid(options, name), options.kinds) if order.key not in ended]
    with provider(name, os.environ, folder) as environment:
        asyncio.run(
            run(
                environment,
                left,
                file,
                at_a_time=options.at_a_time or _AT_A_TIME[name],
                uses_proxy=name == "environment",
            )
        )
    return 0


def _grid(options: argparse.Namespace, provider_name: str) -> Grid:
    """The grid with the options' changes. The offline writer writes English only."""
    grid = GRIDS[options.grid]
    jobs = options.jobs or grid.jobs
    grid = replace(grid, jobs=jobs, count=options.count or grid.count)
    if options.languages is not None:
        grid = replace(grid, jobs_per_language=jobs, languages=options.languages)
    return replace(grid, jobs_per_language=0) if provider_name == "offline" else grid


if __name__ == "__main__":
    sys.exit(main())
