"""The metrics of the alarms and the dashboard, each defined once."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_sqs as sqs

from chalicelib.adapter.emf_meter import NAMESPACE
from infra.cdk.redis_cache import RedisCache
from infra.cdk.settings import InfraSettings


def minutes(count: int) -> cdk.Duration:
    return cdk.Duration.minutes(count)


def jobs(settings: InfraSettings, name: str, statistic: str, period: cdk.Duration, **dimensions: str) -> cw.Metric:
    """A metric that the app itself writes."""
    return cw.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        statistic=statistic,
        period=period,
        dimensions_map={"Stage": settings.stage, **dimensions},
    )


def failure_percent(settings: InfraSettings, period: cdk.Duration, at_least: int) -> cw.MathExpression:
    """Failed jobs as a share of those that completed or failed; 0 if fewer than `at_least` did."""
    return cw.MathExpression(
        expression=f"IF(good + bad >= {at_least}, 100 * bad / (good + bad), 0)",
        label="failed jobs, %",
        period=period,
        using_metrics={
            "bad": _ended(settings, "failed", period),
            "good": _ended(settings, "completed", period),
        },
    )


def _ended(settings: InfraSettings, outcome: str, period: cdk.Duration) -> cw.IMetric:
    return cw.MathExpression(
        expression=f"FILL({outcome}_raw, 0)",
        period=period,
        using_metrics={f"{outcome}_raw": jobs(settings, "JobsEnded", "Sum", period, outcome=outcome)},
    )


def by_search(settings: InfraSettings, name: str, statistic: str, *dimensions: str, period_s: int = 60) -> cw.IMetric:
    """One line for each value of `dimensions` that exists when the graph is drawn. For graphs only."""
    schema = ",".join([NAMESPACE, "Stage", *dimensions])
    search = f"SEARCH('{{{schema}}} MetricName=\"{name}\" Stage=\"{settings.stage}\"', '{statistic}', {period_s})"
    return cw.MathExpression(expression=search, label="", period=cdk.Duration.seconds(period_s), using_metrics={})


def function(settings: InfraSettings, function_name: str, name: str, statistic: str = "Sum") -> cw.Metric:
    return cw.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        statistic=statistic,
        period=minutes(1),
        dimensions_map={"FunctionName": f"{settings.name}-{function_name}"},
    )


def faults(settings: InfraSettings, function_name: str) -> cw.IMetric:
    """Invocations that ended in an error, and messages that returned to the queue, which Lambda counts as a success."""
    return cw.MathExpression(
        expression="FILL(errors, 0) + FILL(failed, 0)",
        label="faults",
        period=minutes(1),
        using_metrics={
            "errors": function(settings, function_name, "Errors"),
            "failed": messages_failed(settings, function_name),
        },
    )


def messages_failed(settings: InfraSettings, function_name: str) -> cw.Metric:
    return jobs(settings, "MessagesFailed", "Sum", minutes(1), function=function_name)


def messages_in(queue: sqs.IQueue) -> cw.IMetric:
    """Messages that wait, and messages that were received and not deleted."""
    waiting = queue.metric_approximate_number_of_messages_visible(period=minutes(1), statistic="Maximum")
    taken = queue.metric_approximate_number_of_messages_not_visible(period=minutes(1), statistic="Maximum")
    return cw.MathExpression(
        expression="waiting + taken",
        label="messages",
        period=minutes(1),
        using_metrics={"waiting": waiting, "taken": taken},
    )


def api(settings: InfraSettings, name: str, statistic: str = "Sum") -> cw.Metric:
    return cw.Metric(
        namespace="AWS/ApiGateway",
        metric_name=name,
        statistic=statistic,
        period=minutes(1),
        dimensions_map={"ApiName": settings.name},
    )


def service(settings: InfraSettings, name: str, statistic: str, namespace: str = "ECS/ContainerInsights") -> cw.Metric:
    return cw.Metric(
        namespace=namespace,
        metric_name=name,
        statistic=statistic,
        period=minutes(1),
        dimensions_map={"ClusterName": settings.name, "ServiceName": f"{settings.name}-generator"},
    )


def redis_nodes(cache: RedisCache, name: str, statistic: str = "Maximum") -> list[cw.Metric]:
    """One metric for each node; the serverless cache counts as one node."""
    key = "clusterId" if cache.is_serverless else "CacheClusterId"
    return [
        cw.Metric(
            namespace="AWS/ElastiCache",
            metric_name=name,
            statistic=statistic,
            period=minutes(1),
            dimensions_map={key: node},
        )
        for node in (cache.node_names or [cache.name])
    ]
