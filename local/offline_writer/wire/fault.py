"""Faults on demand: the kinds of faults, when they strike, and the plan that configures them."""

from random import Random
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from foundation.validation import faults_of

FaultName = Literal[
    "429",
    "500",
    "503",
    "401",
    "insufficient_quota",
    "broken_body",
    "garbage",
    "wrong_schema",
    "truncated",
    "refusal",
    "empty",
    "hang",
    "drop",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Rule(_Strict):
    """One fault and the requests that it strikes."""

    fault: FaultName
    #: The probability for each matching request.
    rate: Annotated[float, Field(ge=0, le=1)] = 1
    #: How many times it strikes; None: no limit.
    times: Annotated[int, Field(ge=0)] | None = None
    #: The Retry-After header of 429 and 503; None: no header.
    retry_after_s: Annotated[float, Field(ge=0)] | None = None
    #: Only requests with a schema of this name, such as "character_stats"; None: all requests.
    schema_name: str | None = Field(default=None, alias="schema")


class Plan(_Strict):
    """How the offline writer behaves from now on."""

    #: How long a call takes, seconds, multiplied by a random 0.6 to 1.4; None: as before.
    latency_s: Annotated[float, Field(ge=0)] | None = None
    #: The first rule that strikes wins.
    rules: list[Rule] = Field(default_factory=list)


class PlanFault(ValueError):
    """The plan is invalid. The message lists every fault."""


class Faults:
    """The current plan. `random` draws for rates and varies latencies."""

    def __init__(self, latency_s: float, rules: list[Rule], random: Random) -> None:
        self._plan = Plan(latency_s=latency_s, rules=rules)
        self._random = random

    @property
    def plan(self) -> dict[str, Any]:
        """The plan in the form that `read_plan` accepts."""
        return self._plan.model_dump(by_alias=True)

    def replace(self, plan: Plan) -> None:
        latency_s = self._plan.latency_s if plan.latency_s is None else plan.latency_s
        self._plan = Plan(latency_s=latency_s, rules=plan.rules)

    def latency_s(self) -> float:
        """How long the next call takes."""
        return (self._plan.latency_s or 0) * self._random.uniform(0.6, 1.4)

    def strike(self, schema_name: str) -> Rule | None:
        """The rule that strikes this request, or None. Counts the strike."""
        for rule in self._plan.rules:
            matches = rule.schema_name in (None, schema_name) and rule.times != 0
            if matches and self._random.random() < rule.rate:
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None


def read_plan(given: Any) -> Plan:
    """The plan in a JSON value. Raises `PlanFault`."""
    try:
        return Plan.model_validate(given)
    except ValidationError as error:
        known = f"Faults are: {', '.join(get_args(FaultName))}."
        raise PlanFault("; ".join([*faults_of(error, "plan"), known])) from None
