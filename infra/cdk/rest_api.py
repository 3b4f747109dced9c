"""The REST API: regional, throttled, logged, with problem documents as its own answers."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.cdk.chalice_app import ChaliceApp
from infra.cdk.gateway_answer import GatewayAnswers
from infra.cdk.logs import log_group
from infra.cdk.settings import API_STAGE, InfraSettings

_LOGGED = {
    "request_id": "$context.requestId",
    "trace_id": "$context.xrayTraceId",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    # The route, not the address, which may contain the token of a share link.
    "route": "$context.resourcePath",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "error": "$context.error.message",
}


class RestApi(Construct):
    """`url` is the API's address, without a slash at the end."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: InfraSettings, app: ChaliceApp, allowed_origin: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.resource = app.resource("RestAPI")
        stack = cdk.Stack.of(self)
        self.url = f"https://{self.resource.ref}.execute-api.{stack.region}.{stack.url_suffix}/{API_STAGE}"
        self._set("Name", settings.name)
        # Without this, SAM adds a second public stage, "Stage", which has none of the settings below.
        self._set("OpenApiVersion", "2.0")
        # With a narrower list, API Gateway decodes a file only if the caller's first `Accept` is in it
        # (https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html).
        self._set("BinaryMediaTypes", ["*/*"])
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
            # Metrics of a method cost 0.30 USD each; those of the whole API are free.
            "MetricsEnabled": False,
            "LoggingLevel": "ERROR",
            # Never log bodies: they contain people's texts.
            "DataTraceEnabled": False,
        }
        self._set("MethodSettings", [every])

    def _log(self, settings: InfraSettings) -> None:
        group = log_group(self, "AccessLogs", f"/{settings.name}/api-access", settings)
        # API Gateway wants the group's ARN without the ":*" that CloudFormation appends.
        arn = cdk.Fn.select(0, cdk.Fn.split(":*", group.log_group_arn))
        self._set("AccessLogSetting", {"DestinationArn": arn, "Format": json.dumps(_LOGGED)})
        # API Gateway's group for its errors. Otherwise it creates the group itself and keeps its entries forever.
        log_group(self, "ErrorLogs", f"API-Gateway-Execution-Logs_{self.resource.ref}/{API_STAGE}", settings)
        if settings.api_account_role:
            self.resource.node.add_dependency(self._account_role())

    def _account_role(self) -> apigateway.CfnAccount:
        """One for the account and region; API Gateway cannot log without it. `destroy` leaves it in place."""
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
