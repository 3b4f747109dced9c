"""`python -m infra.release.preflight`: checks that a deployment has all it needs, and reports all faults at once."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from foundation.settings import SettingsError
from infra.cdk.settings import InfraSettings
from infra.release.settings import ReleaseSettings

ROOT = Path(__file__).resolve().parents[2]
#: tool → (what it is for, how to get it)
_TOOLS = {
    "node": ("CDK and the page's build run on it", "https://nodejs.org, 20 or newer"),
    "npm": ("it installs CDK's command line and builds the page", "comes with Node.js"),
}
#: The oldest version that CDK's command line accepts.
_OLDEST_NODE = 20
_DOCKER_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the checks ask the machine and AWS."""

    find: Callable[[str], str | None]
    #: Node.js' major version; only called if Node.js is found.
    node_major: Callable[[], int]
    docker_runs: Callable[[], bool]
    #: Region → the account of the credentials. Raises `NoAccount`.
    account: Callable[[str], str]


class NoAccount(Exception):
    """There are no credentials, or AWS refuses them; the message says which."""


def faults(environment: Mapping[str, str], machine: Machine) -> Iterator[str]:
    """Everything that prevents a deployment, one sentence each."""
    for tool, (purpose, source) in _TOOLS.items():
        if machine.find(tool) is None:
            yield f"{tool} is not on the PATH: {purpose} ({source})."
    if machine.find("node") and (found := machine.node_major()) < _OLDEST_NODE:
        yield f"Node.js {found} is too old: CDK needs {_OLDEST_NODE} or newer ({_TOOLS['node'][1]})."
    yield from _docker_faults(environment, machine)
    yield from _account_faults(environment, machine)
    yield from _settings_faults(environment)
    yield from _release_faults(environment)


def _docker_faults(environment: Mapping[str, str], machine: Machine) -> Iterator[str]:
    if environment.get("GENERATOR_IMAGE"):
        return
    way_out = "or set GENERATOR_IMAGE to an image in ECR"
    if machine.find("docker") is None:
        yield f"docker is not on the PATH: it builds the generator's image. Install it, {way_out}."
    elif not machine.docker_runs():
        yield f"Docker does not answer: its daemon is not running, or you may not use it. Start it, {way_out}."


def _account_faults(environment: Mapping[str, str], machine: Machine) -> Iterator[str]:
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        yield "AWS_REGION is not set: the region to deploy to, such as us-east-1."
    try:
        machine.account(region or "us-east-1")
    except NoAccount as error:
        yield f"AWS credentials: {error}"


def _settings_faults(environment: Mapping[str, str]) -> Iterator[str]:
    if not environment.get("STAGE"):
        yield "STAGE is not set: the name of the stage, such as dev or prod."
    try:
        InfraSettings.read(environment)
    except SettingsError as error:
        yield from error.faults


def _release_faults(environment: Mapping[str, str]) -> Iterator[str]:
    try:
        release = ReleaseSettings.read(environment)
    except SettingsError as error:
        yield from error.faults
        return
    if release.openai_api_key is None and not release.keep_openai_api_key:
        yield (
            "OPENAI_API_KEY is not set: the LLM provider's key, which goes to Secrets Manager. "
            "If the right one is there already, set KEEP_OPENAI_API_KEY=yes."
        )
    with_tokens = environment.get("AUTH_MODE", "jwt") == "jwt"
    if with_tokens and release.smoke_token is None and release.smoke == "job":
        yield (
            "SMOKE_TOKEN is not set: a token of your issuer, for the test job after the deployment. "
            "With SMOKE=health, only /health is checked."
        )


def this_machine() -> Machine:
    return Machine(find=shutil.which, node_major=_node_major, docker_runs=_docker_runs, account=_account)


def _node_major() -> int:
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", version)
    return int(found[1]) if found else 0


def _docker_runs() -> bool:
    try:
        done = subprocess.run(["docker", "info"], capture_output=True, timeout=_DOCKER_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _account(region: str) -> str:
    import boto3  # imported late: the other checks do not need it
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=5, read_timeout=5, retries={"total_max_attempts": 1})
    try:
        identity = boto3.client("sts", region_name=region, config=config).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise NoAccount(f"{error}. Log in (aws sso login, aws configure) or set AWS_PROFILE.") from error
    return str(identity["Account"])


def main() -> int:
    """Exits with 1 and the list on stderr if something is missing; else prints the account and region."""
    found = list(faults(os.environ, this_machine()))
    if found:
        sys.stderr.write("Nothing was deployed. This is missing:\n" + "".join(f"  - {fault}\n" for fault in found))
        return 1
    region = InfraSettings.read(os.environ).region
    sys.stdout.write(f"aws://{_account(region)}/{region}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
