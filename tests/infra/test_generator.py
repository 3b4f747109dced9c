"""The generator as a Fargate service."""

import json
from typing import Any

import pytest

from generator_service.settings import Settings
from tests.infra.conftest import COLLECTOR, ISOLATED
from tests.infra.template import Template


@pytest.fixture
def container(template: Template) -> Any:
    (task,) = template.resources("ECS::TaskDefinition").values()
    (found,) = [container for container in task["ContainerDefinitions"] if container["Name"] == "generator"]
    return found


@pytest.fixture
def service(template: Template) -> Any:
    (found,) = template.resources("ECS::Service").values()
    return found


def test_the_generator_has_time_to_drain_before_it_is_killed(container: Any) -> None:
    """Fargate kills the task after `StopTimeout`."""
    assert container["StopTimeout"] == 120
    assert Settings.model_fields["drain_s"].default < container["StopTimeout"]


def test_it_runs_without_privileges_on_a_read_only_file_system(container: Any) -> None:
    assert container["ReadonlyRootFilesystem"] is True
    assert container["User"] == "10001:10001"


def test_its_own_program_checks_its_health(container: Any) -> None:
    check = container["HealthCheck"]
    assert check["Command"] == ["CMD", "python", "-m", "generator_service.healthcheck"]
    assert check["Timeout"] < check["Interval"]


def test_key_and_token_come_from_secrets_manager(container: Any) -> None:
    assert {secret["Name"] for secret in container["Secrets"]} == {"OPENAI_API_KEY", "GENERATOR_TOKEN"}
    assert not {"OPENAI_API_KEY", "GENERATOR_TOKEN"} & {variable["Name"] for variable in container["Environment"]}


def test_every_variable_is_a_setting_that_it_reads(container: Any) -> None:
    known = {name.upper() for name in Settings.model_fields}
    assert {variable["Name"] for variable in container["Environment"]} <= known


def test_the_image_may_belong_to_another_account(isolated: Template) -> None:
    """With the stack's own account in its address, the image would not be found."""
    (task,) = isolated.resources("ECS::TaskDefinition").values()
    image = json.dumps(task["ContainerDefinitions"][0]["Image"])
    assert "123456789012.dkr.ecr.eu-central-1." in image
    assert "generator:v1" in image


def test_a_deployment_leaves_the_number_of_tasks_to_autoscaling(service: Any) -> None:
    assert "DesiredCount" not in service


def test_the_worker_finds_it_by_its_dns_name(template: Template) -> None:
    (namespace,) = template.resources("ServiceDiscovery::PrivateDnsNamespace").values()
    (name,) = template.resources("ServiceDiscovery::Service").values()
    target = template.function("worker")["Environment"]["Variables"]["GENERATOR_TARGET"]
    assert target == f"dns:///{name['Name']}.{namespace['Name']}:50051"


def test_a_deployment_that_does_not_become_healthy_is_rolled_back(service: Any) -> None:
    configuration = service["DeploymentConfiguration"]
    assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert configuration["MinimumHealthyPercent"] == 100


def test_no_task_starts_before_it_can_reach_aws_and_has_its_rights(template: Template) -> None:
    """Otherwise the tasks of the first deployment fail, and the circuit breaker rolls it back."""
    resources = template.document["Resources"]
    (service,) = [r for r in resources.values() if r["Type"] == "AWS::ECS::Service"]
    awaited = [resources[name] for name in service["DependsOn"]]
    ways_out = {name for name in template.resources("EC2::VPCEndpoint") if "Endpoint" in name}
    assert ways_out <= set(service["DependsOn"])
    assert ways_out or any(resource["Type"] == "AWS::EC2::Route" for resource in awaited)
    policies = [r for r in awaited if r["Type"] == "AWS::IAM::Policy"]
    assert "secretsmanager:GetSecretValue" in json.dumps(policies)


