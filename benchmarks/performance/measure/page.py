"""What the page costs: requests and bytes of a job, the last answer of the LLM to pixels, and the first view."""

import json
import subprocess
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from benchmarks.performance.provider.process import ProviderProcess, provider
from benchmarks.performance.run import Run
from benchmarks.performance.section import Goal, Section, Spread, Table
from benchmarks.performance.stack import Stack, stack
from local.page_server import build
from local.project import ROOT

_PROGRAM = ROOT / "benchmarks/page/measure.mjs"
_LONG_POLL, _POLLING = "long poll", "polling"
#: Seconds that one call takes.
_LATENCIES_S = (0.4, 3.0, 15.0)
#: Those at which plain polling is measured too, and those of the goals.
_MEASURED_S = (0.4, 3.0)
#: Characters in one event of the provider's streams: a part of an answer arrives while the next ones are being written.
_CHUNK = 40
_MOST_REQUESTS, _MOST_DELAY_MS, _MOST_FIRST_VIEW_KB = 8, 100, 200

_TEXT = """Three characters in Chromium, from the click to the last card: 7 calls, 2 in a row, with streamed answers.
Everything runs on one machine. While a job runs, each long poll gathers changes for a third of the time that the job
has been running, at least 0.25 s and at most 5 s; its end is sent at once. "Polling" is the same page without the
`Prefer` header: it asks every 3 s. Requests include the submission. The preflights are the browser's, because the API
has another origin than the page; they are not part of the bytes. The local page server compresses with gzip;
CloudFront also has Brotli. The API does not compress."""


@dataclass(frozen=True, slots=True)
class Row:
    """Jobs with calls of one length, followed in one way."""

    latency_s: float
    way: str
    requests: Sequence[int]
    preflights: Sequence[int]
    #: With headers.
    kilobytes: Sequence[float]
    #: From the LLM's last answer to pixels.
    delays_ms: Sequence[float]
    #: The part of it after the browser had received the result.
    browser_ms: Sequence[float]
    #: What the first view loaded, as kind and bytes.
    first_view: Sequence[tuple[str, int]]

    @property
    def cells(self) -> list[str]:
        delay = Spread.of(self.delays_ms)
        return [
            f"{self.latency_s:g} s",
            self.way,
            Spread.of(self.requests).text(0),
            Spread.of(self.preflights).text(0),
            f"{Spread.of(self.kilobytes).median:.1f}",
            f"{delay.median:.0f}",
            f"{delay.most:.0f}",
            f"{Spread.of(self.browser_ms).median:.0f}",
        ]


def measure(run: Run) -> Section:
    """Raises `RuntimeError` if the page cannot be built, or Chromium does not run."""
    if not build.prepare(run.say):
        raise RuntimeError("the page cannot be built")
    with provider(chunk=_CHUNK) as llm, stack(run, llm, SERVE_PAGE="true") as system:
        _jobs(run, system, llm, 0.1, _LONG_POLL)
        rows = [
            _jobs(run, system, llm, latency_s, way)
            for latency_s in (_MEASURED_S if run.is_quick else _LATENCIES_S)
            for way in (_LONG_POLL, _POLLING)
            if way == _LONG_POLL or latency_s in _MEASURED_S
        ]
    return section(rows)


def _count(run: Run, latency_s: float) -> int:
    if run.is_quick:
        return 2
    return 3 if latency_s > max(_MEASURED_S) else 2 * run.repeats


def _jobs(run: Run, system: Stack, llm: ProviderProcess, latency_s: float, way: str) -> Row:
    count = _count(run, latency_s)
    llm.set_latency(latency_s)
    llm.reset()
    assert system.urls.web is not None
    argv = ["node", str(_PROGRAM), system.urls.web, system.urls.api, way, str(count)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        raise RuntimeError(f"the page was not measured: {done.stderr[-2000:]}")
    row = _row(latency_s, way, json.loads(done.stdout), _answered_at(llm))
    run.say(
        f"{latency_s:g} s, {way}: {Spread.of(row.requests).text(0)} requests, {Spread.of(row.delays_ms).text(0)} ms"
    )
    return row


def _answered_at(llm: ProviderProcess) -> list[float]:
    """When the calls were answered, in order."""
    return sorted(call["answered_at"] for call in llm.calls() if call["answered_at"] is not None)


def _row(latency_s: float, way: str, found: dict[str, Any], answered_at: Sequence[float]) -> Row:
    runs = found["runs"]
    # The browser's times are since 1970, the provider's are of the monotonic clock.
    offset_s = time.time() - time.monotonic()
    shown_at = [each["shownAtMs"] / 1000 - offset_s for each in runs]
    return Row(
        latency_s=latency_s,
        way=way,
        requests=[each["requests"] for each in runs],
        preflights=[each["preflights"] for each in runs],
        kilobytes=[each["bytes"] / 1000 for each in runs],
        delays_ms=[1000 * (shown - answered_at[bisect_right(answered_at, shown) - 1]) for shown in shown_at],
        browser_ms=[each["shownAtMs"] - each["receivedAtMs"] for each in runs],
        first_view=[(answer["kind"], answer["bytes"]) for answer in found["firstView"]],
    )


def section(rows: Sequence[Row]) -> Section:
    polled = [row for row in rows if row.way == _LONG_POLL]
    goals = [goal for row in polled for goal in _goals(row)]
    return Section(
        key="page",
        title="The page",
        text=" ".join(_TEXT.split()),
        tables=[_jobs_table(rows), _first_view_table(rows[0].first_view)],
        goals=[*goals, Goal("First view", _MOST_FIRST_VIEW_KB, _kilobytes(rows[0].first_view), "kB")],
        data=[
            {
                "latency_s": row.latency_s,
                "way": row.way,
                "requests": list(row.requests),
                "preflights": list(row.preflights),
                "kilobytes": list(row.kilobytes),
                "delays_ms": list(row.delays_ms),
                "browser_ms": list(row.browser_ms),
            }
            for row in rows
        ],
    )


def _goals(row: Row) -> list[Goal]:
    requests = Goal(f"Requests of a job, {row.latency_s:g} s a call", _MOST_REQUESTS, Spread.of(row.requests).median)
    if row.latency_s not in _MEASURED_S:
        return [requests]
    delay = Spread.of(row.delays_ms).median
    return [requests, Goal(f"Last answer to pixels, {row.latency_s:g} s a call", _MOST_DELAY_MS, delay, "ms")]


def _jobs_table(rows: Sequence[Row]) -> Table:
    columns = [
        "one call",
        "way",
        "requests",
        "preflights",
        "kB a job",
        "last answer to pixels, ms",
        "worst, ms",
        "in the browser, ms",
    ]
    return Table(columns, [row.cells for row in rows], "A job")


def _first_view_table(answers: Sequence[tuple[str, int]]) -> Table:
    kinds = [(kind, [size for _, size in group]) for kind, group in groupby(sorted(answers), lambda answer: answer[0])]
    found: list[list[str | int]] = [[kind, len(sizes), f"{sum(sizes) / 1000:.1f}"] for kind, sizes in kinds]
    found.append(["all", len(answers), f"{_kilobytes(answers):.1f}"])
    return Table(["what", "requests", "kB as sent"], found, "The first view")


def _kilobytes(answers: Sequence[tuple[str, int]]) -> float:
    return sum(size for _, size in answers) / 1000
