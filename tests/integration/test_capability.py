"""The probes of AWS endpoints, and a check that an emulator has lost no capability."""

import pytest

from tests.backend import GIVEN, Backend, chosen
from tests.capability import PROBES, Capabilities, table

#: What the emulators cannot do in their pinned versions.
MISSING = {"moto": {"lambda.functions_here"}, "ministack": set[str]()}


def test_an_emulator_has_all_its_known_capabilities(backend: Backend) -> None:
    """Otherwise tests that need a lost one would be skipped unnoticed."""
    if backend.name == GIVEN:
        pytest.skip("AWS_ENDPOINT_URL is your own endpoint; only moto and ministack have known capabilities")
    reasons = {name: reason for name in PROBES if (reason := backend.capabilities.missing(name))}
    assert reasons.keys() == MISSING[backend.name], reasons


@pytest.mark.parametrize("name", sorted(PROBES))
def test_an_endpoint_that_does_not_answer_has_no_capabilities(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is its error."""
    down = Backend("down", "http://127.0.0.1:9")
    for variable, value in down.environment().items():
        monkeypatch.setenv(variable, value)
    assert "http://127.0.0.1:9" in (down.capabilities.missing(name) or "")


def test_a_capability_is_probed_only_once() -> None:
    tries = []
    capabilities = Capabilities({"sqs.delay": lambda: tries.append(1)})
    assert [capabilities.missing("sqs.delay"), capabilities.missing("sqs.delay")] == [None, None]
    assert tries == [1]


def test_the_table_shows_whether_each_endpoint_has_each_capability() -> None:
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
def test_the_environment_selects_the_endpoints(environment: dict[str, str], expected: tuple[str, ...]) -> None:
    assert chosen(environment) == expected


def test_an_unknown_emulator_is_refused() -> None:
    with pytest.raises(ValueError, match="moto or ministack"):
        chosen({"AWS_EMULATOR": "motto"})
