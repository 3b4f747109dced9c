"""Keeps programs running: a thread starts them, watches them, restarts dead ones, and stops them all."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from local.error import LocalError
from local.stack.child import Child
from local.stack.child_groups import ChildGroups
from local.stack.process_ids import ProcessIds
from local.stack.program import Program

log = logging.getLogger(__name__)

#: How often the thread looks at the programs, seconds: while one is not ready, and otherwise.
_TICK_S = 0.05
_CALM_TICK_S = 0.25


class Supervisor:
    """Runs programs in its own thread. Calls `on_change` in that thread whenever `processes` has changed."""

    def __init__(self, log_dir: Path, on_change: Callable[[], None] = lambda: None) -> None:
        self._on_change = on_change
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        #: Set to end the pause between two checks.
        self._woken = threading.Event()
        self._orders: deque[Sequence[Program]] = deque()
        self._groups = ChildGroups(log_dir)
        self._pids: dict[str, int] = {}
        self._process_ids = ProcessIds()
        self._failure: LocalError | None = None
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self, *programs: Program) -> None:
        """Start programs side by side and return at once. `stop` ends them before those that were started earlier."""
        with self._changed:
            self._orders.append(programs)
        self._woken.set()
        if not self._thread.is_alive():
            self._thread.start()

    def wait_ready(self, *names: str, timeout_s: float) -> None:
        """Wait until all of these are ready. Raises `StartFailed`."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._groups.are_ready(names), timeout_s)
            if self._over:
                raise self._failure or LocalError("The stack was stopped while it was starting.")
            for child in self._groups.children:
                if child.program.name in names and not child.ready:
                    raise child.failure(f"was not ready after {timeout_s:g} s")

    @property
    def processes(self) -> dict[str, int]:
        """Process ids by name, including the programs' own processes."""
        with self._changed:
            return dict(self._pids)

    def wait(self) -> None:
        """Wait for `stop`. Raises `LocalError` if the supervisor has failed."""
        self._stopping.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop everything. Returns when all processes have ended. Idempotent."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                self._tick()
                self._woken.wait(_CALM_TICK_S if self._groups.all_ready else _TICK_S)
        except Exception:
            log.exception("The supervisor failed and stops everything")
            self._failure = LocalError("The supervisor failed and stopped everything.")
            self._stopping.set()
        finally:
            self._groups.end()
            with self._changed:
                self._changed.notify_all()

    def _tick(self) -> None:
        with self._changed:
            orders = [self._orders.popleft() for _ in range(len(self._orders))]
        for programs in orders:
            self._groups.spawn(programs)
        for child in self._groups.children:
            self._look_after(child)
        self._report()

    def _look_after(self, child: Child) -> None:
        if self._over:
            return
        try:
            if happened := child.tick():
                log.warning(happened)
        except LocalError as error:
            self._failure = error

    def _report(self) -> None:
        changed = self._process_ids.update(self._groups.children)
        with self._changed:
            self._pids = self._process_ids.known
            self._changed.notify_all()
        if changed:
            self._on_change()

    @property
    def _over(self) -> bool:
        return self._failure is not None or self._stopping.is_set()
