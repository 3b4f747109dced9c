"""The REST API: regional, throttled, logged, and with problem documents where no function answers."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.cdk.chalice_app import API_STAGE, ChaliceApp
from infra.cdk.gateway_answer import GatewayAnswers
from infra.cdk.logs import log_group
from infra.cdk.settings import InfraSettings

_LOGGED = {
    "request_id": "$context.requestId",
    "trace_id": "$context.xrayTraceId",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "error": "$context.error.message",
}


class RestApi(Construct):
    """`url` is where the API is, without a slash at its end."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: InfraSettings, app: ChaliceApp, allowed_origin: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.resource = app.resource("RestAPI")
        stack = cdk.Stack.of(self)
        self.url = f"https://{self.resource.ref}.execute-api.{stack.region}.{stack.url_suffix}/{API_STAGE}"
        self._set("Name", settings.name)
        # Without it SAM makes a second stage, "Stage", as public as ours, with none of what follows.
        self._set("OpenApiVersion", "2.0")
        self._set("EndpointConfiguration", {"Type": "REGIONAL"})
        self._set("TracingEnabled", True)
        self._set("GatewayResponses", GatewayAnswers(allowed_origin).of_api_gateway())
        self._throttle(settings)
        self._log(settings)

    def _set(self, name: str, value: object) -> None:
        self.resource.add_property_override(name, value)

    def _throttle(self, settings: InfraSettings) -> None:
        every = {
            "ResourcePath": "/*",
            "HttpMethod": "*",
            "ThrottlingRateLimit": settings.api_requests_per_s,
            "ThrottlingBurstLimit": settings.api_burst,
            # Figures of each method would cost 0.30 USD each; those of the API as a whole are free.
            "MetricsEnabled": False,
            "LoggingLevel": "ERROR",
            # Never the bodies: they are people's texts.
            "DataTraceEnabled": False,
        }
        self._set("MethodSettings", [every])

    def _log(self, settings: InfraSettings) -> None:
        group = log_group(self, "AccessLogs", f"/{settings.name}/api-access", settings)
        # API Gateway wants the group's name without the ":*" that CloudFormation ends it with.
        arn = cdk.Fn.select(0, cdk.Fn.split(":*", group.log_group_arn))
        self._set("AccessLogSetting", {"DestinationArn": arn, "Format": json.dumps(_LOGGED)})
        # API Gateway's own group for its errors, which it would make itself, to be kept for ever.
        log_group(self, "ErrorLogs", f"API-Gateway-Execution-Logs_{self.resource.ref}/{API_STAGE}", settings)
        if settings.api_account_role:
            self.resource.node.add_dependency(self._account_role())

    def _account_role(self) -> apigateway.CfnAccount:
        """One for the account and region; API Gateway refuses logs without. Left in place by `destroy`."""
        policy = iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonAPIGatewayPushToCloudWatchLogs")
        role = iam.Role(
            self,
            "LogsRole",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            managed_policies=[policy],
        )
        role.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        account.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        return account
