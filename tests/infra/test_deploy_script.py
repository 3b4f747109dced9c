"""infra/deploy.sh without an AWS account: it checks first, and reports all faults together."""

import os
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from infra.release.preflight import Machine, NoAccount, faults
from tests.infra.conftest import INFRA_BIN

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "infra" / "deploy.sh"
READY = {
    "STAGE": "dev",
    "AWS_REGION": "eu-west-1",
    "JWT_ISSUER": "https://i.example",
    "JWT_AUDIENCE": "a",
    "JWT_JWKS_URL": "https://i.example/jwks",
    "OPENAI_API_KEY": "sk-key",
    "SMOKE_TOKEN": "token",
}


def _no_account(_region: str) -> str:
    raise NoAccount("Unable to locate credentials.")


COMPLETE_MACHINE = Machine(
    find=lambda tool: f"/bin/{tool}",
    node_major=lambda: 22,
    docker_runs=lambda: True,
    account=lambda region: "123456789012",
)
EMPTY_MACHINE = Machine(find=lambda tool: None, node_major=lambda: 0, docker_runs=lambda: False, account=_no_account)


def script(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run deploy.sh without a home directory, so that it finds none of the developer's credentials."""
    found = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"}
    return subprocess.run(
        [str(SCRIPT), *arguments],
        cwd="/",
        env=found | environment,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def test_a_complete_machine_may_deploy() -> None:
    assert list(faults(READY, COMPLETE_MACHINE)) == []


def test_everything_that_is_missing_is_reported_together() -> None:
    said = "\n".join(faults({}, EMPTY_MACHINE))
    for word in (
        "node ",
        "npm ",
        "docker ",
        "AWS_REGION",
        "credentials",
        "STAGE",
        "JWT_ISSUER",
        "OPENAI_API_KEY",
        "SMOKE",
    ):
        assert word in said


def test_an_installed_docker_that_does_not_run_is_a_fault() -> None:
    machine = replace(COMPLETE_MACHINE, docker_runs=lambda: False)
    (said,) = faults(READY, machine)
    assert "GENERATOR_IMAGE" in said


def test_an_old_node_is_a_fault() -> None:
    (said,) = faults(READY, replace(COMPLETE_MACHINE, node_major=lambda: 18))
    assert "Node.js 18 is too old" in said


def test_an_existing_image_makes_docker_unnecessary() -> None:
    image = {"GENERATOR_IMAGE": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/generator:v1"}
    machine = replace(COMPLETE_MACHINE, find=lambda tool: None if tool == "docker" else tool, docker_runs=lambda: False)
    assert list(faults(READY | image, machine)) == []


def test_faults_do_not_repeat_the_key() -> None:
    assert "sk-key" not in "\n".join(faults({"OPENAI_API_KEY": "sk-key"}, EMPTY_MACHINE))


@pytest.mark.parametrize(("name", "value"), [("OPENAI_API_KEY", "sk-a sk-b"), ("SMOKE", "helth")])
def test_a_faulty_setting_of_the_release_is_a_fault(name: str, value: str) -> None:
    (said,) = faults(READY | {name: value}, COMPLETE_MACHINE)
    assert said.startswith(f"{name}: ")


def test_a_template_can_be_synthesized_without_settings_for_tokens(tmp_path: Path) -> None:
    cdk = tmp_path / "cdk"
    cdk.write_text('#!/usr/bin/env bash\necho "$JWT_ISSUER $*"\n')
    cdk.chmod(0o700)
    done = script("synth", CDK=str(cdk), INFRA_BIN=str(INFRA_BIN))
    assert done.returncode == 0
    assert done.stdout.startswith("https://issuer.example --app")
    assert "the template contains examples" in done.stderr
    assert script("synth", CDK=str(cdk), INFRA_BIN=str(INFRA_BIN), JWT_ISSUER="https://mine.example").stderr == ""


def test_deploy_without_settings_deploys_nothing() -> None:
    done = script("deploy")
    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was deployed. This is missing:")
    assert done.stderr.count("\n  - ") >= 5
    assert done.stdout == ""


def test_deploy_refuses_an_api_without_auth() -> None:
    done = script("deploy", STAGE="dev", AUTH_MODE="none")
    assert done.returncode == 1
    assert "ACCEPT_PUBLIC_API_WITHOUT_AUTH" in done.stderr


def test_destroy_needs_the_name_of_the_stage_twice() -> None:
    done = script("destroy", STAGE="dev")
    assert done.returncode == 1
    assert "CONFIRM=dev" in done.stderr
    assert script("destroy").stderr == "STAGE is not set. Which stage do you want to remove?\n"


@pytest.mark.parametrize("action", ["outputs", "destroy"])
def test_missing_credentials_are_reported_in_a_sentence(action: str) -> None:
    done = script(action, STAGE="dev", CONFIRM="dev", AWS_REGION="eu-west-1")
    assert done.returncode == 1
    assert done.stderr.startswith("AWS cannot be reached: Unable to locate credentials")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [(), ("fly",), ("deploy", "prod")])
def test_unknown_arguments_print_the_usage(arguments: tuple[str, ...]) -> None:
    done = script(*arguments)
    assert done.returncode == 2
    assert "synth | diff | deploy | destroy | outputs" in done.stderr


def test_a_missing_virtual_environment_is_reported_with_the_command_that_makes_it() -> None:
    done = script("synth", INFRA_BIN="/nonexistent")
    assert (done.returncode, done.stderr) == (1, "/nonexistent does not exist. Run: make venv-infra\n")


_UNTIL_DEPLOYED = ["infra.release.preflight", "cdk", "infra.release.rollback", "cdk", "infra.release.openai_key"]
_TRIED_OUT = [*_UNTIL_DEPLOYED, "infra.release.outputs", "infra.release.smoke"]
_ROLLED_BACK = "The deployment was rolled back.\n"
_NOT_ROLLED_BACK = 'The deployment does not work and was NOT rolled back: see docs/operations.md, "Rolling back".\n'


@pytest.mark.parametrize(
    ("failing", "steps", "says"),
    [
        ("nothing", [*_TRIED_OUT, "infra.release.page", "infra.release.outputs"], ""),
        ("release.smoke", [*_TRIED_OUT, "infra.release.rollback"], _ROLLED_BACK),
        ("openai_key", [*_UNTIL_DEPLOYED, "infra.release.rollback"], _ROLLED_BACK),
        ("release.smoke|restore", [*_TRIED_OUT, "infra.release.rollback"], _NOT_ROLLED_BACK),
    ],
)
def test_a_deployment_runs_its_steps_in_order(tmp_path: Path, failing: str, steps: list[str], says: str) -> None:
    """Every program is replaced by one that records its call. Calls that match `failing` fail."""
    calls = tmp_path / "calls"
    for name in ("python", "cdk", "npm", "docker"):
        program = tmp_path / name
        text = f'#!/usr/bin/env bash\necho "{name} $*" >> {calls}\n! [[ "$*" =~ {failing} ]]\n'
        program.write_text(text)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    place = f"{tmp_path}:{os.environ['PATH']}"
    done = script("deploy", INFRA_BIN=str(tmp_path), CDK=str(tmp_path / "cdk"), STAGE="dry", PATH=place)
    assert (done.returncode, done.stderr) == (1 if says else 0, says)
    made = [line.split("--app")[0] for line in calls.read_text().splitlines()]
    words = [line for line in made if "frontend" not in line and "docker" not in line]
    assert [word.split()[2 if word.startswith("python") else 0] for word in words] == steps
