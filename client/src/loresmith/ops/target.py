"""Which stage the commands are for: the local stack, or a deployed one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loresmith.cli.user import user_name
from loresmith.ops.error import OpsError

if TYPE_CHECKING:
    from botocore.config import Config

#: The functions wait for at most 60 s.
_READ_TIMEOUT_S = 70
_STACK_FILE = Path(".local") / "stack.json"

#: The local servers accept any.
_ANY_KEY = "local"


@dataclass(frozen=True)
class LocalTarget:
    """A stack on this machine."""

    #: The folder with stack.json and logs/.
    folder: Path

    @property
    def name(self) -> str:
        return f"the local stack in {self.folder}"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def function(self, name: str) -> str:
        return name

    @property
    def hint(self) -> str:
        return f"Is it running, and not just starting or overloaded? Its logs are in {self.logs}"

    def log_of(self, name: str) -> str:
        return str(self.logs / f"{name}.log")

    def caller(self) -> str:
        return f"local user {user_name()}"

    def client(self, service: str) -> Any:
        address = self._urls().get("functions" if service == "lambda" else "aws")
        if not address:
            raise OpsError(f"{self.name} has no address for {service}. Start the stack again: make run")
        return _client(
            service,
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id=_ANY_KEY,
            aws_secret_access_key=_ANY_KEY,
        )

    def _urls(self) -> Mapping[str, str]:
        try:
            urls: Mapping[str, str] = json.loads((self.folder / "stack.json").read_text(encoding="utf-8"))["urls"]
        except (OSError, ValueError, KeyError):
            raise OpsError(
                f"No local stack runs in {self.folder}. Start one with make run, or use a deployed stage: --stage NAME"
            ) from None
        return urls


@dataclass(frozen=True)
class StageTarget:
    """A stage on AWS, with the credentials of this shell."""

    stage: str

    @property
    def name(self) -> str:
        return f"the stage {self.stage}"

    @property
    def prefix(self) -> str:
        return f"loresmith-{self.stage}"

    def function(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    @property
    def hint(self) -> str:
        return "Check the network, and AWS_REGION."

    def log_of(self, name: str) -> str:
        return f"/aws/lambda/{self.function(name)}"

    def caller(self) -> str:
        identity = self.client("sts")
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return str(identity.get_caller_identity()["Arn"])
        except (BotoCoreError, ClientError) as error:
            raise OpsError(f"AWS did not return your identity: {error}") from None

    def client(self, service: str) -> Any:
        return _client(service)


Target = LocalTarget | StageTarget


def find_target(stage: str | None, local: Path | None, folder: Path) -> Target:
    """The stage that the options name. Without any, the stack of `folder` or of a folder above it.

    Raises `OpsError` if there is none.
    """
    if stage is not None and local is not None:
        raise OpsError("Use --stage or --local, not both.", code="usage")
    if stage is not None:
        return StageTarget(stage)
    if local is not None:
        return LocalTarget(local.resolve())
    for above in (folder, *folder.parents):
        if (above / _STACK_FILE).exists():
            return LocalTarget(above / _STACK_FILE.parent)
    raise OpsError(
        "No local stack runs here. Use --stage NAME for a deployed stage, or --local FOLDER for the folder of a stack"
    )


def _client(service: str, **options: Any) -> Any:
    try:
        import boto3
    except ModuleNotFoundError:
        raise OpsError('boto3 is missing. Install it, in a clone: pip install "./client[ops]"') from None
    from botocore.exceptions import BotoCoreError

    make: Any = boto3.client  # typed for each service
    try:
        return make(service, config=_config(is_local="endpoint_url" in options), **options)
    except BotoCoreError as error:  # such as: no region
        raise OpsError(f"AWS cannot be called: {error} Set AWS_REGION, and AWS_PROFILE if needed.") from None


def _config(*, is_local: bool) -> Config:
    """No retries: a lost answer must not cause a second change."""
    from botocore.config import Config

    retries: Any = {"total_max_attempts": 1}
    proxies: dict[str, str] | None = {} if is_local else None
    return Config(connect_timeout=5, read_timeout=_READ_TIMEOUT_S, retries=retries, proxies=proxies)
