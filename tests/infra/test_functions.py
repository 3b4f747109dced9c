"""Mistakes that AWS does not report: Lambda accepts each of them, and jobs get lost or stuck."""

import json
import re
from dataclasses import fields
from typing import Any

import pytest
from chalice.app import SQSEventConfig

from app import app
from chalicelib.domain.quota import UNLIMITED, Quota
from chalicelib.domain.timing import Timing
from chalicelib.settings import Settings
from infra.cdk.settings import WORKER_BATCH_SIZE
from tests.infra.conftest import ISOLATED_LIBRARY, ISOLATED_PRICES, ISOLATED_QUOTAS, ISOLATED_SPENDING, SETTINGS
from tests.infra.template import Template

TIMING = Timing()
#: Every limit of an owner. The length of the window is not a setting.
QUOTAS = {field.name for field in fields(Quota)} - {"window_s"}
QUEUE_READERS = {
    "worker": ("WorkerSqsEventSource", "jobs"),
    "dead-letter": ("DeadLetterSqsEventSource", "jobs-dlq"),
    "webhook": ("WebhookSqsEventSource", "webhooks"),
}


def event_source(template: Template, function: str) -> Any:
    return template.function(function)["Events"][QUEUE_READERS[function][0]]["Properties"]


def queue_of(template: Template, function: str) -> Any:
    queue_id = event_source(template, function)["Queue"]["Fn::GetAtt"][0]
    return template.resources("SQS::Queue")[queue_id]


def queue_readers(template: Template) -> list[str]:
    return [name for name in template.functions if name in QUEUE_READERS]


def test_a_stage_without_a_way_to_the_internet_sends_no_webhooks(
    dev: Template, prod: Template, isolated: Template
) -> None:
    """Every attempt would fail. The API refuses them, because it does not know a queue."""
    for stage, readers in ((dev, 3), (prod, 3), (isolated, 2)):
        assert len(queue_readers(stage)) == readers
        queues = [queue["QueueName"] for queue in stage.resources("SQS::Queue").values()]
        assert len(queues) == 2 * (readers - 1)
        for function in stage.functions:
            variables = stage.function(function)["Environment"]["Variables"]
            assert ("WEBHOOKS_QUEUE_URL" in variables) is ("WEBHOOKS_DLQ_URL" in variables) is (readers == 3)


def test_a_webhook_that_could_not_be_delivered_is_kept_for_two_weeks(dev: Template) -> None:
    redrive = queue_of(dev, "webhook")["RedrivePolicy"]
    dead = dev.resources("SQS::Queue")[redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]]
    assert (dead["QueueName"], dead["MessageRetentionPeriod"]) == ("loresmith-dev-webhooks-dlq", 14 * 86_400)
    assert redrive["maxReceiveCount"] == 20


def test_failed_messages_of_a_batch_are_delivered_again(template: Template) -> None:
    """Otherwise Lambda ignores what the handler returns, and deletes the failed messages too."""
    for function in queue_readers(template):
        assert event_source(template, function)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_each_function_reads_its_own_queue(template: Template) -> None:
    """Chalice writes a name into its package. The event source must have the queue of this stage."""
    for function in queue_readers(template):
        assert queue_of(template, function)["QueueName"] == f"{template.stack_name}-{QUEUE_READERS[function][1]}"


def test_the_visibility_timeout_is_at_least_six_times_the_functions_timeout(template: Template) -> None:
    """Otherwise a second worker may get a message that the first still works on (Lambda developer guide)."""
    for function in queue_readers(template):
        assert queue_of(template, function)["VisibilityTimeout"] >= 6 * template.function(function)["Timeout"]


def test_the_queue_has_the_visibility_timeout_that_the_code_relies_on(template: Template) -> None:
    assert queue_of(template, "worker")["VisibilityTimeout"] == TIMING.queue_visibility_s


def test_the_event_source_limits_the_concurrency_of_the_worker(template: Template) -> None:
    """Reserved concurrency would throttle deliveries. They count as receives, so messages would become dead letters."""
    assert event_source(template, "worker")["ScalingConfig"]["MaximumConcurrency"] in {12, 25}
    others = [name for name in template.functions if name != "api"]
    assert all("ReservedConcurrentExecutions" not in template.function(name) for name in others)


