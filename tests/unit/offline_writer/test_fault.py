"""Fault plans are validated strictly, and rules strike as often as they say."""

from random import Random
from typing import Any

import pytest

from foundation.settings import SettingsError
from local.offline_writer.settings import OfflineWriterSettings
from local.offline_writer.wire.fault import Faults, PlanFault, read_plan


def faults(*rules: dict[str, Any]) -> Faults:
    made = Faults(0, [], Random(1))
    made.replace(read_plan({"rules": list(rules)}))
    return made


def test_a_rule_strikes_at_most_as_often_as_it_says() -> None:
    plan = faults({"fault": "500", "times": 2})
    assert [bool(plan.strike("x")) for _ in range(4)] == [True, True, False, False]


def test_a_rule_may_apply_to_one_schema_only() -> None:
    plan = faults({"fault": "empty", "schema": "relic_history"})
    assert plan.strike("relic_names") is None
    assert plan.strike("relic_history") is not None


def test_a_rule_with_a_rate_strikes_at_that_rate() -> None:
    plan = faults({"fault": "429", "rate": 0.3})
    struck = sum(plan.strike("x") is not None for _ in range(1000))
    assert 200 < struck < 400


def test_the_first_plan_comes_from_the_environment() -> None:
    settings = OfflineWriterSettings.read({"OFFLINE_LLM_FAULTS": "429=0.1, 500=0.05, hang"})
    rules = [(rule.fault, rule.rate) for rule in settings.offline_llm_faults]
    assert rules == [("429", 0.1), ("500", 0.05), ("hang", 1)]


@pytest.mark.parametrize("given", ["teapot", "429=2", "429=x", "=1"])
def test_an_invalid_first_plan_is_refused_with_a_list_of_the_faults(given: str) -> None:
    with pytest.raises(SettingsError, match=r"OFFLINE_LLM_FAULTS: .*Faults are: 429"):
        OfflineWriterSettings.read({"OFFLINE_LLM_FAULTS": given})


@pytest.mark.parametrize(
    "plan",
    [
        {"rules": [{"fault": "teapot"}]},
        {"rules": [{"fault": "429", "rate": 2}]},
        {"rules": [{"fault": "429", "times": -1}]},
        {"latency": 3},
        [],
        None,
    ],
)
def test_an_invalid_plan_is_refused_with_a_list_of_the_faults(plan: Any) -> None:
    with pytest.raises(PlanFault, match="Faults are: 429"):
        read_plan(plan)
