"""The dashboard: do jobs complete, how long do they take, what do they cost, and which part has a problem?"""

from aws_cdk import aws_cloudwatch as cw
from constructs import Construct

from infra.cdk import metric
from infra.cdk.alarms import Alarms
from infra.cdk.metric import minutes
from infra.cdk.queues import Queues, WebhookQueues
from infra.cdk.redis_cache import RedisCache
from infra.cdk.settings import InfraSettings, has_webhooks

_HALF, _THIRD, _HEIGHT = 12, 8, 6


def dashboard(
    scope: Construct,
    construct_id: str,
    settings: InfraSettings,
    *,
    alarms: Alarms,
    queues: Queues,
    cache: RedisCache,
) -> cw.Dashboard:
    """The rows start with what callers notice and end with single parts. docs/operations.md says how to read them."""
    return cw.Dashboard(
        scope,
        construct_id,
        dashboard_name=settings.name,
        default_interval=minutes(180),
        widgets=[
            [cw.AlarmStatusWidget(title="Alarms", alarms=list(alarms.all), width=24, height=4)],
            _jobs_row(settings),
            _time_row(settings),
            _queue_row(settings, queues),
            *([_webhook_row(settings, queues.webhooks)] if queues.webhooks else []),
            _cost_row(settings),
            _parts_row(settings, cache),
        ],
    )


def _graph(
    title: str, *lines: cw.IMetric, width: int = _THIRD, right: list[cw.IMetric] | None = None
) -> cw.GraphWidget:
    return cw.GraphWidget(title=title, left=list(lines), right=right, width=width, height=_HEIGHT)


def _jobs_row(settings: InfraSettings) -> list[cw.IWidget]:
    return [
        _graph("Jobs ended, by type", metric.by_search(settings, "JobsEnded", "Sum", "type")),
        _graph("Jobs ended, by outcome", metric.by_search(settings, "JobsEnded", "Sum", "outcome")),
        _graph("Failed jobs, %", metric.failure_percent(settings, minutes(5), at_least=1)),
    ]


def _time_row(settings: InfraSettings) -> list[cw.IWidget]:
    wait = [metric.jobs(settings, "QueueWait", statistic, minutes(1)) for statistic in ("p50", "p99")]
    return [
        _graph("Wait in the queue, ms", *wait, width=_HALF),
        _graph(
            "Time of a stage, ms (p90, by type)",
            metric.by_search(settings, "StageDuration", "p90", "type"),
            width=_HALF,
        ),
    ]


def _queue_row(settings: InfraSettings, queues: Queues) -> list[cw.IWidget]:
    return [
        _graph(
            "Queue: waiting and running",
            queues.jobs.metric_approximate_number_of_messages_visible(period=minutes(1)),
            queues.jobs.metric_approximate_number_of_messages_not_visible(period=minutes(1)),
            right=[queues.jobs.metric_approximate_age_of_oldest_message(period=minutes(1))],
        ),
        _graph("Dead letters", queues.dead_letters.metric_approximate_number_of_messages_visible(period=minutes(1))),
        _graph(
            "Retries, and expired leases",
            metric.jobs(settings, "Retries", "Sum", minutes(5)),
            metric.jobs(settings, "LeasesExpired", "Sum", minutes(5)),
        ),
    ]


def _webhook_row(settings: InfraSettings, webhooks: WebhookQueues) -> list[cw.IWidget]:
    settled = [metric.jobs(settings, name, "Sum", minutes(5)) for name in ("WebhooksDelivered", "WebhooksFailed")]
    return [
        _graph("Webhooks: delivered, and given up", *settled),
        _graph(
            "Webhooks: waiting, and age of the oldest",
            webhooks.queue.metric_approximate_number_of_messages_visible(period=minutes(1)),
            webhooks.queue.metric_approximate_number_of_messages_delayed(period=minutes(1)),
            right=[webhooks.queue.metric_approximate_age_of_oldest_message(period=minutes(1))],
        ),
        _graph(
            "Webhooks: dead letters",
            webhooks.dead_letters.metric_approximate_number_of_messages_visible(period=minutes(1)),
        ),
    ]


def _cost_row(settings: InfraSettings) -> list[cw.IWidget]:
    return [
        _graph(
            "LLM: tokens, and jobs refused by the daily stop",
            metric.jobs(settings, "LlmTokens", "Sum", minutes(5)),
            right=[metric.jobs(settings, "SpendingStopped", "Sum", minutes(5))],
        ),
        _graph("LLM: estimated cost, USD an hour", metric.jobs(settings, "LlmCostUsd", "Sum", minutes(60))),
        _graph(
            "Archive: failed attempts and lost jobs",
            metric.jobs(settings, "ArchivesFailed", "Sum", minutes(5)),
            metric.jobs(settings, "JobsLost", "Sum", minutes(5)),
        ),
    ]


def _parts_row(settings: InfraSettings, cache: RedisCache) -> list[cw.IWidget]:
    memory = "BytesUsedForCache" if cache.is_serverless else "DatabaseMemoryUsagePercentage"
    readers = ["worker", "dead-letter", *(["webhook"] if has_webhooks(settings) else [])]
    errors = [metric.function(settings, name, "Errors") for name in ("api", *readers, "recover")]
    errors += [metric.messages_failed(settings, name) for name in readers]
    return [
        _graph(
            "API: requests and latency",
            metric.api(settings, "Count"),
            metric.api(settings, "4XXError"),
            metric.api(settings, "5XXError"),
            right=[metric.api(settings, "Latency", "p99")],
        ),
        _graph(
            "Functions: errors, and concurrent workers",
            *errors,
            right=[metric.function(settings, "worker", "ConcurrentExecutions", "Maximum")],
        ),
        _graph(
            "Generator tasks, and their CPU",
            metric.service(settings, "RunningTaskCount", "Minimum"),
            right=[metric.service(settings, "CPUUtilization", "Average", namespace="AWS/ECS")],
        ),
        _graph(
            "Redis: memory",
            *metric.redis_nodes(cache, memory),
            right=list(metric.redis_nodes(cache, "CurrConnections")),
        ),
    ]
