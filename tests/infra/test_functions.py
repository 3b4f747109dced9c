"""What goes wrong in silence on AWS: Lambda accepts each of these mistakes, and jobs get lost or stuck."""

import json
import re
from typing import Any

import pytest

from chalicelib.domain.timing import Timing
from tests.infra.conftest import SETTINGS
from tests.infra.template import Template

TIMING = Timing()
QUEUE_READERS = {"worker": ("WorkerSqsEventSource", "jobs"), "dead-letter": ("DeadLetterSqsEventSource", "jobs-dlq")}


def event_source(template: Template, function: str) -> Any:
    return template.function(function)["Events"][QUEUE_READERS[function][0]]["Properties"]


def queue_of(template: Template, function: str) -> Any:
    queue_id = event_source(template, function)["Queue"]["Fn::GetAtt"][0]
    return template.resources("SQS::Queue")[queue_id]


@pytest.mark.parametrize("function", QUEUE_READERS)
def test_failed_messages_of_a_batch_are_delivered_again(template: Template, function: str) -> None:
    """Without this Lambda ignores what the handler returns, and deletes the messages that it named as failed."""
    assert event_source(template, function)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("function", QUEUE_READERS)
def test_each_function_reads_its_own_queue(template: Template, function: str) -> None:
    """Chalice packs a name; the event source must have the queue of this very stage."""
    assert queue_of(template, function)["QueueName"] == f"{template.stack_name}-{QUEUE_READERS[function][1]}"


@pytest.mark.parametrize("function", QUEUE_READERS)
def test_a_message_stays_invisible_for_six_times_the_functions_time(template: Template, function: str) -> None:
    """Sooner, and a second worker takes a message that the first still works on (Lambda developer guide)."""
    assert queue_of(template, function)["VisibilityTimeout"] >= 6 * template.function(function)["Timeout"]


def test_the_worker_has_the_time_that_the_code_counts_on(template: Template) -> None:
    """Chalice's construct ignores time and memory of single functions; the default of 60 s would cut jobs off."""
    assert template.function("worker")["Timeout"] == TIMING.worker_timeout_s > TIMING.job_deadline_s
    assert template.function("worker")["MemorySize"] == 1024


def test_the_queue_has_the_visibility_that_the_code_counts_on(template: Template) -> None:
    assert queue_of(template, "worker")["VisibilityTimeout"] == TIMING.queue_visibility_s


def test_the_api_answers_before_api_gateway_gives_up(template: Template) -> None:
    assert template.function("api")["Timeout"] <= 29


def test_concurrency_of_the_worker_is_bounded_at_the_event_source(template: Template) -> None:
    """Reserved concurrency would throttle deliveries, and throttled deliveries count as receives: jobs go dead."""
    assert event_source(template, "worker")["ScalingConfig"] == {"MaximumConcurrency": 12}
    others = ("worker", "dead-letter", "recover")
    assert all("ReservedConcurrentExecutions" not in template.function(name) for name in others)


def test_long_polls_can_be_kept_from_taking_the_workers_concurrency(prod: Template, dev: Template) -> None:
    """They share the account's; the worker is bounded at its event source, the API only by this."""
    assert prod.function("api")["ReservedConcurrentExecutions"] == 500
    assert "ReservedConcurrentExecutions" not in dev.function("api")


def test_a_poisonous_message_gets_five_deliveries_and_then_its_handler(template: Template) -> None:
    redrive = queue_of(template, "worker")["RedrivePolicy"]
    dead_letters = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert redrive["maxReceiveCount"] == 5
    assert event_source(template, "dead-letter")["Queue"]["Fn::GetAtt"][0] == dead_letters


def test_stuck_jobs_are_looked_for_each_minute(template: Template) -> None:
    schedule = template.function("recover")["Events"]["RecoverEvent"]
    assert schedule == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}


def test_every_function_of_the_app_is_finished(template: Template) -> None:
    """A function added to app.py and forgotten here would run with Chalice's defaults and a role that is not there."""
    for properties in template.resources("Serverless::Function").values():
        assert properties["Handler"].startswith("lambda_entry.")
        assert "Fn::GetAtt" in properties["Role"]
    assert len(template.resources("Serverless::Function")) == 4


def test_every_function_logs_json_to_a_group_that_forgets(template: Template) -> None:
    """Chalice's own option for it names a function that is not there, and the deployment fails."""
    groups = template.resources("Logs::LogGroup")
    for properties in template.resources("Serverless::Function").values():
        config = properties["LoggingConfig"]
        assert config["LogFormat"] == "JSON"
        assert groups[config["LogGroup"]["Ref"]]["LogGroupName"] == f"/aws/lambda/{properties['FunctionName']}"


def test_every_log_group_forgets(template: Template) -> None:
    assert {group["RetentionInDays"] for group in template.resources("Logs::LogGroup").values()} == {14}


