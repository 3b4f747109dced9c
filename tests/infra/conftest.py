"""Fixtures that synthesize the stack in a separate process: CDK has its own virtual environment, and Chalice's
construct changes the process in which it runs."""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.infra.template import Template

ROOT = Path(__file__).resolve().parents[2]
INFRA_BIN = Path(os.environ.get("INFRA_BIN", ROOT / ".venv-infra" / "bin"))
#: The settings that every stage needs.
SETTINGS = {
    "JWT_ISSUER": "https://issuer.example",
    "JWT_AUDIENCE": "loresmith",
    "JWT_AUDIENCE_CLAIM": "client_id",
    "JWT_JWKS_URL": "https://issuer.example/jwks.json",
}
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"
ISOLATED_QUOTAS = {
    "MAX_ACTIVE_JOBS": "3",
    "MAX_RUNNING_JOBS": "2",
    "MAX_SUBMISSIONS_PER_MINUTE": "7",
    "TOKENS_PER_DAY": "90000",
}
ISOLATED_SPENDING = {"DAILY_TOKEN_STOP": "900000", "JOB_TOKEN_BUDGET": "30000"}
ISOLATED_LIBRARY = {"MAX_PIECES": "700", "HISTORY_DAYS": "90"}
ISOLATED_PRICES = {"LLM_PROMPT_USD_PER_MILLION": "0.5", "LLM_COMPLETION_USD_PER_MILLION": "1.5"}
#: A stage without access to the internet, and with everything that the default stage does not have.
ISOLATED = {
    "STAGE": "isolated",
    "EGRESS": "endpoints",
    "REDIS": "serverless",
    "OPENAI_BASE_URL": "https://llm.internal.example/v1",
    "LLM_RESPONSE_FORMAT": "json_object",
    "LLM_EXTRA_BODY": '{"top_k": 20}',
    "JWT_JWKS_URL": "",
    "JWT_PUBLIC_KEY": PUBLIC_KEY,
    "ARCHITECTURE": "x86_64",
    **ISOLATED_QUOTAS,
    **ISOLATED_SPENDING,
    **ISOLATED_LIBRARY,
    **ISOLATED_PRICES,
    "GENERATOR_IMAGE": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/generator:v1",
}
COLLECTOR = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3"
PROD = {
    "STAGE": "prod",
    "ALARM_EMAIL": "ops@example.com",
    "API_RESERVED_CONCURRENCY": "500",
    "OTEL_COLLECTOR_IMAGE": COLLECTOR,
}
#: This machine's processor, as a value of ARCHITECTURE.
HERE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
#: The issuer of the emulated stage signs with it.
ISSUER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
#: For the emulator: for this machine's processor, without NAT gateways, which the emulator does not support.
EMULATED = {
    **ISOLATED,
    "STAGE": "emulated",
    "REDIS": "replication",
    # Their receivers cannot be reached either, but everything up to that can be tested.
    "WEBHOOKS": "true",
    "ARCHITECTURE": HERE,
    "JWT_PUBLIC_KEY": ISSUER_KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode(),
    # All jobs of the flow's tests have the same owner.
    "MAX_ACTIVE_JOBS": "1000",
    "MAX_RUNNING_JOBS": "1000",
    "MAX_SUBMISSIONS_PER_MINUTE": "1000",
    "TOKENS_PER_DAY": "1000000000",
    "DAILY_TOKEN_STOP": "1000000000",
    "JOB_TOKEN_BUDGET": "100000",
}
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def infra_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """These settings, and from the developer's own environment only what programs need to run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    silent = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1", "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1"}
    return kept | silent | dict(settings)


@pytest.fixture(scope="session")
def run_infra() -> Run:
    """Runs a module in the virtual environment of CDK, in the project's folder."""
    python = INFRA_BIN / "python"
    assert python.exists(), f"{python} does not exist. Run: make venv-infra"

    def run(*arguments: str, stdin: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(python), "-m", *arguments],
            cwd=ROOT,
            env=infra_environment(settings),
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
        )

    return run


def synthesize(run: Run, folder: Path, stages: Mapping[str, Mapping[str, str]]) -> dict[str, Template]:
    """The templates of these stages, each in a subfolder with its name."""
    folders = {str(folder / name): SETTINGS | dict(settings) for name, settings in stages.items()}
    done = run("tests.infra.synthesize", stdin=json.dumps(folders))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Could not install" not in done.stdout + done.stderr  # Chalice, if it cannot get a dependency
    return {name: Template.load(folder / name) for name in stages}


@pytest.fixture(scope="session")
def templates(run_infra: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """Stage → its template."""
    stages = {"dev": {}, "prod": PROD, "isolated": ISOLATED, "emulated": EMULATED}
    return synthesize(run_infra, tmp_path_factory.mktemp("stages"), stages)


@pytest.fixture(scope="session")
def dev(templates: dict[str, Template]) -> Template:
    """A stage with only the required settings."""
    return templates["dev"]


@pytest.fixture(scope="session")
def prod(templates: dict[str, Template]) -> Template:
    return templates["prod"]


@pytest.fixture(scope="session")
def isolated(templates: dict[str, Template]) -> Template:
    return templates["isolated"]


@pytest.fixture(scope="session", params=["dev", "prod", "isolated"])
def template(request: pytest.FixtureRequest, templates: dict[str, Template]) -> Template:
    """Each stage in turn."""
    return templates[request.param]
