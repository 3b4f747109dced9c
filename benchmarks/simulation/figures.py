"""The numbers that the simulation needs, each with its source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from benchmarks.simulation.provider import Latency

#: The figures of CPU, by the process that `benchmarks/performance/measure/cpu_per_job.py` names.
_BY_PROCESS = {
    "generator": "generator_cpu_s",
    "worker": "worker_cpu_s",
    "redis": "redis_cpu_s",
    "api": "api_cpu_s",
}


def _figure(value: float, source: str) -> float:
    number: float = field(default=value, metadata={"source": source})
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of a job for three characters. CPU is in seconds of a core of the machine that measured it."""

    generator_cpu_s: float = _figure(0.024, "measured: `benchmarks.performance cpu_per_job`")
    worker_cpu_s: float = _figure(0.0105, "as above")
    redis_cpu_s: float = _figure(0.0035, "as above")
    api_cpu_s: float = _figure(0.0135, "as above")
    redis_bytes: float = _figure(30_000, "measured: Redis' `used_memory` before and after 200 jobs")
    llm_s: float = _figure(6.0, "assumed: the median of a call; 300 tokens at 50 tokens a second")
    llm_spread: float = _figure(0.35, "assumed: sigma of the log-normal; one call in a hundred takes 13.5 s")
    prompt_tokens: float = _figure(4650, "docs/cost.md")
    completion_tokens: float = _figure(1300, "docs/cost.md")
    api_requests: float = _figure(16, "docs/cost.md: one submission and 15 long polls")
    submit_s: float = _figure(0.03, "assumed: API Gateway, Lambda and SQS until the message is there")
    invoke_s: float = _figure(0.03, "assumed: from the message to the handler of a warm sandbox")
    claim_s: float = _figure(0.01, "assumed: five answers from Redis in the same region")
    finish_s: float = _figure(0.06, "goal of issue 14: from the last answer to the end")
    worker_cold_start_s: float = _figure(1.5, "assumed: a new sandbox, and 0.6 s of import CPU on 0.58 vCPU")
    sandbox_idle_s: float = _figure(600, "assumed: AWS does not say how long an idle sandbox is kept")
    task_start_s: float = _figure(60, "assumed: Fargate 30 to 60 s, image and first health check included")
    worker_gb: float = _figure(1.0, "infra/cdk/function.py")
    api_gb: float = _figure(0.5, "infra/cdk/function.py")
    worker_vcpu: float = _figure(1024 / 1769, "AWS Lambda developer guide: 1,769 MB are one vCPU")

    @classmethod
    def measured(cls, record: Path) -> Self:
        """With the CPU that a record of `cpu_per_job` holds, if there is one."""
        return cls(**_cpu(json.loads(record.read_text())) if record.exists() else {})

    @property
    def latency(self) -> Latency:
        return Latency(self.llm_s, self.llm_spread)

    @property
    def tokens(self) -> float:
        return self.prompt_tokens + self.completion_tokens

    def sources(self) -> list[tuple[str, float, str]]:
        return [(each.name, getattr(self, each.name), each.metadata["source"]) for each in fields(self)]


def _cpu(record: Mapping[str, Any]) -> Mapping[str, float]:
    """Seconds of CPU by figure. A cell holds milliseconds, such as "83.0 (80.1-90.2)"."""
    rows = [row for table in record["section"]["tables"] for row in table["rows"] if row[0] in _BY_PROCESS]
    return {_BY_PROCESS[row[0]]: float(str(row[1]).split()[0]) / 1000 for row in rows}
