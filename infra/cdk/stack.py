"""The stack: all parts of one stage, connected."""

import aws_cdk as cdk
from constructs import Construct

from infra.cdk.alarms import Alarms
from infra.cdk.chalice_app import ChaliceApp
from infra.cdk.dashboard import dashboard
from infra.cdk.function import Resources, common_environment
from infra.cdk.gateway_answer import GatewayAnswers
from infra.cdk.generator import Generator
from infra.cdk.network import Network
from infra.cdk.page import Page
from infra.cdk.queues import Queues
from infra.cdk.redis_cache import RedisCache
from infra.cdk.rest_api import RestApi
from infra.cdk.secrets import Secrets
from infra.cdk.settings import InfraSettings
from infra.cdk.tables import tables
from infra.cdk.web_acl import web_acl
from infra.cdk.worker_canary import deploy_as_canary


class JobsStack(cdk.Stack):
    """One stage. Its outputs are for people and `infra/deploy.sh`."""

    def __init__(self, scope: Construct, settings: InfraSettings) -> None:
        super().__init__(
            scope,
            settings.name,
            description=f"LoreSmith Jobs, stage {settings.stage}",
            termination_protection=settings.is_production,
            tags={"app": "loresmith-jobs", "stage": settings.stage},
        )
        network = Network(self, "Network", settings)
        secrets = Secrets(self, "Secrets", settings)
        queues = Queues(self, "Queues", settings)
        cache = RedisCache(self, "Redis", settings, network, secrets.redis_password)
        generator = Generator(self, "Generator", settings, network=network, secrets=secrets, jobs=queues.jobs)
        page = Page(self, "Page")
        resources = Resources(queues=queues, tables=tables(self, settings), secrets=secrets)
        environment = common_environment(settings, resources, cache.environment, generator.target)
        app = ChaliceApp(
            self,
            "App",
            settings,
            network=network,
            resources=resources,
            environment=environment,
            allowed_origin=page.origin,
        )
        api = RestApi(self, "Api", settings, app, page.origin)
        alarms = Alarms(self, "Alarms", settings, queues=queues, cache=cache)
        if settings.has_waf:
            web_acl(self, "WebAcl", settings, GatewayAnswers(page.origin))
        if settings.has_canary:
            deploy_as_canary(app, alarms)
        dashboard(self, "Dashboard", settings, alarms=alarms, queues=queues, cache=cache)
        self._print_outputs(api, queues, generator, secrets, page)

    def _print_outputs(self, api: RestApi, queues: Queues, generator: Generator, secrets: Secrets, page: Page) -> None:
        outputs = {
            "ApiUrl": api.url,
            "JobsQueueUrl": queues.jobs.queue_url,
            "DeadLetterQueueUrl": queues.dead_letters.queue_url,
            "GeneratorTarget": generator.target,
            "OpenAiKeySecret": secrets.openai_key.secret_arn,
        }
        if queues.webhooks:
            outputs["WebhookDeadLetterQueueUrl"] = queues.webhooks.dead_letters.queue_url
        for name, value in (outputs | page.outputs).items():
            cdk.CfnOutput(self, name, value=value)
