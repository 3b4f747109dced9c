"""The figures of the page."""

import time

from benchmarks.performance.measure import page


def found(shown_at_s: float, requests: int) -> dict[str, object]:
    shown_at_ms = 1000 * (shown_at_s + time.time() - time.monotonic())
    return {
        "receivedAtMs": shown_at_ms - 20,
        "shownAtMs": shown_at_ms,
        "requests": requests,
        "preflights": 2,
        "bytes": 20_000,
    }


def test_each_job_is_measured_from_the_last_answer_before_its_pixels() -> None:
    """The answers of the next job are in the same list."""
    now = time.monotonic()
    runs = [found(now + 0.08, 5), found(now + 10.07, 7)]
    first_view = [{"kind": "script", "bytes": 100_000}, {"kind": "font", "bytes": 27_000}]
    answered_at = [now - 1, now, now + 9, now + 10]
    row = page._row(0.4, "long poll", {"runs": runs, "firstView": first_view}, answered_at)
    assert [round(delay) for delay in row.delays_ms] == [80, 70]
    assert [round(part) for part in row.browser_ms] == [20, 20]
    goals = {goal.text: (round(goal.measured), goal.is_met) for goal in page.section([row]).goals}
    assert goals == {
        "Requests of a job, 0.4 s a call": (6, True),
        "Last answer to pixels, 0.4 s a call": (75, True),
        "First view": (127, True),
    }
