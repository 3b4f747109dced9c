"""Every code that a client can meet is documented."""

import re
from pathlib import Path
from typing import Any

from chalicelib.adapter import grpc_generator
from chalicelib.api import problem
from chalicelib.domain import retry
from chalicelib.domain.error import LoreSmithError
from chalicelib.service import executor, recovery
from generator_service.error import LoreError

ROOT = Path(__file__).parents[3]
DOCUMENTED = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs/errors.md").read_text(encoding="utf-8")))


def tree(kind: type[Any]) -> set[type[Any]]:
    return {kind}.union(*(tree(child) for child in kind.__subclasses__()))


def test_every_problem_code_is_documented() -> None:
    ours = {kind.code for kind in tree(LoreSmithError) if kind.__module__.startswith("chalicelib")}
    assert ours | {code for code, _, _ in problem._FRAMEWORK.values()} <= DOCUMENTED


def test_every_job_error_code_is_documented() -> None:
    codes = {executor.WORLD_NOT_SAVED_CODE, recovery.WORKER_LOST_CODE, recovery.UNDELIVERABLE_CODE, retry.TIMEOUT_CODE}
    codes |= {code for code, _, _ in grpc_generator._STATUSES.values()}
    assert codes | {kind.code for kind in tree(LoreError)} <= DOCUMENTED
