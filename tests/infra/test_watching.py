"""Alarms and dashboard use metrics that exist, and each alarm has its runbook."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapter import emf_meter
from chalicelib.adapter.emf_meter import NAMESPACE, EmfMeter
from chalicelib.domain.job import Job, Usage
from chalicelib.domain.lifecycle import Status
from chalicelib.domain.price import Price
from tests.infra.template import Template

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
#: Alarms that an operator needs.
WANTED = {
    "oldest-message",
    "dead-letters",
    "failure-rate",
    "error-budget",
    "generator-unhealthy",
    "redis-memory-1",
    "redis-evictions-1",
    "worker-errors",
    "dead-letter-errors",
    "recovery-silent",
    "recovery-errors",
    "api-errors",
    "leases-expired",
}


def alarms(template: Template) -> dict[str, Any]:
    """Name without the stage → properties."""
    found = template.resources("CloudWatch::Alarm").values()
    return {alarm["AlarmName"].removeprefix(f"{template.stack_name}-"): alarm for alarm in found}


def own_metrics(template: Template) -> set[tuple[str, str]]:
    """(metric, its dimensions) of this project that some alarm uses."""
    found = set()
    for alarm in alarms(template).values():
        stats = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
        for metric in [alarm, *stats]:
            if metric.get("Namespace") == NAMESPACE:
                names = sorted(dimension["Name"] for dimension in metric["Dimensions"])
                found.add((metric["MetricName"], " ".join(names)))
    return found


def test_every_alarm_that_an_operator_needs_exists(template: Template) -> None:
    webhooks = {"webhook-oldest-message", "webhook-dead-letters", "webhook-errors"}
    assert alarms(template).keys() >= WANTED
    assert alarms(template).keys() & webhooks == (webhooks if "webhook" in template.functions else set())


@pytest.mark.parametrize("name", ["worker-errors", "worker-canary", "dead-letter-errors", "webhook-errors"])
def test_an_alarm_counts_failed_messages_as_well_as_errors(prod: Template, name: str) -> None:
    """For Lambda, an invocation that reports failed messages is a success: its own metric stays at 0."""
    alarm = alarms(prod)[name]
    looked_at = {query["MetricStat"]["Metric"]["MetricName"] for query in alarm["Metrics"] if "MetricStat" in query}
    assert looked_at == {"Errors", "MessagesFailed"}


def test_the_canary_is_rolled_back_at_the_first_error(prod: Template, dev: Template) -> None:
    alarm = alarms(prod)["worker-canary"]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1)
    assert "worker-canary" not in alarms(dev)


def test_the_alarm_counts_dead_letters_that_are_in_flight(template: Template) -> None:
    """A message whose handler keeps failing is in flight most of the time, and not visible."""
    queries = alarms(template)["dead-letters"]["Metrics"]
    looked_at = {query["MetricStat"]["Metric"]["MetricName"] for query in queries if "MetricStat" in query}
    assert looked_at == {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"}


def test_each_alarm_links_to_an_existing_runbook(template: Template) -> None:
    text = RUNBOOKS.read_text()
    for name, alarm in alarms(template).items():
        assert f"docs/operations.md#{name}" in alarm["AlarmDescription"]
        assert f'<a id="{name}"></a>' in text, name


def test_each_runbook_belongs_to_an_alarm(prod: Template) -> None:
    assert set(re.findall(r'<a id="([^"]+)"></a>', RUNBOOKS.read_text())) == alarms(prod).keys()


def test_alarms_are_sent_to_the_address_in_the_settings(prod: Template, dev: Template) -> None:
    (topic,) = prod.resources("SNS::Topic")
    for alarm in alarms(prod).values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
    assert prod.one("SNS::Subscription")["Endpoint"] == "ops@example.com"
    assert not dev.resources("SNS::Topic")


def test_missing_data_is_an_alarm_for_parts_that_must_always_run(template: Template) -> None:
    loud = {name for name, alarm in alarms(template).items() if alarm["TreatMissingData"] == "breaching"}
    assert loud == {"generator-unhealthy", "recovery-silent"}


def test_the_error_budget_is_one_failed_job_in_a_hundred(template: Template) -> None:
    """The alarm goes off if it is spent six times too fast: 6 % over six hours."""
    budget = alarms(template)["error-budget"]
    assert budget["Threshold"] == pytest.approx(6.0)
    assert {query["MetricStat"]["Period"] for query in budget["Metrics"] if "MetricStat" in query} == {21600}


def test_every_node_of_redis_has_alarms(prod: Template) -> None:
    assert alarms(prod).keys() >= {"redis-memory-1", "redis-memory-2", "redis-evictions-1", "redis-evictions-2"}


def test_alarms_use_metrics_that_the_functions_write(template: Template, capsys: pytest.CaptureFixture[str]) -> None:
    """With another name or other dimensions, it is another metric, and the alarm would never go off."""
    assert own_metrics(template)
    assert own_metrics(template) <= written(capsys)


def written(capsys: pytest.CaptureFixture[str]) -> set[tuple[str, str]]:
    """(metric, its dimensions) that the meter writes if everything possible happens to a job."""
    job = a_job()
    meter = EmfMeter("dev", Price(1, 1))
    meter.claimed(job, took_over=False)
    meter.claimed(job, took_over=True)
    meter.stage_finished(job, 1)
    meter.released(job)
    meter.ended(job)
    meter.spending_stopped()
    meter.archive_failed()
    meter.job_lost()
    meter.message_failed("worker")
    meter.webhook_settled(delivered=True)
    meter.webhook_settled(delivered=False)
    found = set()
    for line in capsys.readouterr().out.splitlines():
        for directive in json.loads(line)["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == NAMESPACE
            for metric in directive["Metrics"]:
                found |= {(metric["Name"], " ".join(sorted(names))) for names in directive["Dimensions"]}
    return found


def a_job() -> Job:
    return Job(
        id="0" * 36,
        type="generate_characters",
        owner="somebody",
        payload={},
        status=Status.COMPLETED,
        progress=100,
        message="",
        usage=Usage(1, 1, 1),
        attempt=1,
        max_attempts=3,
        root_id="0" * 36,
        created_at=0,
        started_at=1,
        updated_at=1,
        expires_at=2,
        observed_at=1,
    )


def test_the_dashboard_shows_every_metric_of_the_project(template: Template) -> None:
    (dashboard,) = template.resources("CloudWatch::Dashboard").values()
    text = json.dumps(dashboard["DashboardBody"])
    source = Path(emf_meter.__file__).read_text()
    names = set(re.findall(r'"([A-Z][A-Za-z]+)", MetricUnit', source))
    webhooks = {name for name in names if name.startswith("Webhooks")}
    assert len(names) >= 9
    assert len(webhooks) == 2
    for name in names:
        assert (name in text) is (name not in webhooks or "webhook" in template.functions), name


def test_the_dashboard_shows_its_own_stage(template: Template) -> None:
    (dashboard,) = template.resources("CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == template.stack_name
    assert f"{template.stack_name}-worker" in json.dumps(dashboard["DashboardBody"])


#: Metrics of AWS, by namespace (source: CloudWatch's lists of each service's metrics).
AWS_METRICS = {
    "AWS/Lambda": {"Errors", "Invocations", "ConcurrentExecutions"},
    "AWS/ApiGateway": {"5XXError"},
    "AWS/SQS": {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "ApproximateNumberOfMessagesNotVisible",
    },
    "AWS/ElastiCache": {
        "DatabaseMemoryUsagePercentage",
        "EngineCPUUtilization",
        "Evictions",
        "BytesUsedForCache",
    },
    "ECS/ContainerInsights": {"RunningTaskCount"},
}


def used_aws_metrics(template: Template) -> list[Any]:
    """Every metric of AWS that an alarm or the autoscaling uses."""
    found = []
    for alarm in alarms(template).values():
        found += [
            alarm,
            *(query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query),
        ]
    for policy in template.resources("ApplicationAutoScaling::ScalingPolicy").values():
        queries = policy["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]["Metrics"]
        found += [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query]
    return [metric for metric in found if metric.get("Namespace", NAMESPACE) != NAMESPACE]


def test_alarms_use_metrics_of_aws_that_exist_for_parts_of_the_stack(template: Template) -> None:
    """A metric with a wrong name, or of a part that does not exist, never has any data."""
    (cluster,) = template.resources("ECS::Cluster").values()
    (service,) = template.resources("ECS::Service").values()
    functions = {f["FunctionName"] for f in template.resources("Serverless::Function").values()}
    queues = [{"Fn::GetAtt": [name, "QueueName"]} for name in template.resources("SQS::Queue")]
    nodes = {f"{template.stack_name}-{number:03}" for number in (1, 2)} | {template.stack_name}
    assert len(used_aws_metrics(template)) > 10
    for metric in used_aws_metrics(template):
        assert metric["MetricName"] in AWS_METRICS[metric["Namespace"]]
        for dimension in metric["Dimensions"]:
            name, value = dimension["Name"], dimension["Value"]
            match name:
                case "FunctionName":
                    assert value in functions
                case "ApiName":
                    assert value == template.one("Serverless::Api")["Name"]
                case "QueueName":
                    assert value in queues
                case "ClusterName":
                    assert value in (cluster["ClusterName"], {"Ref": template.id_of("ECS::Cluster")})
                case "ServiceName":
                    service_id = template.id_of("ECS::Service")
                    assert value in (service["ServiceName"], {"Fn::GetAtt": [service_id, "Name"]})
                case "CacheClusterId" | "clusterId":
                    assert value in nodes
                case _:
                    raise AssertionError(dimension)
