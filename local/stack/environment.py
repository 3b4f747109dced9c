"""The environment variables of each program of the stack."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from chalicelib.adapter.dynamodb_table import HISTORY, LIBRARY
from local import dev_issuer
from local.project import LOOPBACK
from local.stack.aws_resource import Queues
from local.stack.settings import StackSettings

Environment = Mapping[str, str]

_REGION = "us-east-1"
#: Half of the deployed value. A local queue has no backlog, so an unclaimed job can be queued again sooner.
_RESEND_AFTER_S = "15"
#: A key for local servers, which accept any key but require one.
ANY_KEY = "offline"
#: The offline writer writes English only.
OFFLINE_LANGUAGE = "en"
#: What pieces name as the model that wrote them.
OFFLINE_MODEL = "offline-writer"
#: Only the generator gets the provider's account.
_PROVIDER_PREFIXES = ("OPENAI_", "LLM_EXTRA_")
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


def shared(settings: StackSettings) -> dict[str, str]:
    """The user's variables and those that every program needs. Local calls use no proxy and no AWS profile."""
    given = dict(settings.environment)
    if settings.aws_endpoint_url is None or _is_here(settings.aws_endpoint_url):
        for name in _PROFILES:
            given.pop(name, None)
    hosts = [given.get("NO_PROXY") or given.get("no_proxy") or "", LOOPBACK, "localhost"]
    no_proxy = ",".join(filter(None, hosts))
    return given | {"PYTHONUNBUFFERED": "1", "NO_PROXY": no_proxy, "no_proxy": no_proxy}


def aws(settings: StackSettings, endpoint: str) -> dict[str, str]:
    """The AWS endpoint. A local one accepts any credentials, but boto3 needs some."""
    given = settings.environment
    found = {"AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": given.get("AWS_DEFAULT_REGION", _REGION)}
    if _is_here(endpoint):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            found[name] = given.get(name, "local")
    return found


def _is_here(endpoint: str) -> bool:
    return urlsplit(endpoint).hostname in {LOOPBACK, "localhost", "::1"}


def provider(settings: StackSettings, offline_writer: str | None = None) -> dict[str, str]:
    """The generator's provider. `offline_writer` is the offline writer's base URL, if it was started."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ANY_KEY
    base_url = offline_writer or settings.openai_base_url
    own = {"OPENAI_MODEL": OFFLINE_MODEL, "LLM_LANGUAGES": OFFLINE_LANGUAGE} if offline_writer else {}
    return {"OPENAI_API_KEY": key} | ({"OPENAI_BASE_URL": base_url} if base_url else {}) | own


def generator(settings: StackSettings, port: int, token: str, offline_writer: str | None) -> dict[str, str]:
    """Variables for the generator. `offline_writer` is as in `provider`."""
    own = {"GENERATOR_HOST": LOOPBACK, "GENERATOR_PORT": str(port), "GENERATOR_TOKEN": token}
    return own | provider(settings, offline_writer)


def lambdas(
    settings: StackSettings, *, redis_url: str, queues: Queues, generator_target: str, token: str
) -> dict[str, str]:
    """Variables for the code of the Lambda functions (`chalicelib.settings`), except those of `aws`."""
    issuer = dev_issuer.settings(settings.local_dir) if dev_issuer.is_wanted(settings.environment) else {}
    return issuer | {
        "REDIS_URL": redis_url,
        "JOBS_QUEUE_URL": queues.jobs_url,
        "JOBS_DLQ_URL": queues.dead_letter_url,
        "WEBHOOKS_QUEUE_URL": queues.webhooks_url,
        "WEBHOOKS_DLQ_URL": queues.webhook_dead_letter_url,
        "WEBHOOK_ALLOW_LOCAL": settings.environment.get("WEBHOOK_ALLOW_LOCAL", "true"),
        "LIBRARY_TABLE": LIBRARY.name,
        "HISTORY_TABLE": HISTORY.name,
        "GENERATOR_TARGET": generator_target,
        "GENERATOR_TOKEN": token,
        "AUTH_MODE": settings.environment.get("AUTH_MODE", "none"),
        "WORKER_TIMEOUT_S": f"{settings.worker_timeout_s:g}",
        "RESEND_AFTER_S": settings.environment.get("RESEND_AFTER_S", _RESEND_AFTER_S),
        "QUEUE_VISIBILITY_S": str(settings.queue_visibility_s),
    }


def without_provider(environment: Environment) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(_PROVIDER_PREFIXES)}


def write(path: Path, environment: Environment) -> None:
    """Write `export NAME='value'` lines for `. .local/env` and dotenv readers. Only the owner may read the file."""
    text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items()))
    path.touch(mode=0o600)
    path.write_text(text)
