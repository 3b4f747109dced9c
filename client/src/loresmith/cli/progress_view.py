"""A job while it runs: a live display on a terminal, a line for each message elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from statistics import median
from types import TracebackType
from typing import Protocol

from rich.console import Console, ConsoleOptions, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from loresmith import LoreSmith
from loresmith.cli.figure import duration, label
from loresmith.cli.session import Session
from loresmith.cli.terminal import has_only_ascii, note, plain, stderr
from loresmith.error import LoreSmithError
from loresmith.model import Item, JobRecord, JobState, JobType

_BAR_WIDTH = 30
#: Enough for the time, and the display flickers less.
_REFRESHES_PER_S = 4
#: How many earlier jobs the usual duration is computed from.
_JOBS_MEASURED = 20


class ProgressView(Protocol):
    def __enter__(self) -> ProgressView: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def show(self, state: JobState) -> None: ...


@dataclass(frozen=True)
class Expectation:
    """What is known before a job runs: the stages of a piece in order, and the durations of earlier jobs."""

    stages: Sequence[str] = ()
    #: Number of pieces and seconds of each earlier job.
    earlier: Sequence[tuple[int | None, float]] = ()

    def duration_s(self, pieces: int) -> float | None:
        """The median of jobs with as many pieces, else of all; None if there are none."""
        alike = [seconds for count, seconds in self.earlier if count == pieces]
        times = alike or [seconds for _, seconds in self.earlier]
        return median(times) if times else None


def expectation(client: LoreSmith, type_name: str, job_types: Sequence[JobType] | None = None) -> Expectation:
    """What the API knows about jobs of this type. Empty if it cannot be read: the display must not fail."""
    try:
        known = client.job_types() if job_types is None else job_types
        stages = [each.stage for job_type in known if job_type.type == type_name for each in job_type.fields]
        records = client.history(type=type_name, status="completed", limit=_JOBS_MEASURED)
        return Expectation(list(dict.fromkeys(stages)), [_measured(record) for record in records])
    except LoreSmithError:
        return Expectation()


def _measured(record: JobRecord) -> tuple[int | None, float]:
    count = record.summary.get("count")
    began = record.started_at or record.created_at
    return count if isinstance(count, int) else None, (record.ended_at - began).total_seconds()


class SilentView:
    """Shows nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> SilentView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def show(self, state: JobState) -> None:  # noqa: ARG002
        self._session.is_connected()


class LineView(SilentView):
    """A line for each new message."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._last = ("", "")

    def show(self, state: JobState) -> None:
        super().show(state)
        if (state.status, state.message) != self._last:
            self._last = (state.status, state.message)
            note(f"{state.progress:3d}%  {state.message}")


@dataclass
class Display:
    """What the live display shows at this moment."""

    state: JobState
    expected: Expectation
    outage: str | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(timezone.utc))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        state = self.state
        head = Table.grid(padding=(0, 1))
        width = max(5, min(_BAR_WIDTH, options.max_width - 40))
        head.add_row(ProgressBar(completed=state.progress, width=width), f"{state.progress:3d}%", self._times())
        yield head
        yield _line(Text(plain(state.message)), console)
        for item in state.items:
            yield _line(self._piece(item, ascii_only=has_only_ascii(console)), console)
        if self.outage:
            yield _line(Text(plain(self.outage), "yellow"), console)

    def _times(self) -> Text:
        began = self.state.started_at or self.state.created_at
        elapsed_s = (self.now() - began).total_seconds()
        expected_s = self.expected.duration_s(len(self.state.items))
        usual = "" if expected_s is None else f" of about {duration(expected_s)}"
        attempt = f", attempt {self.state.attempt}" if self.state.attempt > 1 else ""
        return Text(f"{duration(elapsed_s)}{usual}{attempt}", "dim", no_wrap=True)

    def _piece(self, item: Item, *, ascii_only: bool) -> Text:
        done, open_ = ("[x]", "[ ]") if ascii_only else ("✓", "·")
        name = plain(item.name) if item.name else f"No. {item.index + 1}"
        line = Text.assemble((done if item.complete else open_, "green"), " ", (name, "bold" if item.name else "dim"))
        stages = [*self.expected.stages, *(each for each in item.stages if each not in self.expected.stages)]
        for stage in stages:
            finished = stage in item.stages
            line.append(
                f"  {done if finished else open_} {label(plain(stage)).lower()}", "green" if finished else "dim"
            )
        return line


class LiveView:
    """Redraws a few lines on the terminal until the job has ended. The lines then disappear."""

    def __init__(self, session: Session, console: Console, expected: Expectation) -> None:
        self._session = session
        self._expected = expected
        self._display: Display | None = None
        self._live = Live(
            console=console,
            refresh_per_second=_REFRESHES_PER_S,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> LiveView:
        self._session.show_outage = self._show_outage
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
        self._session.show_outage = None

    def show(self, state: JobState) -> None:
        self._session.is_connected()
        self._display = Display(state, self._expected)
        self._live.update(self._display, refresh=True)

    def _show_outage(self, sentence: str) -> None:
        if self._display is not None:
            self._display.outage = sentence


def progress_view(session: Session, expected: Callable[[], Expectation], *, silent: bool) -> ProgressView:
    """The view for a terminal, or for other output, on stderr. `expected` is called only if it is shown."""
    console = stderr()
    if silent:
        return SilentView(session)
    if not console.is_terminal or console.is_dumb_terminal:
        return LineView(session)
    return LiveView(session, console, expected())


def _line(text: Text, console: Console) -> Text:
    text.no_wrap = True
    text.overflow = "crop" if has_only_ascii(console) else "ellipsis"
    return text
