"""The figures of a run of the chaos tests, as the table in docs/reliability.md."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_HEAD = """\
# Reliability

What was done to the real stack (`make stack`'s own code: Redis, SQS emulator, worker and generator as processes of
their own), and what came of it. Each line is a test in `tests/chaos`; `make reliability` writes this page.

- **Recovery**: from the blow to the end of the job, seconds. A job of three characters takes {quiet_s:.1f} s when
  nothing happens.
- **Calls**: calls to the LLM that were begun, against the least with which the job can be written. Calls that were
  under way when a process died are paid for and lost; nothing else may be.

Leases last 15 s and the schedule runs each 5 s locally, so a killed worker's job goes on after 15 to 20 s.

| scenario | ends | recovery (s) | calls | least | under way at the blow |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Figure:
    scenario: str
    ending: str
    recovery_s: float | None = None
    calls: int | None = None
    least: int | None = None
    in_flight: int | None = None

    def row(self) -> str:
        recovery = "" if self.recovery_s is None else f"{self.recovery_s:.1f}"
        numbers = ["" if n is None else str(n) for n in (self.calls, self.least, self.in_flight)]
        return f"| {' | '.join([self.scenario, self.ending, recovery, *numbers])} |"


class Report:
    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.quiet_s = 0.0

    def note(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(figure.row())

    def write(self) -> None:
        """To the file that CHAOS_REPORT names, if it names one."""
        path = os.environ.get("CHAOS_REPORT")
        if not path or not self.figures:
            return
        rows = "\n".join(figure.row() for figure in sorted(self.figures, key=lambda figure: figure.scenario))
        machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
        made = f"\n\nWritten on {datetime.now(UTC):%Y-%m-%d}; {machine}.\n"
        Path(path).write_text(_HEAD.format(quiet_s=self.quiet_s) + rows + made, encoding="utf-8")