def test_the_concurrency_of_the_api_can_be_limited(prod: Template, dev: Template) -> None:
    """Long polls could otherwise use up the account's concurrency, which the worker shares."""
    assert prod.function("api")["ReservedConcurrentExecutions"] == 500
    assert "ReservedConcurrentExecutions" not in dev.function("api")


def test_a_message_goes_to_the_dead_letter_handler_after_five_deliveries(template: Template) -> None:
    redrive = queue_of(template, "worker")["RedrivePolicy"]
    dead_letters = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert redrive["maxReceiveCount"] == 5
    assert event_source(template, "dead-letter")["Queue"]["Fn::GetAtt"][0] == dead_letters


def test_recovery_runs_every_minute(template: Template) -> None:
    schedule = template.function("recover")["Events"]["RecoverEvent"]
    assert schedule == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}


def test_the_stack_configures_every_function_of_the_app(template: Template) -> None:
    """A function that is only in app.py would run with Chalice's defaults and a role that does not exist."""
    for properties in template.resources("Serverless::Function").values():
        assert properties["Handler"].startswith("lambda_entry.")
        assert "Fn::GetAtt" in properties["Role"]
    sends_webhooks = template.stack_name != "loresmith-isolated"
    usual = {"api", "worker", "dead-letter", "recover", "ops-read", "ops-write"}
    assert template.functions == {*usual, *(["webhook"] if sends_webhooks else [])}


def test_every_function_logs_json_to_a_group_of_the_stack(template: Template) -> None:
    """Chalice's own option for this refers to a function that does not exist, and the deployment fails."""
    groups = template.resources("Logs::LogGroup")
    for properties in template.resources("Serverless::Function").values():
        config = properties["LoggingConfig"]
        assert config["LogFormat"] == "JSON"
        assert groups[config["LogGroup"]["Ref"]]["LogGroupName"] == f"/aws/lambda/{properties['FunctionName']}"


def test_every_log_group_keeps_its_logs_for_14_days(template: Template) -> None:
    assert {group["RetentionInDays"] for group in template.resources("Logs::LogGroup").values()} == {14}


def test_every_function_is_traced_and_in_the_private_subnets(template: Template) -> None:
    private = {
        s["Ref"] for f in template.resources("Serverless::Function").values() for s in f["VpcConfig"]["SubnetIds"]
    }
    assert all("private" in subnet for subnet in private)
    assert len(private) == 2
    assert {f["Tracing"] for f in template.resources("Serverless::Function").values()} == {"Active"}


def test_every_function_has_its_own_role(template: Template) -> None:
    roles = [f["Role"]["Fn::GetAtt"][0] for f in template.resources("Serverless::Function").values()]
    assert len(set(roles)) == len(roles) == len(template.functions)


def test_no_variable_holds_a_secret(template: Template) -> None:
    """Everyone who may view the function sees its variables. They have only the ARNs of secrets."""
    for properties in template.resources("Serverless::Function").values():
        variables = properties["Environment"]["Variables"]
        assert not {"REDIS_URL", "GENERATOR_TOKEN", "OPENAI_API_KEY"} & variables.keys()
        assert "resolve:secretsmanager" not in json.dumps(variables)


def test_only_the_worker_gets_the_arn_of_the_generator_token(template: Template) -> None:
    told = [
        f["FunctionName"].removeprefix(f"{template.stack_name}-")
        for f in template.resources("Serverless::Function").values()
        if "GENERATOR_TOKEN_SECRET_ARN" in f["Environment"]["Variables"]
    ]
    assert told == ["worker"]


def test_every_variable_is_a_setting_that_the_code_reads(template: Template) -> None:
    """With a misspelt variable, production would run with the default."""
    own = {"STAGE", "REDIS_HOST", "REDIS_PORT", "REDIS_USER", "REDIS_SECRET_ARN", "GENERATOR_TOKEN_SECRET_ARN"}
    known = {name.upper() for name in Settings.model_fields} | own
    for properties in template.resources("Serverless::Function").values():
        assert properties["Environment"]["Variables"].keys() <= known


@pytest.mark.parametrize("function", ["api", "worker"])
def test_every_quota_is_a_setting_of_the_stage(isolated: Template, dev: Template, function: str) -> None:
    """The worker enforces some of them, the API the others. A quota that is not passed on would not apply."""
    variables = isolated.function(function)["Environment"]["Variables"]
    given = {name: variables[name] for name in ISOLATED_QUOTAS if name in variables}
    assert given == ISOLATED_QUOTAS
    quota = Settings.read(given | {"AUTH_MODE": "none"}).quota
    unchanged = [name for name in QUOTAS if getattr(quota, name) == getattr(UNLIMITED, name)]
    assert unchanged == []
    assert not ISOLATED_QUOTAS.keys() & dev.function(function)["Environment"]["Variables"].keys()


