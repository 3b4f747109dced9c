"""Measures how many of the requested pieces a real and very small model completes.

    .venv/bin/python -m tests.integration.real_llm.measure [--jobs 10] [--only TYPE ...] [--keep DIR] [NAME=VALUE ...]
    .venv/bin/python -m tests.integration.real_llm.measure --report FOLDER

Ten jobs of each type run through the local stack, a few at a time. Each asks for two pieces or one world. NAME=VALUE
are settings of the stack, such as LLM_RESPONSE_FORMAT=text. The folder keeps every job (`jobs.jsonl`) and every call
with the model's answer (`calls.jsonl`). `--report FOLDER` runs nothing and reports on the files in a folder, even if
the measurement was stopped.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chalicelib.domain.job_type import JOB_TYPES
from local.command_line.job_client import JobClient
from tests.integration.real_llm.blemish import blemishes
from tests.integration.real_llm.order import fewest_calls, payload_of
from tests.integration.real_llm.running import CALLS, System, limit_of, recorded, running

JOBS_AT_A_TIME = 3
JOBS = "jobs.jsonl"
_COLUMNS = ("ended", "complete", "whole", "asked", "calls", "ideal", "prompt", "written", "mean s")
_USAGE = ("llm_calls", "prompt_tokens", "completion_tokens")
_THEMES = (
    "fantasy",
    "a harbour town of clockwork",
    "space opera",
    "desert caravans",
    "a drowned city",
    "winter folk tales",
    "pirates",
    "a school of magic",
    "the last railway",
    "bronze age myths",
)


@dataclass(frozen=True, slots=True)
class Ended:
    job: Mapping[str, Any]
    asked: int
    wall_s: float

    @property
    def whole(self) -> int:
        """How many pieces are complete."""
        result = self.job["result"]
        if self.job["status"] != "completed":
            return 0
        return len(result) if isinstance(result, list) else 1

    @property
    def lengths(self) -> list[int]:
        """The number of words in each piece's description."""
        result = self.job["result"]
        pieces = result if isinstance(result, list) else [{"description": result["story"]}] if result else []
        return [len(piece["description"].split()) for piece in pieces]

    @property
    def codes(self) -> list[str]:
        """Why pieces are missing, one code for each."""
        if self.job["status"] != "completed":
            return [f"{self.job['status']} {self.job['error_code']}"] * self.asked
        return [warning["code"] for warning in self.job["warnings"]]


def main() -> None:
    options = _options()
    if options.report:
        _report(Path(options.report))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        with running(folder, **dict(setting.split("=", 1) for setting in options.settings)) as system:
            _run_jobs(system, folder / JOBS, options.only, options.jobs)
        _report(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=10, help="jobs of each type")
    parser.add_argument("--only", nargs="+", default=list(JOB_TYPES), choices=list(JOB_TYPES), help="only these types")
    parser.add_argument("--keep", help="a folder for jobs and calls")
    parser.add_argument("--report", metavar="FOLDER", help="report on an earlier measurement")
    parser.add_argument("settings", nargs="*", metavar="NAME=VALUE", default=[])
    return parser.parse_args()


def _run_jobs(system: System, file: Path, type_names: Sequence[str], count: int) -> None:
    """Run the jobs. The types alternate, so that partial results cover all of them."""
    orders = [
        (name, payload_of(name, _THEMES[number % len(_THEMES)])) for number in range(count) for name in type_names
    ]
    written = threading.Lock()

    def run(order: tuple[str, dict[str, Any]]) -> None:
        ended = run_job(system.stack.urls.api, *order)
        with written, file.open("a") as jobs:
            jobs.write(json.dumps(asdict(ended), ensure_ascii=False) + "\n")
        said = f"{ended.job['type']}: {ended.job['status']}, {ended.whole} of {ended.asked} {' '.join(ended.codes)}"
        print(f"{ended.wall_s:6.0f} s  {said}", file=sys.stderr, flush=True)

    with ThreadPoolExecutor(JOBS_AT_A_TIME) as pool:
        list(pool.map(run, orders))


def run_job(api_url: str, type_name: str, payload: Mapping[str, Any]) -> Ended:
    began_at = time.monotonic()
    client = JobClient(api_url)
    *_, job = client.follow(client.submit(type_name, payload)["id"])
    return Ended(job, payload.get("count", 1), time.monotonic() - began_at)


def _report(folder: Path) -> None:
    ended = [Ended(**json.loads(line)) for line in (folder / JOBS).read_text().splitlines()]
    print(f"{'type':<21}" + "".join(f"{title:>10}" for title in _COLUMNS))
    for name in JOB_TYPES:
        if of_type := [each for each in ended if each.job["type"] == name]:
            _print_row(name, of_type)
            _print_counts("missing", (code for each in of_type for code in each.codes))
            _print_lengths(words for each in of_type for words in each.lengths)
    _print_row("all", ended)
    _report_calls(recorded(folder / CALLS))
    found = [(each.job["type"], blemish) for each in ended for blemish in blemishes(each.job["result"])]
    print(f"Faults in the results: {len(found)}")
    for type_name, blemish in found:
        print(f"    {type_name} {blemish[:300]}")


def _report_calls(calls: Sequence[Mapping[str, Any]]) -> None:
    print(f"{len(calls)} calls reached the model")
    _print_counts("ended by", map(_ending, calls))
    _print_counts("with a limit", (limit_of(call) is not None for call in calls))


def _print_row(name: str, ended: Sequence[Ended]) -> None:
    completed = sum(each.job["status"] == "completed" for each in ended)
    whole, asked = sum(each.whole for each in ended), sum(each.asked for each in ended)
    ideal = sum(fewest_calls(each.job["type"], each.asked) for each in ended)
    mean_s = round(sum(each.wall_s for each in ended) / len(ended))
    calls, *tokens = [sum(each.job["usage"][figure] for each in ended) for figure in _USAGE]
    cells = [len(ended), completed, f"{whole} {whole * 100 // asked}%", asked, calls, ideal, *tokens, mean_s]
    print(f"{name:<21}" + "".join(f"{cell!s:>10}" for cell in cells))


def _print_counts(label: str, values: Iterable[object]) -> None:
    counts = Counter(map(str, values))
    if counts:
        print(f"    {label}: " + ", ".join(f"{value} {count}" for value, count in counts.most_common()))


def _print_lengths(words: Iterable[int]) -> None:
    """Print the lengths. Prompts ask for at least 60 words, but an answer of three words is still valid."""
    if found := sorted(words):
        print(f"    words of a description: {found[0]} to {found[-1]}, median {found[len(found) // 2]}")


def _ending(call: Mapping[str, Any]) -> str:
    if call["outcome"] != 200:
        return str(call["outcome"])
    return f"{call['answer']['choices'][0]['finish_reason']}"


if __name__ == "__main__":
    main()
