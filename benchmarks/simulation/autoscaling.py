"""Target tracking of the generator's tasks, as `infra/cdk/scaling.py` configures it."""

import math
from collections import deque
from collections.abc import Callable

from benchmarks.simulation.event_loop import EventLoop
from benchmarks.simulation.generator import Fleet
from benchmarks.simulation.knobs import Knobs

#: CloudWatch has one value a minute. The managed alarms of a target tracking policy go off after three values above the
#: target, or fifteen below nine tenths of it (Application Auto Scaling user guide, "Target tracking scaling policies").
PERIOD_S = 60.0
_ABOVE, _BELOW = 3, 15
_LOWER_SHARE = 0.9


class Autoscaling:
    """Measures every minute, and starts or stops tasks."""

    def __init__(
        self, loop: EventLoop, fleet: Fleet, knobs: Knobs, *, in_flight: Callable[[], int], task_start_s: float
    ) -> None:
        self._loop = loop
        self._fleet = fleet
        self._knobs = knobs
        self._in_flight = in_flight
        self._task_start_s = task_start_s
        self._values: deque[float] = deque(maxlen=_BELOW)
        self._desired = len(fleet.tasks)
        #: From when the policy may start or stop further tasks.
        self._out_from_s = self._in_from_s = 0.0
        self.task_s = 0.0
        self.most_tasks = self._desired
        loop.after(PERIOD_S, self._measure)

    def _measure(self) -> None:
        self.task_s += PERIOD_S * len(self._fleet.tasks)
        self._values.append(self._in_flight() / len(self._fleet.tasks))
        # A value is available a minute after it was measured.
        self._loop.after(PERIOD_S, self._decide, list(self._values))
        self._loop.after(PERIOD_S, self._measure)

    def _decide(self, values: list[float]) -> None:
        target, now_s = self._knobs.target_jobs, self._loop.now_s
        wanted = math.ceil(values[-1] / target * len(self._fleet.tasks))
        wanted = min(self._knobs.max_tasks, max(self._knobs.min_tasks, wanted))
        is_above = len(values) >= _ABOVE and min(values[-_ABOVE:]) > target
        is_below = len(values) >= _BELOW and max(values) < _LOWER_SHARE * target
        if is_above and wanted > self._desired and now_s >= self._out_from_s:
            self._desired = wanted
            self._out_from_s = now_s + self._knobs.scale_out_cooldown_s
            self._loop.after(self._task_start_s, self._resize)
        elif is_below and wanted < self._desired and now_s >= self._in_from_s:
            self._desired = wanted
            self._in_from_s = now_s + self._knobs.scale_in_cooldown_s
            self._resize()

    def _resize(self) -> None:
        self._fleet.resize(self._desired)
        self.most_tasks = max(self.most_tasks, self._desired)