def test_the_limits_of_spending_are_settings_of_the_stage(isolated: Template) -> None:
    """The API enforces them when it accepts a job."""
    assert isolated.function("api")["Environment"]["Variables"].items() >= ISOLATED_SPENDING.items()


@pytest.mark.parametrize("function", ["api", "worker", "dead-letter", "recover"])
def test_what_the_library_and_the_history_keep_is_a_setting_of_the_stage(isolated: Template, function: str) -> None:
    assert isolated.function(function)["Environment"]["Variables"].items() >= ISOLATED_LIBRARY.items()


@pytest.mark.parametrize("function", ["api", "worker"])
def test_the_prices_of_the_model_are_settings_of_the_stage(isolated: Template, function: str) -> None:
    """The estimated cost in the metrics uses them."""
    assert isolated.function(function)["Environment"]["Variables"].items() >= ISOLATED_PRICES.items()


def test_every_function_has_the_name_of_its_stage(template: Template) -> None:
    """Without it, functions write no metrics for the dashboard and the alarms."""
    for properties in template.resources("Serverless::Function").values():
        assert properties["Environment"]["Variables"]["STAGE"] == template.stack_name.removeprefix("loresmith-")


def test_functions_run_on_the_architecture_in_the_settings(dev: Template, isolated: Template) -> None:
    for stage, wanted in ((dev, "arm64"), (isolated, "x86_64")):
        assert {tuple(f["Architectures"]) for f in stage.resources("Serverless::Function").values()} == {(wanted,)}


def test_prod_deploys_a_new_version_of_the_worker_as_a_canary(prod: Template, dev: Template) -> None:
    worker = prod.function("worker")
    assert worker["AutoPublishAlias"] == "live"
    assert worker["AutoPublishAliasAllProperties"] is True
    assert worker["DeploymentPreference"] == {
        "Type": "Canary10Percent5Minutes",
        "Alarms": ["loresmith-prod-worker-canary"],
    }
    assert "DeploymentPreference" not in dev.function("worker")


def test_all_functions_have_the_same_python_runtime(template: Template) -> None:
    runtimes = {f["Runtime"] for f in template.resources("Serverless::Function").values()}
    assert len(runtimes) == 1
    assert re.fullmatch(r"python3\.1[1-4]", runtimes.pop())


def test_the_settings_for_tokens_reach_every_function(dev: Template, isolated: Template) -> None:
    """A setting that is lost on the way could open the API to everyone."""
    for function in dev.functions:
        variables = dev.function(function)["Environment"]["Variables"]
        assert {name: variables.get(name) for name in ("AUTH_MODE", *SETTINGS)} == {"AUTH_MODE": "jwt", **SETTINGS}
    variables = isolated.function("api")["Environment"]["Variables"]
    assert variables["JWT_KEY"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "JWT_JWKS_URL" not in variables


def test_each_function_has_the_timeout_and_the_memory_that_it_needs(template: Template) -> None:
    """Chalice's construct ignores both. Its default of 60 s would cut jobs off, and API Gateway gives up after 29 s."""
    found = {
        name: (template.function(name)["Timeout"], template.function(name)["MemorySize"]) for name in template.functions
    }
    assert found == ({"webhook": (30, 512)} if "webhook" in found else {}) | {
        "api": (29, 512),
        "worker": (TIMING.worker_timeout_s, 1024),
        "dead-letter": (30, 512),
        "recover": (60, 512),
        "ops-read": (60, 512),
        "ops-write": (60, 512),
    }


def test_the_deployed_batch_size_is_the_one_in_the_app(dev: Template) -> None:
    """The stack sets its own. The settings' check of the capacity counts on it too."""
    declared = {
        source.handler_string: source.batch_size for source in app.event_sources if isinstance(source, SQSEventConfig)
    }
    deployed = {
        f"app.{function.replace('-', '_')}": event_source(dev, function)["BatchSize"] for function in QUEUE_READERS
    }
    assert deployed == declared == dict.fromkeys(declared, WORKER_BATCH_SIZE)