def test_it_scales_with_the_number_of_running_jobs(template: Template) -> None:
    (policy,) = template.resources("ApplicationAutoScaling::ScalingPolicy").values()
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    text = json.dumps(tracking["CustomizedMetricSpecification"])
    assert "ApproximateNumberOfMessagesNotVisible" in text
    assert "RunningTaskCount" in text
    assert tracking["TargetValue"] < Settings.model_fields["generator_max_jobs"].default
    assert tracking["ScaleInCooldown"] > 120


def test_prod_has_at_least_two_tasks(prod: Template, dev: Template) -> None:
    assert prod.one("ApplicationAutoScaling::ScalableTarget")["MinCapacity"] == 2
    assert dev.one("ApplicationAutoScaling::ScalableTarget")["MinCapacity"] == 1


def test_it_runs_on_the_architecture_in_the_settings(dev: Template, isolated: Template) -> None:
    def architecture(template: Template) -> str:
        return str(template.one("ECS::TaskDefinition")["RuntimePlatform"]["CpuArchitecture"])

    assert (architecture(dev), architecture(isolated)) == ("ARM64", "X86_64")


def test_docker_builds_an_image_only_if_none_is_given(isolated: Template, dev: Template) -> None:
    def images(template: Template) -> int:
        assets = json.loads((template.folder / f"{template.stack_name}.assets.json").read_text())
        return len(assets["dockerImages"])

    assert images(isolated) == 0
    assert images(dev) == 1


def test_only_the_generator_and_what_it_imports_get_into_the_image(dev: Template) -> None:
    """Other files in the folder must not reach the builder, above all a developer's .env."""
    (folder,) = [path for path in dev.folder.glob("asset.*") if path.is_dir()]
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert "generator_service/server.py" in files
    assert "proto/lore/v1/lore_pb2.py" in files
    assert {name.partition("/")[0] for name in files} == {"generator_service", "foundation", "proto"}
    assert not [name for name in files if "__pycache__" in name]


def test_a_collector_sends_its_spans_to_xray(prod: Template, dev: Template) -> None:
    """If the collector dies, the generator goes on. Only its own task can reach it."""
    (task,) = prod.resources("ECS::TaskDefinition").values()
    generator, collector = task["ContainerDefinitions"]
    assert (collector["Image"], collector["Essential"]) == (COLLECTOR, False)
    (address,) = [v["Value"] for v in generator["Environment"] if v["Name"] == "OTEL_EXPORTER_OTLP_ENDPOINT"]
    (configured,) = [v["Value"] for v in collector["Environment"] if v["Name"] == "AOT_CONFIG_CONTENT"]
    assert address == "http://127.0.0.1:4318"
    assert '"127.0.0.1:4318"' in configured
    assert "PortMappings" not in collector
    (without,) = dev.resources("ECS::TaskDefinition").values()
    assert [container["Name"] for container in without["ContainerDefinitions"]] == ["generator"]


def variables(template: Template) -> dict[str, str]:
    (task,) = template.resources("ECS::TaskDefinition").values()
    return {v["Name"]: v["Value"] for v in task["ContainerDefinitions"][0]["Environment"]}


def test_the_generator_calls_the_provider_in_the_settings(isolated: Template, dev: Template) -> None:
    """Any other provider must not get the key."""
    assert variables(isolated)["OPENAI_BASE_URL"] == ISOLATED["OPENAI_BASE_URL"]
    assert variables(dev)["OPENAI_BASE_URL"] == "https://api.openai.com/v1"


def test_only_the_llm_settings_that_are_set_reach_the_generator(isolated: Template, dev: Template) -> None:
    """For the others, the generator uses its own defaults."""
    assert {name: value for name, value in variables(isolated).items() if name.startswith("LLM_")} == {
        "LLM_RESPONSE_FORMAT": "json_object",
        "LLM_EXTRA_BODY": '{"top_k": 20}',
    }
    assert not [name for name in variables(dev) if name.startswith("LLM_")]
