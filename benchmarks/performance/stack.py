"""The local stack, with the provider of the measurements."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.performance import cpu
from benchmarks.performance.plans import MODEL
from benchmarks.performance.provider.process import ProviderProcess
from benchmarks.performance.run import Run
from local.stack.environment import OFFLINE_LANGUAGE
from local.stack.local_stack import LocalStack
from local.stack.plan import Urls
from local.stack.settings import StackSettings

#: Set by people for other purposes. A measurement starts all services itself.
_CLEARED = ("REDIS_URL", "AWS_ENDPOINT_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "AWS_EMULATOR", "SERVE_PAGE")


class Stack:
    """A running local stack."""

    def __init__(self, local: LocalStack) -> None:
        self.local = local

    @property
    def urls(self) -> Urls:
        return self.local.urls

    @property
    def processes(self) -> Mapping[str, int]:
        """Process ids by name: generator, worker, worker-2, ..., api, aws, redis, event-source, recover."""
        return self.local.processes

    def cpu(self) -> cpu.CpuTimes:
        """The CPU seconds of each role since its start."""
        return cpu.by_role(self.processes)

    def memory_bytes(self) -> dict[str, int]:
        """The memory of each process (PSS)."""
        return {name: cpu.memory_bytes(pid) for name, pid in self.processes.items()}


@contextmanager
def stack(
    run: Run,
    provider: ProviderProcess,
    overrides: Mapping[str, Mapping[str, str]] | None = None,
    **variables: str,
) -> Iterator[Stack]:
    """Run the stack in a folder of its own, without the page. `variables` are settings, as in docs/settings.md.

    `overrides` are variables for single programs, as in `LocalStack`.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _CLEARED}
    own = {
        "LOCAL_DIR": str(run.new_folder("stack")),
        "OPENAI_BASE_URL": provider.url,
        "OPENAI_MODEL": MODEL,
        "LLM_LANGUAGES": OFFLINE_LANGUAGE,
    }
    with LocalStack(StackSettings.read(environment | own | variables), overrides) as local:
        yield Stack(local)
