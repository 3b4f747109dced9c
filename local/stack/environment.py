"""What each program of the stack finds in its environment."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local import dev_issuer
from local.project import LOOPBACK
from local.stack.aws_resource import WORLDS_TABLE, Queues
from local.stack.settings import StackSettings

Environment = Mapping[str, str]

_REGION = "us-east-1"
#: Half of what is deployed: one's own queue has no backlog of others, and a worker that was killed before it had
#: claimed its job is missed the sooner.
_RESEND_AFTER_S = "15"
#: Local servers ask for a key and take any.
ANY_KEY = "offline"
#: Only the generator uses the provider's account; no other program sees it.
_PROVIDER_PREFIXES = ("OPENAI_", "LLM_EXTRA_")
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


def shared(settings: StackSettings) -> dict[str, str]:
    """Everything that was set, and what every program needs. Nothing local goes through a proxy, or has a profile."""
    given = dict(settings.environment)
    if settings.aws_endpoint_url is None or _is_here(settings.aws_endpoint_url):
        for name in _PROFILES:
            given.pop(name, None)
    hosts = [given.get("NO_PROXY") or given.get("no_proxy") or "", LOOPBACK, "localhost"]
    no_proxy = ",".join(filter(None, hosts))
    return given | {"PYTHONUNBUFFERED": "1", "NO_PROXY": no_proxy, "no_proxy": no_proxy}


def aws(settings: StackSettings, endpoint: str) -> dict[str, str]:
    """Where AWS is. An endpoint on this machine takes any credentials; boto3 needs some all the same."""
    given = settings.environment
    found = {"AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": given.get("AWS_DEFAULT_REGION", _REGION)}
    if _is_here(endpoint):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            found[name] = given.get(name, "local")
    return found


def _is_here(endpoint: str) -> bool:
    return urlsplit(endpoint).hostname in {LOOPBACK, "localhost", "::1"}


def provider(settings: StackSettings, offline_writer: str | None = None) -> dict[str, str]:
    """Which provider the generator uses. `offline_writer` is the base URL of the offline writer, if it was started."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ANY_KEY
    base_url = offline_writer or settings.openai_base_url
    return {"OPENAI_API_KEY": key} | ({"OPENAI_BASE_URL": base_url} if base_url else {})


def generator(settings: StackSettings, port: int, token: str, offline_writer: str | None) -> dict[str, str]:
    """For the generator. `offline_writer` is as in `provider`."""
    own = {"GENERATOR_HOST": LOOPBACK, "GENERATOR_PORT": str(port), "GENERATOR_TOKEN": token}
    return own | provider(settings, offline_writer)


def lambdas(
    settings: StackSettings, *, redis_url: str, queues: Queues, generator_target: str, token: str
) -> dict[str, str]:
    """For the code that runs as Lambda functions on AWS (`chalicelib.settings`), without what `aws` gives."""
    issuer = dev_issuer.settings(settings.local_dir) if dev_issuer.is_wanted(settings.environment) else {}
    return issuer | {
        "REDIS_URL": redis_url,
        "JOBS_QUEUE_URL": queues.jobs_url,
        "JOBS_DLQ_URL": queues.dead_letter_url,
        "WORLDS_TABLE": WORLDS_TABLE,
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
    """As `export NAME='value'` lines, for `. .local/env` in a shell and for dotenv readers; only the owner may read."""
    text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(environment.items()))
    path.touch(mode=0o600)
    path.write_text(text)
