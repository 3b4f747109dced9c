"""IAM rights: each function has those that its code needs, and no more."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapter.dynamodb_table import LIBRARY
from loresmith.ops.log_lines import groups_of
from loresmith.ops.target import StageTarget
from tests.infra.template import Template, listed

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
#: Actions that AWS does not restrict to a resource (source: service authorization reference).
WITHOUT_RESOURCE = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ecr:GetAuthorizationToken",
}
CONSUME = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"}
LOOK = {"sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"}
ADD = {"dynamodb:PutItem"}
CHANGE = {*ADD, "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"}
#: The actions that the adapters need: function → (service → actions).
WANTED = {
    "api": {
        "secretsmanager": {"secretsmanager:GetSecretValue"},
        "sqs": {"sqs:SendMessage", "sqs:GetQueueAttributes"},
        "dynamodb": CHANGE,
    },
    "worker": {
        "secretsmanager": {"secretsmanager:GetSecretValue"},
        "sqs": {*CONSUME, "sqs:SendMessage"},
        "dynamodb": CHANGE,
    },
    "dead-letter": {"secretsmanager": {"secretsmanager:GetSecretValue"}, "sqs": CONSUME, "dynamodb": ADD},
    "recover": {"secretsmanager": {"secretsmanager:GetSecretValue"}, "sqs": {"sqs:SendMessage"}, "dynamodb": ADD},
    # It can neither send nor delete a message. It reads no document, but single records of the history.
    "ops-read": {
        "secretsmanager": {"secretsmanager:GetSecretValue"},
        "sqs": LOOK,
        "dynamodb": {"dynamodb:GetItem"},
    },
    "ops-write": {
        "secretsmanager": {"secretsmanager:GetSecretValue"},
        "sqs": {*LOOK, "sqs:DeleteMessage", "sqs:SendMessage"},
    },
}
#: What they need besides if the stage sends webhooks.
WANTED_FOR_WEBHOOKS = {
    "dead-letter": {"sqs": {"sqs:SendMessage"}, "dynamodb": {"dynamodb:GetItem"}},
    "recover": {"dynamodb": {"dynamodb:GetItem"}},
    "webhook": {
        "secretsmanager": {"secretsmanager:GetSecretValue"},
        "sqs": {*CONSUME, "sqs:SendMessage"},
        "dynamodb": {"dynamodb:GetItem"},
    },
}
PLATFORM = {"ec2", "xray", "logs"}


def sends_webhooks(template: Template) -> bool:
    return "webhook" in template.functions


def wanted(template: Template, function: str) -> dict[str, set[str]]:
    found = dict(WANTED.get(function, {}))
    if sends_webhooks(template):
        for service, actions in WANTED_FOR_WEBHOOKS.get(function, {}).items():
            found[service] = found.get(service, set()) | actions
    return found


def allowed(statements: list[Any]) -> list[Any]:
    return [statement for statement in statements if statement["Effect"] == "Allow"]


def test_no_action_has_a_wildcard(template: Template) -> None:
    for name, statement in template.statements():
        actions = listed(statement["Action"])
        assert not [action for action in actions if "*" in action], (name, actions)


def test_only_actions_without_a_resource_are_allowed_on_all_resources(template: Template) -> None:
    for name, statement in template.statements():
        if statement["Effect"] == "Allow" and "*" in listed(statement["Resource"]):
            assert set(listed(statement["Action"])) <= WITHOUT_RESOURCE, name


def test_the_code_of_a_function_may_not_change_the_network(template: Template) -> None:
    """Lambda needs these rights to place the function. An attacker in its code must not have them."""
    for function in template.functions:
        denied = [s for s in template.statements_of(function) if s["Effect"] == "Deny"]
        assert len(denied) == 1
        assert "ArnEquals" in denied[0]["Condition"]
        assert "ec2:CreateNetworkInterface" in denied[0]["Action"]


def test_a_function_has_only_the_rights_that_its_code_needs(template: Template) -> None:
    for function in template.functions:
        found: dict[str, set[str]] = {}
        for statement in allowed(template.statements_of(function)):
            for action in listed(statement["Action"]):
                found.setdefault(action.partition(":")[0], set()).add(action)
        own = {service: actions for service, actions in found.items() if service not in PLATFORM}
        assert own == wanted(template, function), function


def test_functions_that_only_send_webhooks_may_read_nothing_else_in_the_library(dev: Template) -> None:
    """Among the items of the table are everybody's pieces and worlds."""
    for function in ("dead-letter", "recover", "webhook"):
        (read,) = [s for s in dev.statements_of(function) if "dynamodb:GetItem" in listed(s["Action"])]
        assert read["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["webhook#*"]}}


def test_a_functions_rights_are_part_of_its_role(template: Template) -> None:
    """A separate policy could be created after the event source, which Lambda would then refuse."""
    owners = {role["Ref"] for policy in template.resources("IAM::Policy").values() for role in policy["Roles"]}
    assert not [f for f in template.resources("Serverless::Function").values() if f["Role"]["Fn::GetAtt"][0] in owners]


def test_only_the_generator_may_read_the_llms_key(template: Template) -> None:
    key = template.id_of("SecretsManager::Secret", Name=f"{template.stack_name}/openai-api-key")
    readers = {name for name, s in template.statements() if {"Ref": key} in listed(s["Resource"])}
    assert len(readers) == 1
    assert readers.pop().startswith("GeneratorTaskExecutionRole")


def test_the_generators_task_may_only_send_traces(template: Template) -> None:
    (task,) = template.resources("ECS::TaskDefinition").values()
    role = {"Ref": task["TaskRoleArn"]["Fn::GetAtt"][0]}
    policies = [policy for policy in template.resources("IAM::Policy").values() if role in policy["Roles"]]
    actions = [set(listed(s["Action"])) for policy in policies for s in policy["PolicyDocument"]["Statement"]]
    assert actions == [{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}] * (len(task["ContainerDefinitions"]) - 1)


ARCHIVE = {(action, table) for action in ADD for table in ("library", "history")}
#: Function → (action, resource).
ON = {
    "api": {
        ("secretsmanager:GetSecretValue", "redis-password"),
        ("sqs:SendMessage", "jobs"),
        ("sqs:GetQueueAttributes", "jobs"),
        *((action, "library") for action in CHANGE),
        *(("dynamodb:Query", f"library/index/{index.name}") for index in LIBRARY.indexes),
        ("dynamodb:Query", "history/index/by_ended"),
    },
    "worker": {
        ("secretsmanager:GetSecretValue", "redis-password"),
        ("secretsmanager:GetSecretValue", "generator-token"),
        *((action, "jobs") for action in (*CONSUME, "sqs:SendMessage")),
        *((action, "library") for action in CHANGE),
        *((action, "history") for action in ADD),
    },
    "dead-letter": {
        ("secretsmanager:GetSecretValue", "redis-password"),
        *((action, "jobs-dlq") for action in CONSUME),
        *((action, "history") for action in ADD),
    },
    "recover": {("secretsmanager:GetSecretValue", "redis-password"), ("sqs:SendMessage", "jobs"), *ARCHIVE},
    "ops-read": {
        ("secretsmanager:GetSecretValue", "redis-password"),
        ("sqs:GetQueueAttributes", "jobs"),
        *((action, "jobs-dlq") for action in LOOK),
        ("dynamodb:GetItem", "history"),
    },
    "ops-write": {
        ("secretsmanager:GetSecretValue", "redis-password"),
        ("sqs:GetQueueAttributes", "jobs"),
        ("sqs:SendMessage", "jobs"),
        *((action, "jobs-dlq") for action in (*LOOK, "sqs:DeleteMessage")),
    },
}


#: The same, if the stage sends webhooks.
ON_FOR_WEBHOOKS = {
    "api": {("sqs:SendMessage", "webhooks")},
    "worker": {("sqs:SendMessage", "webhooks")},
    "dead-letter": {("sqs:SendMessage", "webhooks"), ("dynamodb:GetItem", "library")},
    "recover": {("sqs:SendMessage", "webhooks"), ("dynamodb:GetItem", "library")},
    "ops-read": {("sqs:GetQueueAttributes", "webhooks"), *((action, "webhooks-dlq") for action in LOOK)},
    "ops-write": {
        ("sqs:GetQueueAttributes", "webhooks"),
        ("sqs:SendMessage", "webhooks"),
        *((action, "webhooks-dlq") for action in (*LOOK, "sqs:DeleteMessage")),
    },
    "webhook": {
        ("secretsmanager:GetSecretValue", "redis-password"),
        *((action, "webhooks") for action in (*CONSUME, "sqs:SendMessage")),
        ("sqs:SendMessage", "webhooks-dlq"),
        ("dynamodb:GetItem", "library"),
    },
}


def named(template: Template, resource: Any) -> str:
    """The name of the resource that a policy refers to, without the name of the stage."""
    match resource:
        case {"Ref": logical_id}:
            return str(template.resources("SecretsManager::Secret")[logical_id]["Name"]).rpartition("/")[2]
        case {"Fn::GetAtt": [logical_id, "Arn"]}:
            properties = template.document["Resources"][logical_id]["Properties"]
            name = properties.get("QueueName") or properties.get("TableName") or ""
            return str(name).removeprefix(f"{template.stack_name}-") or logical_id
        case {"Fn::Join": ["", [inner, str(rest)]]}:
            return named(template, inner) + rest
    raise AssertionError(resource)


def test_a_function_has_rights_only_on_the_resources_that_it_uses(template: Template) -> None:
    for function in template.functions:
        found = {
            (action, named(template, resource))
            for statement in allowed(template.statements_of(function))
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
            if action.partition(":")[0] not in PLATFORM
        }
        own, more = ON.get(function, set()), ON_FOR_WEBHOOKS.get(function, set())
        assert found == own | (more if sends_webhooks(template) else set()), function


def test_lambda_may_place_each_function_and_write_its_log(template: Template) -> None:
    """Otherwise the function cannot be created, or writes no logs."""
    for function in template.functions:
        actions = {a: s["Resource"] for s in allowed(template.statements_of(function)) for a in listed(s["Action"])}
        assert WITHOUT_RESOURCE - {"ecr:GetAuthorizationToken"} <= actions.keys()
        group = template.function(function)["LoggingConfig"]["LogGroup"]["Ref"]
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            assert actions[action] == {"Fn::GetAtt": [group, "Arn"]}


def test_only_lambda_may_assume_a_functions_role(template: Template) -> None:
    for properties in template.resources("Serverless::Function").values():
        role = template.resources("IAM::Role")[properties["Role"]["Fn::GetAtt"][0]]
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert (trust["Effect"], trust["Action"]) == ("Allow", "sts:AssumeRole")


def documented_policy(name: str) -> list[Any]:
    """The statements of a policy in docs/operations.md."""
    text = OPERATIONS.read_text(encoding="utf-8")
    found = re.search(rf"<!-- rights: {name} -->\n```json\n(.*?)\n```", text, re.DOTALL)
    assert found is not None
    statements: list[Any] = json.loads(found[1])["Statement"]
    return statements


@pytest.mark.parametrize("name", ["ops-read", "ops-write"])
def test_the_documented_rights_of_the_people_on_call_name_one_function(prod: Template, name: str) -> None:
    """The right to read includes no right to change."""
    invoke = documented_policy(name)[0]
    assert invoke["Action"] == "lambda:InvokeFunction"
    assert invoke["Resource"].rpartition(":")[2] == prod.function(name)["FunctionName"]
    assert [statement["Effect"] for statement in documented_policy(name)] == ["Allow"] * len(documented_policy(name))


def test_the_documented_rights_cover_the_logs_that_are_searched(prod: Template) -> None:
    names = [group["LogGroupName"] for group in prod.resources("Logs::LogGroup").values()]
    groups = {name for name in names if isinstance(name, str)}
    _, search, results = documented_policy("ops-read")
    assert (search["Action"], results["Action"], results["Resource"]) == (
        "logs:StartQuery",
        "logs:GetQueryResults",
        "*",
    )
    permitted = [resource.partition(":log-group:")[2].removesuffix(":*") for resource in search["Resource"]]
    searched = set(groups_of(StageTarget("prod")))
    assert searched <= groups
    assert all(any(fnmatch(group, pattern) for pattern in permitted) for group in searched)