def test_every_function_is_traced_and_in_the_private_subnets(template: Template) -> None:
    private = {
        s["Ref"] for f in template.resources("Serverless::Function").values() for s in f["VpcConfig"]["SubnetIds"]
    }
    assert all("private" in subnet for subnet in private)
    assert len(private) == 2
    assert {f["Tracing"] for f in template.resources("Serverless::Function").values()} == {"Active"}


def test_every_function_has_a_role_of_its_own(template: Template) -> None:
    roles = [f["Role"]["Fn::GetAtt"][0] for f in template.resources("Serverless::Function").values()]
    assert len(set(roles)) == len(roles) == 4


def test_no_variable_holds_a_secret(template: Template) -> None:
    """Variables are shown to everybody who may look at the function; they name secrets."""
    for properties in template.resources("Serverless::Function").values():
        variables = properties["Environment"]["Variables"]
        assert not {"REDIS_URL", "GENERATOR_TOKEN", "OPENAI_API_KEY"} & variables.keys()
        assert "resolve:secretsmanager" not in json.dumps(variables)


def test_only_the_worker_is_told_of_the_generators_token(template: Template) -> None:
    told = [
        f["FunctionName"].removeprefix(f"{template.stack_name}-")
        for f in template.resources("Serverless::Function").values()
        if "GENERATOR_TOKEN_SECRET_ARN" in f["Environment"]["Variables"]
    ]
    assert told == ["worker"]


def test_variables_fit_the_settings_that_the_code_reads(template: Template) -> None:
    """A misspelt variable would be a default in production."""
    from chalicelib.settings import Settings

    own = {"STAGE", "REDIS_HOST", "REDIS_PORT", "REDIS_USER", "REDIS_SECRET_ARN", "GENERATOR_TOKEN_SECRET_ARN"}
    known = {name.upper() for name in Settings.model_fields} | own
    for properties in template.resources("Serverless::Function").values():
        assert properties["Environment"]["Variables"].keys() <= known


def test_quotas_of_an_owner_are_a_setting_of_the_stage(isolated: Template, dev: Template) -> None:
    """The worker holds some of them, the API the others."""
    for function in ("api", "worker"):
        assert isolated.function(function)["Environment"]["Variables"]["MAX_ACTIVE_JOBS"] == "3"
        assert "MAX_ACTIVE_JOBS" not in dev.function(function)["Environment"]["Variables"]


def test_the_functions_know_their_stage(template: Template) -> None:
    """Without one no figure is written, and dashboard and alarms are blind."""
    for properties in template.resources("Serverless::Function").values():
        assert properties["Environment"]["Variables"]["STAGE"] == template.stack_name.removeprefix("loresmith-")


def test_functions_run_on_the_architecture_that_was_asked_for(dev: Template, isolated: Template) -> None:
    for stage, wanted in ((dev, "arm64"), (isolated, "x86_64")):
        assert {tuple(f["Architectures"]) for f in stage.resources("Serverless::Function").values()} == {(wanted,)}


def test_a_new_version_of_the_worker_is_a_canary_in_prod(prod: Template, dev: Template) -> None:
    worker = prod.function("worker")
    assert worker["AutoPublishAlias"] == "live"
    assert worker["AutoPublishAliasAllProperties"] is True
    assert worker["DeploymentPreference"] == {
        "Type": "Canary10Percent5Minutes",
        "Alarms": ["loresmith-prod-worker-canary"],
    }
    assert "DeploymentPreference" not in dev.function("worker")


def test_the_runtime_is_the_python_that_packed_it(template: Template) -> None:
    runtimes = {f["Runtime"] for f in template.resources("Serverless::Function").values()}
    assert len(runtimes) == 1
    assert re.fullmatch(r"python3\.1[1-4]", runtimes.pop())


def test_who_may_call_is_what_was_set(dev: Template, isolated: Template) -> None:
    """A switch that is lost on the way would open the API to everybody."""
    for function in ("api", "worker", "dead-letter", "recover"):
        variables = dev.function(function)["Environment"]["Variables"]
        assert {name: variables.get(name) for name in ("AUTH_MODE", *SETTINGS)} == {"AUTH_MODE": "jwt", **SETTINGS}
    variables = isolated.function("api")["Environment"]["Variables"]
    assert variables["JWT_KEY"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "JWT_JWKS_URL" not in variables


def test_each_function_has_the_time_and_the_room_that_it_needs(template: Template) -> None:
    found = {
        name: (template.function(name)["Timeout"], template.function(name)["MemorySize"])
        for name in ("api", "worker", "dead-letter", "recover")
    }
    assert found == {"api": (29, 512), "worker": (150, 1024), "dead-letter": (30, 512), "recover": (60, 512)}


def test_a_batch_is_as_large_as_the_worker_can_run_side_by_side(template: Template) -> None:
    for function in ("worker", "dead-letter"):
        (event,) = template.function(function)["Events"].values()
        assert event["Properties"]["BatchSize"] == 10
