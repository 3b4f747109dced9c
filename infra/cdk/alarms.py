"""The alarms. docs/operations.md has a runbook for each under its name; a test checks that."""

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
from infra.cdk.queues import Queues, WebhookQueues
from infra.cdk.redis_cache import RedisCache
from infra.cdk.settings import InfraSettings

#: The share of jobs that should complete, of those that complete or fail, over 30 days. The rest is the error budget.
OBJECTIVE_PERCENT = 99.0
#: At six times the rate that the budget allows, it is spent in five days (Google SRE workbook, "Alerting on SLOs").
_BURN_RATE = 6
_RUNBOOK = "docs/operations.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    name: str
    description: str
    metric: cw.IMetric
    threshold: float
    #: Periods of the metric that must all be past the threshold.
    periods: int = 1
    #: Whether the alarm rings below the threshold, not above it.
    below: bool = False
    #: Whether the alarm rings if the metric has no data.
    missing_is_bad: bool = False


class Alarms(Construct):
    """`all` holds the alarms in the order of `_rules`; `canary_name` names the alarm that rolls a canary back."""

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
            alarm_description=f"{rule.description} Runbook: {_RUNBOOK}#{rule.name}",
            metric=rule.metric,
            threshold=rule.threshold,
            evaluation_periods=rule.periods,
            comparison_operator=comparison.LESS_THAN_THRESHOLD if rule.below else comparison.GREATER_THAN_THRESHOLD,
            treat_missing_data=(
                cw.TreatMissingData.BREACHING if rule.missing_is_bad else cw.TreatMissingData.NOT_BREACHING
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
    yield from _recovery_rules(settings)
    yield from _archive_rules(settings)
    if queues.webhooks:
        yield from _webhook_rules(settings, queues.webhooks)
    yield _Rule(
        name="generator-unhealthy",
        description="Fewer generator tasks run than the minimum.",
        metric=metric.service(settings, "RunningTaskCount", "Minimum"),
        threshold=settings.min_tasks,
        below=True,
        periods=3,
        missing_is_bad=True,
    )
    yield from _redis_rules(cache)


def _queue_rules(queues: Queues) -> Iterator[_Rule]:
    yield _Rule(
        name="oldest-message",
        description="A job has waited for a worker for over five minutes.",
        metric=queues.jobs.metric_approximate_age_of_oldest_message(period=minutes(1), statistic="Maximum"),
        threshold=300,
        periods=3,
    )
    yield _Rule(
        name="dead-letters",
        description="Messages stay in the dead-letter queue: its handler does not run, or it fails.",
        metric=metric.messages_in(queues.dead_letters),
        threshold=0,
        # If a worker still holds the job, the handler gets the message again after three minutes.
        periods=10,
    )


def _job_rules(settings: InfraSettings) -> Iterator[_Rule]:
    yield _Rule(
        name="failure-rate",
        description="More than one job in five fails.",
        metric=metric.failure_percent(settings, minutes(5), at_least=5),
        threshold=20,
        periods=2,
    )
    yield _Rule(
        name="error-budget",
        description=f"At this rate, the month's {100 - OBJECTIVE_PERCENT:g} % of failed jobs are spent in five days.",
        metric=metric.failure_percent(settings, cdk.Duration.hours(6), at_least=20),
        threshold=_BURN_RATE * (100 - OBJECTIVE_PERCENT),
    )
    yield _Rule(
        name="leases-expired",
        description="Workers die while they run jobs.",
        metric=metric.jobs(settings, "LeasesExpired", "Sum", minutes(5)),
        threshold=5,
        periods=2,
    )
    yield _Rule(
        name="spending-stopped",
        description="Jobs are refused: the tokens of the day (DAILY_TOKEN_STOP) are used up.",
        metric=metric.jobs(settings, "SpendingStopped", "Sum", minutes(5)),
        threshold=0,
    )


def _function_rules(settings: InfraSettings) -> Iterator[_Rule]:
    yield _Rule(
        name="worker-errors",
        description="The worker fails, or messages return to the queue unhandled.",
        metric=metric.faults(settings, "worker"),
        threshold=2,
        periods=2,
    )
    if settings.has_canary:
        yield _Rule(
            name="worker-canary",
            description="The worker had an error. If a new version is on trial, it is rolled back.",
            metric=metric.faults(settings, "worker"),
            threshold=0,
        )
    yield _Rule(
        name="dead-letter-errors",
        description="The dead-letter handler fails, or cannot handle a message.",
        metric=metric.faults(settings, "dead-letter"),
        threshold=0,
        periods=2,
    )
    yield _Rule(
        name="api-errors",
        description="The API answers 5xx.",
        metric=metric.api(settings, "5XXError"),
        threshold=5,
        periods=2,
    )


def _recovery_rules(settings: InfraSettings) -> Iterator[_Rule]:
    yield _Rule(
        name="recovery-silent",
        description="The schedule that repairs stuck jobs does not run.",
        metric=metric.function(settings, "recover", "Invocations"),
        threshold=1,
        below=True,
        periods=5,
        missing_is_bad=True,
    )
    yield _Rule(
        name="recovery-errors",
        description="The schedule that repairs stuck jobs fails.",
        metric=metric.function(settings, "recover", "Errors"),
        threshold=0,
        periods=3,
    )


def _archive_rules(settings: InfraSettings) -> Iterator[_Rule]:
    yield _Rule(
        name="archive-failing",
        description="Ended jobs do not reach the library and the history. After 24 hours they are lost.",
        metric=metric.jobs(settings, "ArchivesFailed", "Sum", minutes(5)),
        threshold=0,
        periods=3,
    )
    yield _Rule(
        name="jobs-lost",
        description="Redis has lost a job, or a job expired before it was archived.",
        metric=metric.jobs(settings, "JobsLost", "Sum", minutes(5)),
        threshold=0,
    )


def _webhook_rules(settings: InfraSettings, webhooks: WebhookQueues) -> Iterator[_Rule]:
    yield _Rule(
        name="webhook-oldest-message",
        description="Webhooks are not sent: their messages wait for over half an hour.",
        metric=webhooks.queue.metric_approximate_age_of_oldest_message(period=minutes(1), statistic="Maximum"),
        # A message for a later attempt waits for up to 15 minutes.
        threshold=1800,
        periods=3,
    )
    yield _Rule(
        name="webhook-dead-letters",
        description="The ends of jobs did not reach their owners' webhooks within a day.",
        metric=metric.messages_in(webhooks.dead_letters),
        threshold=0,
    )
    yield _Rule(
        name="webhook-errors",
        description="The function that sends webhooks fails, or cannot handle a message.",
        metric=metric.faults(settings, "webhook"),
        threshold=2,
        periods=2,
    )


def _redis_rules(cache: RedisCache) -> Iterator[_Rule]:
    """A full Redis with `noeviction` refuses jobs, so the alarm rings long before it is full."""
    if not cache.is_serverless:
        for number, node in enumerate(metric.redis_nodes(cache, "DatabaseMemoryUsagePercentage"), 1):
            yield _Rule(
                name=f"redis-memory-{number}",
                description="Redis is three quarters full.",
                metric=node,
                threshold=75,
                periods=5,
            )
        for number, node in enumerate(metric.redis_nodes(cache, "EngineCPUUtilization"), 1):
            yield _Rule(
                name=f"redis-cpu-{number}", description="Redis has no CPU left.", metric=node, threshold=80, periods=5
            )
    else:
        (used,) = metric.redis_nodes(cache, "BytesUsedForCache")
        limit = 0.75 * cache.SERVERLESS_GB * 1024**3
        yield _Rule(
            name="redis-memory-1", description="Redis is three quarters full.", metric=used, threshold=limit, periods=5
        )
    for number, node in enumerate(metric.redis_nodes(cache, "Evictions", "Sum"), 1):
        yield _Rule(name=f"redis-evictions-{number}", description="Redis discards jobs.", metric=node, threshold=0)
