"""Secrets Manager: the LLM's key, the generator's token, Redis' password. None of them is in the template."""

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as sm
from constructs import Construct

from infra.cdk.settings import InfraSettings

#: ElastiCache accepts 16 to 128 letters and digits, and only some punctuation (ElastiCache user guide, "AUTH").
_PASSWORD = sm.SecretStringGenerator(password_length=64, exclude_punctuation=True)


class Secrets(Construct):
    """Created with random values. `infra/deploy.sh` then stores OPENAI_API_KEY as the LLM's key."""

    def __init__(self, scope: Construct, construct_id: str, settings: InfraSettings) -> None:
        super().__init__(scope, construct_id)
        self._prefix = settings.name
        self.openai_key = self._secret("OpenAiKey", "openai-api-key", "Key of the LLM provider's account")
        self.generator_token = self._secret("GeneratorToken", "generator-token", "What the worker shows the generator")
        self.redis_password = self._secret("RedisPassword", "redis-password", "AUTH of Redis")

    def _secret(self, construct_id: str, name: str, description: str) -> sm.Secret:
        return sm.Secret(
            self,
            construct_id,
            secret_name=f"{self._prefix}/{name}",
            description=description,
            generate_secret_string=_PASSWORD,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
