"""Keeps programs running: a thread starts them, watches them, restarts dead ones, and stops them all.

Ctrl-C can raise `KeyboardInterrupt` at any point of the main thread, also between taking a lock and the block that
releases it. A lock of `threading`, and so an `Event` or a `Thread`, would then stay locked, and `stop` would wait
forever. So the threads share nothing that is locked in Python: only queues that are written in C, and values that are
replaced as a whole.
"""

import _thread
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

from local.error import LocalError
from local.stack.child import Child
from local.stack.child_groups import ChildGroups
from local.stack.process_ids import ProcessIds
from local.stack.program import Program

log = logging.getLogger(__name__)

#: How often the thread looks at the programs, seconds: while one is not ready, and otherwise.
_TICK_S = 0.05
_CALM_TICK_S = 0.25
#: How often `wait_ready` looks, seconds.
_READY_TICK_S = 0.02


class Supervisor:
    """Runs programs in its own thread. Calls `on_change` in that thread whenever `processes` has changed."""

    def __init__(self, log_dir: Path, on_change: Callable[[], None] = lambda: None) -> None:
        self._on_change = on_change
        self._orders: deque[Sequence[Program]] = deque()
        #: An entry ends the pause between two checks.
        self._wakings: SimpleQueue[None] = SimpleQueue()
        self._has_begun = self._stopping = self._has_ended = False
        #: One thread takes it and runs.
        self._turn: SimpleQueue[None] = SimpleQueue()
        self._turn.put(None)
        #: An entry tells a waiting thread at once that this one has ended.
        self._end: SimpleQueue[None] = SimpleQueue()
        self._groups = ChildGroups(log_dir)
        self._pids: dict[str, int] = {}
        self._process_ids = ProcessIds()
        self._failure: LocalError | None = None

    def start(self, *programs: Program) -> None:
        """Start programs side by side and return at once. `stop` ends them before those that were started earlier."""
        self._orders.append(programs)
        self._wakings.put(None)
        self._begin()

    def wait_ready(self, *names: str, timeout_s: float) -> None:
        """Wait until all of these are ready. Raises `StartFailed`."""
        deadline = time.monotonic() + timeout_s
        while not self._groups.are_ready(names):
            if self._over:
                raise self._failure or LocalError("The stack was stopped while it was starting.")
            for child in self._groups.children:
                if child.program.name in names and not child.ready and time.monotonic() > deadline:
                    raise child.failure(f"was not ready after {timeout_s:g} s")
            time.sleep(_READY_TICK_S)

    @property
    def processes(self) -> dict[str, int]:
        """Process ids by name, including the programs' own processes."""
        return dict(self._pids)

    def wait(self) -> None:
        """Wait for `stop`. Raises `LocalError` if the supervisor has failed."""
        self._wait_for_end()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop everything. Returns when all processes have ended. Idempotent."""
        self._stopping = True
        self._wakings.put(None)
        self._begin()
        self._wait_for_end()

    def _begin(self) -> None:
        """Start the thread, unless it runs. A second one that is started by chance ends at once."""
        if not self._has_begun:
            _thread.start_new_thread(self._run, ())

    def _wait_for_end(self) -> None:
        while not self._has_ended:
            with contextlib.suppress(Empty):
                self._end.get(timeout=_CALM_TICK_S)

    def _run(self) -> None:
        self._has_begun = True
        try:
            self._turn.get_nowait()
        except Empty:
            return
        try:
            while not self._over:
                self._tick()
                with contextlib.suppress(Empty):
                    self._wakings.get(timeout=_CALM_TICK_S if self._groups.all_ready else _TICK_S)
        except Exception:
            log.exception("The supervisor failed and stops everything")
            self._failure = LocalError("The supervisor failed and stopped everything.")
        finally:
            self._groups.end()
            self._has_ended = True
            self._end.put(None)

    def _tick(self) -> None:
        while self._orders:
            self._groups.spawn(self._orders.popleft())
        for child in self._groups.children:
            self._look_after(child)
        changed = self._process_ids.update(self._groups.children)
        self._pids = self._process_ids.known
        if changed:
            self._on_change()

    def _look_after(self, child: Child) -> None:
        if self._over:
            return
        try:
            if happened := child.tick():
                log.warning(happened)
        except LocalError as error:
            self._failure = error

    @property
    def _over(self) -> bool:
        return self._failure is not None or self._stopping
