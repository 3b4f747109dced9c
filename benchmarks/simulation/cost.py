"""What 1,000 jobs cost on AWS, and what the same work costs elsewhere. USD in us-east-1; prices of docs/cost.md."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.simulation.figures import Figures
from benchmarks.simulation.job import CALLS, PIECES
from benchmarks.simulation.knobs import Knobs
from benchmarks.simulation.load import DAY_S, PEAK

_HOURS, _DAYS = 730, 30.4
_GB_S = 0.0000133334
_INVOCATION = 0.20 / 1e6
_SQS = 0.40 / 1e6
_GATEWAY = 3.50 / 1e6
_WAF_REQUEST = 0.60 / 1e6
_LOG_GB, _NAT_GB = 0.50, 0.045
#: A Fargate task of 1 vCPU and 2 GB, and a NAT gateway with its address, an hour.
TASK_HOUR = 0.03238 + 2 * 0.00356
_NAT_HOUR = 0.045 + 0.005
#: An Application Load Balancer, an hour, without its capacity units (from memory, not verified).
_BALANCER_HOUR = 0.0225
#: Metrics, alarms, dashboard, secrets, names, recovery, polls and logs at rest, a month.
_REST_DEV, _REST_PROD = 16.9, 26.4
_WAF_MONTH = 9.0
#: Log lines, traces, one world in five jobs, and traffic to the LLM; for one job.
_SMALL_PARTS = 12e-6 * _LOG_GB + 0.000005 + 0.000001 + 40e-6 * _NAT_GB

PROMPT, COMPLETION = 0.15 / 1e6, 0.60 / 1e6

#: Step Functions, standard workflows, for one transition (aws.amazon.com/step-functions/pricing).
_TRANSITION = 0.025 / 1000
#: Start; names; a map over the pieces, each with its calls side by side; the end.
TRANSITIONS = 1 + 1 + 1 + PIECES * (1 + 2) + 1
#: Durable functions, for one operation (aws.amazon.com/lambda/pricing,
#: as api-evangelist/aws-lambda read it on 2026-09-20).
_OPERATION = 8.00 / 1e6
#: A step for each call, a context for each piece, and the execution.
OPERATIONS = CALLS + PIECES + 1
#: Data that a job writes, GB. Its price was not found.
DURABLE_GB = 30e-6
#: Memory of a function that calls the LLM.
_CALLER_GB = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a load needs, from the simulation."""

    jobs_a_day: float
    #: Seconds of worker invocations for one job, and jobs in a batch.
    invocation_s: float
    jobs_per_batch: float
    #: The mean number of generator tasks.
    tasks: float
    #: From a job's submission to its end, the mean.
    total_s: float


def llm(figures: Figures) -> float:
    return 1000 * (figures.prompt_tokens * PROMPT + figures.completion_tokens * COMPLETION)


def _monthly(usd: float, usage: Usage) -> float:
    """The share of 1,000 jobs in a monthly price."""
    return 1000 * usd / (usage.jobs_a_day * _DAYS)


def _api(figures: Figures, usage: Usage, knobs: Knobs) -> float:
    """API Gateway and the API function, which each long poll holds until there is news."""
    requests = figures.api_requests * (_GATEWAY + _INVOCATION + (_WAF_REQUEST if knobs.has_waf else 0))
    return 1000 * (requests + usage.total_s * figures.api_gb * _GB_S)


def _redis(usage: Usage, knobs: Knobs) -> float:
    nodes = knobs.redis_shards * knobs.redis_copies
    return _monthly(nodes * knobs.redis_node.usd_per_hour * _HOURS, usage)


def _network_and_rest(usage: Usage, knobs: Knobs) -> float:
    rest = _REST_PROD + _WAF_MONTH if knobs.has_waf else _REST_DEV
    return _monthly(knobs.nat_gateways * _NAT_HOUR * _HOURS + rest, usage) + 1000 * _SMALL_PARTS


def ours(figures: Figures, usage: Usage, knobs: Knobs) -> Mapping[str, float]:
    """The parts of the price of 1,000 jobs."""
    worker = usage.invocation_s * figures.worker_gb * _GB_S + _INVOCATION / usage.jobs_per_batch + 3 * _SQS
    return {
        "API": _api(figures, usage, knobs),
        "worker and queue": 1000 * worker,
        "generator": _monthly(usage.tasks * TASK_HOUR * _HOURS, usage),
        "Redis": _redis(usage, knobs),
        "network and the rest": _network_and_rest(usage, knobs),
    }


@dataclass(frozen=True, slots=True)
class CeleryWorkers:
    """Always-on workers."""

    jobs_per_process: int
    #: Memory of a process. `import openai` alone is 51 MB.
    process_mb: float
    #: CPU of a job (issue 14: 77 ms for arq, which makes the same calls).
    cpu_s: float = 0.077

    def tasks(self, per_s: float, run_s: float, api_cpu_s: float) -> int:
        """Machines of 1 vCPU and 2 GB for workers and API together at this rate."""
        processes = math.ceil(per_s * run_s / self.jobs_per_process)
        return max(math.ceil(processes * self.process_mb / 2048), math.ceil(per_s * (self.cpu_s + api_cpu_s)))


PREFORK = CeleryWorkers(1, 80)
GEVENT = CeleryWorkers(100, 150)


def celery(workers: CeleryWorkers, figures: Figures, usage: Usage, knobs: Knobs, run_s: float) -> float:
    """Enough machines for the busiest hour, a fifth kept free; a load balancer; our Redis, network and rest."""
    per_s = usage.jobs_a_day * PEAK / DAY_S / 0.8
    # At least one machine in dev, and one in each zone in prod.
    tasks = max(knobs.redis_copies, workers.tasks(per_s, run_s, figures.api_cpu_s))
    machines = _monthly((tasks * TASK_HOUR + _BALANCER_HOUR) * _HOURS, usage)
    return machines + _redis(usage, knobs) + _network_and_rest(usage, knobs)


def step_functions(figures: Figures, usage: Usage, knobs: Knobs) -> float:
    """A standard workflow whose tasks are functions that call the LLM; the same API, Redis, network and rest."""
    calls = CALLS * (figures.latency.mean_s * _CALLER_GB * _GB_S + _INVOCATION)
    own = 1000 * (TRANSITIONS * _TRANSITION + calls)
    return own + _api(figures, usage, knobs) + _redis(usage, knobs) + _network_and_rest(usage, knobs)


def durable(figures: Figures, usage: Usage, knobs: Knobs, run_s: float) -> float:
    """A durable function that runs a whole job; without the price of the data that it writes and keeps."""
    own = 1000 * (OPERATIONS * _OPERATION + run_s * _CALLER_GB * _GB_S + _INVOCATION)
    return own + _api(figures, usage, knobs) + _redis(usage, knobs) + _network_and_rest(usage, knobs)
