"""What a deployment needs besides the settings of the stage."""

from typing import Literal

from pydantic import SecretStr

from foundation.settings import EnvironmentSettings
from generator_service.settings import ApiKey


class ReleaseSettings(EnvironmentSettings):
    #: The key of the LLM provider's account, which goes to Secrets Manager.
    openai_api_key: ApiKey | None = None
    #: Whether the right key is in Secrets Manager already.
    keep_openai_api_key: bool = False
    #: What is tried after the deployment: a whole job, or only /health.
    smoke: Literal["job", "health"] = "job"
    #: A token of the stage's issuer, for the job.
    smoke_token: SecretStr | None = None
