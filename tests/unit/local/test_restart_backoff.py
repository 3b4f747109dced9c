"""A program that keeps dying is restarted with a delay."""

from local.process.restart_backoff import RestartBackoff


def test_a_program_that_keeps_dying_is_restarted_with_growing_delays() -> None:
    """The first restart is immediate, because the program may have been killed. No delay is longer than 10 s."""
    backoff = RestartBackoff()
    assert [backoff.delay_s(0.1) for _ in range(8)] == [0, 0.5, 1, 2, 4, 8, 10, 10]
    assert backoff.delay_s(60) == 0
    assert backoff.delay_s(0.1) == 0
