"""The settings of the offline writer."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from foundation.settings import EnvironmentSettings
from local.offline_writer.wire.fault import Rule, read_plan


def _rules(given: object) -> object:
    """The rules in a text such as "429=0.1,500=0.05". Raises `PlanFault`."""
    if not isinstance(given, str):
        return given
    pairs = [part.strip().partition("=") for part in given.split(",") if part.strip()]
    return read_plan({"rules": [{"fault": name, "rate": rate or 1} for name, _, rate in pairs]}).rules


class OfflineWriterSettings(EnvironmentSettings):
    #: How long it takes for an answer.
    offline_llm_latency_s: float = Field(default=0, ge=0)
    #: Makes the texts reproducible.
    offline_writer_seed: int | None = None
    #: The faults at the start, each with its share of the calls.
    offline_llm_faults: Annotated[list[Rule], BeforeValidator(_rules)] = Field(default_factory=list)
