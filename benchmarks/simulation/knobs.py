"""What can be set, and what it is set to."""

from dataclasses import dataclass
from typing import Any, Self

from benchmarks.simulation.provider import ProviderLimits
from generator_service.settings import Settings as GeneratorSettings
from infra.cdk.settings import BUSY_SHARE, JOBS_PER_TASK, WORKER_BATCH_SIZE, InfraSettings


def _default(settings: type[Any], name: str) -> Any:
    return settings.model_fields[name].default


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisNode:
    name: str
    #: GB that may be used, a quarter kept free.
    usable_gb: float
    #: Cores for commands: one thread runs them. A t4g.small may use a fifth of a core all the time.
    cores: float
    usd_per_hour: float


#: docs/cost.md. 2 vCPU, 1.37 GB, and a baseline of 20 % of each (ElastiCache user guide, "Burstable instances").
SMALL = RedisNode(name="cache.t4g.small", usable_gb=1.0, cores=0.4, usd_per_hour=0.0256)
LARGE = RedisNode(name="cache.r7g.large", usable_gb=9.8, cores=1.0, usd_per_hour=0.175)

#: A new account: what OpenAI's first paid tier gave gpt-4o-mini in 2025 (from configurations of public projects).
FIRST_TIER = ProviderLimits("first tier", 500, 200_000)
#: Azure, gpt-4o-mini, GlobalStandard (MicrosoftDocs/azure-ai-docs, includes/quota-tier).
AZURE_1 = ProviderLimits("Azure tier 1", 20_000, 2_000_000)
AZURE_6 = ProviderLimits("Azure tier 6", 2_250_000, 225_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """The settings of a stage (docs/settings.md), and the quotas of its accounts."""

    worker_max_concurrency: int
    batch_size: int = WORKER_BATCH_SIZE
    min_tasks: int
    max_tasks: int
    jobs_per_task: int = JOBS_PER_TASK
    busy_share: float = BUSY_SHARE
    llm_max_concurrency: int
    #: infra/cdk/scaling.py
    scale_out_cooldown_s: float = 60
    scale_in_cooldown_s: float = 300
    api_requests_per_s: int
    redis_node: RedisNode = SMALL
    redis_shards: int = 1
    #: Nodes of a shard.
    redis_copies: int = 1
    nat_gateways: int = 1
    has_waf: bool = False
    #: AWS' default quota for concurrent executions of all functions of an account. A new account has 10.
    lambda_concurrency: int = 1000
    provider: ProviderLimits = FIRST_TIER

    @property
    def target_jobs(self) -> int:
        """Running jobs of a task; more start another task."""
        return round(self.busy_share * self.jobs_per_task)

    @classmethod
    def of(cls, stage: str, **changes: Any) -> Self:
        """The defaults of the stage, "dev" or "prod", with these changes."""
        settings = InfraSettings.model_construct(stage=stage)
        defaults = {
            "worker_max_concurrency": settings.max_batches,
            "min_tasks": settings.min_tasks,
            "max_tasks": settings.generator_max_tasks,
            "llm_max_concurrency": _default(GeneratorSettings, "llm_max_concurrency"),
            "api_requests_per_s": settings.api_requests_per_s,
            "redis_copies": 2 if settings.has_replica else 1,
            "nat_gateways": settings.nat_count,
            "has_waf": settings.has_waf,
        }
        return cls(**(defaults | changes))
