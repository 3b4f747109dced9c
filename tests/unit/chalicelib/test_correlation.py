"""The request id, which is the trace id that the running task passes on."""

import pytest

from chalicelib import correlation
from foundation import log_context

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
XRAY = f"Root=1-{TRACE_ID[:8]}-{TRACE_ID[8:]};Parent=53995c3f42cd8ad8;Sampled="


@pytest.mark.parametrize(("xray", "flags"), [(None, "01"), (f"{XRAY}1", "01"), (f"{XRAY}0", "00")])
def test_the_sampling_decision_of_x_ray_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, xray: str | None, flags: str
) -> None:
    """Otherwise every job would be exported and paid for, although only one in twenty is sampled."""
    if xray is None:
        monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    else:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", xray)
    log_context.begin(request_id=TRACE_ID)
    header = correlation.traceparent()
    assert header is not None
    assert header.split("-")[:2] == ["00", TRACE_ID]
    assert header.split("-")[3] == flags


def test_without_a_request_there_is_no_trace() -> None:
    log_context.begin()
    assert correlation.traceparent() is None


def test_the_trace_id_of_x_ray_becomes_the_request_id() -> None:
    assert correlation.new_request_id(None, f"{XRAY}1") == TRACE_ID
