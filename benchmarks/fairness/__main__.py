"""`.venv/bin/python -m benchmarks.fairness`: does an owner who submits without pause make another one wait?

Each job is one relic (three LLM calls). "Wait" is the time from just before the request that submits a job until a
worker claims the job. The quiet owner submits one job at a time. The abuser submits from several processes over many
connections, and sends the next request as soon as one is answered. Phases without and with the abuser alternate, so
that both see the same machine. All workers are started before the first phase. The limits are then lifted one after the
other, to show what each contributes.

Exits with 1 if, with the deployed limits or with the quotas alone, the mean wait beside the abuser is more than twice
the mean wait alone.
"""

import statistics
import sys
from itertools import chain

from benchmarks.fairness.waiting import DEPLOYED, NONE, QUOTAS_ALONE, measure, quantile

ROUNDS = 4
#: The promise: the mean wait at most doubles.
MOST_RATIO = 2.0


def main() -> int:
    print(f"{'limits':<12} {'phase':<7} {'median':>9} {'mean':>9} {'90 %':>9} {'worst':>9} {'sent':>9} {'accepted':>8}")
    cases = (("deployed", DEPLOYED), ("quotas alone", QUOTAS_ALONE), ("none", NONE))
    *promised, _ = [compare(name, limits) for name, limits in cases]
    return 1 if max(promised) > MOST_RATIO else 0


def compare(name: str, limits: dict[str, str]) -> float:
    """Measure with these limits and print the results. Returns the ratio of the mean waits."""
    found = measure(limits, ROUNDS)
    quiet, abused = list(chain(*found.alone)), list(chain(*found.beside))
    for phase, waits, abusive in (("alone", quiet, ""), ("beside", abused, f"{found.sent:>9} {found.accepted:>8}")):
        figures = (statistics.median(waits), statistics.mean(waits), quantile(waits, 0.9), max(waits))
        print(f"{name:<12} {phase:<7} {' '.join(f'{figure:>7.3f} s' for figure in figures)} {abusive}")
    ratio = statistics.mean(abused) / statistics.mean(quiet)
    print(
        f"{name:<12} ratio of means {ratio:.2f}, of medians {statistics.median(abused) / statistics.median(quiet):.2f}"
    )
    return ratio


if __name__ == "__main__":
    sys.exit(main())
