"""A report on what a provider writes.

    .venv/bin/python -m benchmarks.eval run --out FOLDER
    .venv/bin/python -m benchmarks.eval report FOLDER --markdown FILE

`run` writes the jobs of a grid and keeps them in the folder. If it is stopped, the same command continues it.
`report` exits with 1 if a figure is worse than in the run to compare with.
"""

import argparse
import asyncio
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.eval.comparison import NothingInCommon, compare, worse
from benchmarks.eval.forecast import forecast
from benchmarks.eval.job_record import JobsFile
from benchmarks.eval.order import GRIDS, Grid, orders
from benchmarks.eval.price import read_price
from benchmarks.eval.provider import PROVIDERS, ProviderFailed, chosen, provider
from benchmarks.eval.report import report
from benchmarks.eval.run_data import RunData
from benchmarks.eval.running import OtherRun, RunStopped, run
from chalicelib.domain.error import InvalidSubmission
from chalicelib.domain.job_type import WRITING_TYPES
from foundation.masking.output import mask_output
from foundation.settings import SettingsError

#: The offline writer gets one job at a time. It avoids the names of earlier jobs, so every run writes the same texts.
_AT_A_TIME = {"offline": 1, "smollm2": 2, "environment": 4}
_KINDS = [job_type.kind for job_type in WRITING_TYPES.values()]


class NoJobs(Exception):
    """The run has no jobs to report on."""


def main() -> int:
    mask_output(os.environ)
    options = _options()
    logging.getLogger("generator_service").setLevel(logging.CRITICAL)
    try:
        status: int = options.command(options)
    except (SettingsError, InvalidSubmission, ProviderFailed, RunStopped, OtherRun, NoJobs, NothingInCommon) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return status


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
    running.add_argument("--yes", action="store_true", help="do not ask before tokens are paid for")
    running.set_defaults(command=_run)
    reporting = commands.add_parser("report", help="report on a run")
    reporting.add_argument("folder", type=Path, help="the folder of the run")
    reporting.add_argument("--compare", type=Path, help="the folder of an earlier run")
    reporting.add_argument("--markdown", type=Path, required=True, help="the file to write")
    reporting.set_defaults(command=_report)
    return parser.parse_args()


def _run(options: argparse.Namespace) -> int:
    name = chosen(options.provider, os.environ)
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    file = JobsFile(folder)
    file.repair()
    ended = {record.key for record in file.read()}
    left = [order for order in orders(_grid(options, name), options.kinds) if order.key not in ended]
    if not left:
        return 0
    if name == "environment" and not (options.yes or _agreed(forecast(left, read_price(os.environ)))):
        return 2
    at_a_time = options.at_a_time or _AT_A_TIME[name]
    with provider(name, os.environ, folder) as environment:
        try:
            asyncio.run(run(environment, left, file, at_a_time=at_a_time, uses_proxy=name == "environment"))
        except KeyboardInterrupt:
            print("Stopped. The jobs that have ended are saved.", file=sys.stderr)
            return 130
    return 0


def _agreed(cost: str) -> bool:
    """Show what the run will cost and ask whether to start it."""
    print(cost)
    if not sys.stdin.isatty():
        print("To start it without this question: --yes", file=sys.stderr)
        return False
    return input("Start? [y/N] ").strip().casefold() in ("y", "yes")


def _grid(options: argparse.Namespace, provider_name: str) -> Grid:
    """The grid with the options' changes. The offline writer writes English only."""
    grid = GRIDS[options.grid]
    jobs = options.jobs or grid.jobs
    grid = replace(grid, jobs=jobs, count=options.count or grid.count)
    if options.languages is not None:
        grid = replace(grid, jobs_per_language=jobs, languages=options.languages)
    return replace(grid, jobs_per_language=0) if provider_name == "offline" else grid


def _report(options: argparse.Namespace) -> int:
    price = read_price(os.environ)
    data = _data(options.folder)
    before = _data(options.compare) if options.compare else None
    changes = compare(data, before, price) if before else []
    options.markdown.parent.mkdir(parents=True, exist_ok=True)
    options.markdown.write_text(report(data, price, before, changes), encoding="utf-8")
    for title in worse(changes):
        print(f"Worse than before: {title}", file=sys.stderr)
    return 1 if worse(changes) else 0


def _data(folder: Path) -> RunData:
    """Raises `NoJobs`."""
    records = JobsFile(folder).read()
    if not records:
        raise NoJobs(f"{folder} has no jobs. Run: .venv/bin/python -m benchmarks.eval run --out {folder}")
    return RunData.of(records)


if __name__ == "__main__":
    sys.exit(main())
