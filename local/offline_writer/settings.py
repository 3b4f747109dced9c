"""Reads the offline writer's settings from the environment."""

from collections.abc import Iterator, Mapping
from random import Random

from local.offline_writer.wire.fault import Faults, PlanFault


def seed(environment: Mapping[str, str]) -> int | None:
    """OFFLINE_WRITER_SEED, which makes the texts reproducible, or None. Raises `ValueError`."""
    given = environment.get("OFFLINE_WRITER_SEED")
    return int(given) if given else None


def plan(environment: Mapping[str, str], seed: int | None = None) -> Faults:
    """The faults that OFFLINE_LLM_FAULTS asks for. Raises `PlanFault`."""
    return Faults.of_environment(environment, Random(seed))  # noqa: S311 - faults, not secrets


def faults(environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the settings, one sentence per variable."""
    try:
        seed(environment)
    except ValueError:
        yield "OFFLINE_WRITER_SEED: must be a whole number"
    try:
        plan({**environment, "OFFLINE_LLM_LATENCY_S": ""})
    except PlanFault as fault:
        yield f"OFFLINE_LLM_FAULTS: {fault}"
    try:
        plan({**environment, "OFFLINE_LLM_FAULTS": ""})
    except PlanFault:
        yield "OFFLINE_LLM_LATENCY_S: must be a number, 0 or more"
