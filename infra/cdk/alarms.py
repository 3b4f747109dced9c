"""What wakes somebody up. The runbook of each alarm stands under its name in docs/operations.md; a test holds that."""

from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.cdk import metric
from infra.cdk.metric import minutes
from infra.cdk.queues import Queues
from infra.cdk.redis_cache import RedisCache
from infra.cdk.settings import InfraSettings

#: Jobs that should complete, of those that complete or fail, over 30 days. The rest is the error budget.
OBJECTIVE_PERCENT = 99.0
#: Spending the budget six times as fast as it lasts: gone in five days (Google SRE workbook, "Alerting on SLOs").
_BURN_RATE = 6
_RUNBOOK = "docs/operations.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    name: str
    says: str
    metric: cw.IMetric
    above: float
    of: int = 1
    below: bool = False
    silence_is_bad: bool = False


class Alarms(Construct):
    """`all` in the order of `_rules`; `canary_name` is that of what takes a canary back."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: InfraSettings, *, queues: Queues, cache: RedisCache
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._action = actions.SnsAction(self._topic()) if settings.alarm_email else None
        self.all = [self._alarm(rule) for rule in _rules(settings, queues, cache)]

    @property
    def canary_name(self) -> str:
        return f"{self._settings.name}-worker-canary"

    def _topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Topic", topic_name=f"{self._settings.name}-alarms", enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(self._settings.alarm_email or ""))
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
        return topic

    def _alarm(self, rule: _Rule) -> cw.Alarm:
        comparison = cw.ComparisonOperator
        alarm = cw.Alarm(
            self,
            rule.name,
            alarm_name=f"{self._settings.name}-{rule.name}",
            alarm_description=f"{rule.says} Runbook: {_RUNBOOK}#{rule.name}",
            metric=rule.metric,
            threshold=rule.above,
            evaluation_periods=rule.of,
            comparison_operator=comparison.LESS_THAN_THRESHOLD if rule.below else comparison.GREATER_THAN_THRESHOLD,
            treat_missing_data=(
                cw.TreatMissingData.BREACHING if rule.silence_is_bad else cw.TreatMissingData.NOT_BREACHING
            ),
        )
        if self._action:
            alarm.add_alarm_action(self._action)
            alarm.add_ok_action(self._action)
        return alarm


def _rules(settings: InfraSettings, queues: Queues, cache: RedisCache) -> Iterator[_Rule]:
    yield from _queue_rules(queues)
    yield from _job_rules(settings)
    yield from _function_rules(settings)
    yield _Rule(
        name="generator-unhealthy",
        says="Fewer healthy generator tasks than there must be.",
        metric=metric.service(settings, "RunningTaskCount", "Minimum"),
        above=settings.min_tasks,
        below=True,
        of=3,
        silence_is_bad=True,
    )
    yield from _redis_rules(cache)


def _queue_rules(queues: Queues) -> Iterator[_Rule]:
    yield _Rule(
        name="oldest-message",
        says="A job has waited over five minutes for a worker.",
        metric=queues.jobs.metric_approximate_age_of_oldest_message(period=minutes(1), statistic="Maximum"),
        above=300,
        of=3,
    )
    yield _Rule(
        name="dead-letters",
        says="Messages stay in the dead-letter queue: its handler does not take them, or fails at them.",
        metric=metric.messages_in(queues.dead_letters),
        above=0,
        # The handler takes a message again after three minutes, where a worker still held its job.
        of=10,
    )


def _job_rules(settings: InfraSettings) -> Iterator[_Rule]:
    yield _Rule(
        name="failure-rate",
        says="More than one job in five fails.",
        metric=metric.failure_percent(settings, minutes(5), at_least=5),
        above=20,
        of=2,
    )
    yield _Rule(
        name="error-budget",
        says=f"At this rate the month's {100 - OBJECTIVE_PERCENT:g} % of failed jobs is spent in five days.",
        metric=metric.failure_percent(settings, cdk.Duration.hours(6), at_least=20),
        above=_BURN_RATE * (100 - OBJECTIVE_PERCENT),
    )
    yield _Rule(
        name="leases-expired",
        says="Workers die while they run jobs.",
        metric=metric.jobs(settings, "LeasesExpired", "Sum", minutes(5)),
        above=5,
        of=2,
    )


def _function_rules(settings: InfraSettings) -> Iterator[_Rule]:
    yield _Rule(
        name="worker-errors",
        says="The worker fails, or messages go back unhandled.",
        metric=metric.faults(settings, "worker"),
        above=2,
        of=2,
    )
    if settings.has_canary:
        yield _Rule(
            name="worker-canary",
            says="Something went wrong in the worker: a new version that is being tried is taken back.",
            metric=metric.faults(settings, "worker"),
            above=0,
        )
    yield _Rule(
        name="dead-letter-errors",
        says="The handler of dead letters fails, or cannot handle one.",
        metric=metric.faults(settings, "dead-letter"),
        above=0,
        of=2,
    )
    yield _Rule(
        name="recovery-silent",
        says="The schedule that mends stuck jobs does not run.",
        metric=metric.function(settings, "recover", "Invocations"),
        above=1,
        below=True,
        of=5,
        silence_is_bad=True,
    )
    yield _Rule(
        name="recovery-errors",
        says="The schedule that mends stuck jobs ends in an error.",
        metric=metric.function(settings, "recover", "Errors"),
        above=0,
        of=3,
    )
    yield _Rule(name="api-errors", says="The API answers 5xx.", metric=metric.api(settings, "5XXError"), above=5, of=2)


def _redis_rules(cache: RedisCache) -> Iterator[_Rule]:
    """With `noeviction` a full Redis refuses jobs, so its memory is watched long before."""
    if not cache.is_serverless:
        for number, node in enumerate(metric.redis_nodes(cache, "DatabaseMemoryUsagePercentage"), 1):
            yield _Rule(
                name=f"redis-memory-{number}", says="Redis is three quarters full.", metric=node, above=75, of=5
            )
        for number, node in enumerate(metric.redis_nodes(cache, "EngineCPUUtilization"), 1):
            yield _Rule(name=f"redis-cpu-{number}", says="Redis has no CPU left.", metric=node, above=80, of=5)
    else:
        (used,) = metric.redis_nodes(cache, "BytesUsedForCache")
        limit = 0.75 * cache.SERVERLESS_GB * 1024**3
        yield _Rule(name="redis-memory-1", says="Redis is three quarters full.", metric=used, above=limit, of=5)
    for number, node in enumerate(metric.redis_nodes(cache, "Evictions", "Sum"), 1):
        yield _Rule(name=f"redis-evictions-{number}", says="Redis throws keys of jobs away.", metric=node, above=0)
