"""What tests need of an AWS endpoint is found out, and does not get lost unnoticed."""

import pytest

from tests.backend import GIVEN, Backend, chosen
from tests.capability import PROBES, Capabilities, table

#: What our own emulators, as pinned, cannot do.
MISSING = {"moto": {"lambda.functions_here"}, "ministack": set[str]()}


def test_an_emulator_can_do_what_it_could(backend: Backend) -> None:
    """Else the tests that need it would be skipped from then on, and nobody would see it."""
    if backend.name == GIVEN:
        pytest.skip("AWS_ENDPOINT_URL names an endpoint of your own; this table is checked for moto and ministack only")
    reasons = {name: reason for name in PROBES if (reason := backend.capabilities.missing(name))}
    assert reasons.keys() == MISSING[backend.name], reasons


@pytest.mark.parametrize("name", sorted(PROBES))
def test_an_endpoint_that_does_not_answer_has_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its error is the reason that is printed."""
    nobody = Backend("nobody", "http://127.0.0.1:9")
    for variable, value in nobody.environment().items():
        monkeypatch.setenv(variable, value)
    assert "http://127.0.0.1:9" in (nobody.capabilities.missing(name) or "")


def test_a_capability_is_tried_once() -> None:
    tries = []
    capabilities = Capabilities({"sqs.delay": lambda: tries.append(1)})
    assert [capabilities.missing("sqs.delay"), capabilities.missing("sqs.delay")] == [None, None]
    assert tries == [1]


def test_the_table_tells_what_is_there_what_is_missing_and_what_nobody_asked_for() -> None:
    lines = [line.split() for line in table({"a": {"x": None, "y": "no such thing"}, "b": {"x": "broken"}})]
    assert lines == [["a", "b"], ["x", "yes", "no"], ["y", "no", "not", "asked"]]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("moto", "ministack")),
        ({"AWS_EMULATOR": "ministack"}, ("ministack",)),
        ({"AWS_EMULATOR": "moto", "AWS_ENDPOINT_URL": ""}, ("moto",)),
        ({"AWS_EMULATOR": "moto", "AWS_ENDPOINT_URL": "http://localhost:4566"}, (GIVEN,)),
    ],
)
def test_the_environment_picks_the_endpoint(environment: dict[str, str], expected: tuple[str, ...]) -> None:
    assert chosen(environment) == expected


def test_an_emulator_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="moto or ministack"):
        chosen({"AWS_EMULATOR": "motto"})
