"""The numbers that the simulation needs, each with its source."""

from dataclasses import dataclass, field, fields

from benchmarks.simulation.provider import Latency


def _figure(value: float, source: str) -> float:
    number: float = field(default=value, metadata={"source": source})
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of a job for three characters. CPU is in seconds of a core of the machine that measured it."""

    generator_cpu_s: float = _figure(0.050, "measured")
    worker_cpu_s: float = _figure(0.044, "measured")
    redis_cpu_s: float = _figure(0.007, "measured")
    redis_bytes: float = _figure(60_000, "docs/cost.md")
    llm_s: float = _figure(6.0, "assumed: the median of a call; 300 tokens at 50 tokens a second")
    llm_spread: float = _figure(0.35, "assumed: sigma of the log-normal; one call in a hundred takes 13.5 s")
    prompt_tokens: float = _figure(4650, "docs/cost.md")
    completion_tokens: float = _figure(1300, "docs/cost.md")
    api_requests: float = _figure(16, "docs/cost.md: one submission and 15 long polls")
    submit_s: float = _figure(0.03, "assumed: API Gateway, Lambda and SQS until the message is there")
    invoke_s: float = _figure(0.03, "assumed: from the message to the handler of a warm sandbox")
    claim_s: float = _figure(0.01, "assumed: five answers of Redis in the same region")
    finish_s: float = _figure(0.06, "goal of issue 14: from the last answer to the end")
    worker_cold_start_s: float = _figure(1.5, "assumed: a new sandbox, and 0.6 s of import CPU on 0.58 vCPU")
    sandbox_idle_s: float = _figure(600, "assumed: AWS does not say how long an idle sandbox is kept")
    task_start_s: float = _figure(60, "assumed: Fargate 30 to 60 s, image and first health check included")
    worker_gb: float = _figure(1.0, "infra/cdk/function.py")
    api_gb: float = _figure(0.5, "infra/cdk/function.py")
    worker_vcpu: float = _figure(1024 / 1769, "AWS Lambda developer guide: 1,769 MB are one vCPU")

    @property
    def latency(self) -> Latency:
        return Latency(self.llm_s, self.llm_spread)

    @property
    def tokens(self) -> float:
        return self.prompt_tokens + self.completion_tokens

    def sources(self) -> list[tuple[str, float, str]]:
        return [(each.name, getattr(self, each.name), each.metadata["source"]) for each in fields(self)]
