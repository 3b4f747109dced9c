"""The REST API in front of the function."""

import json

from chalicelib.api.gateway import ALLOWED_HEADERS
from tests.infra.template import Template


def test_the_api_is_regional(template: Template) -> None:
    assert template.one("Serverless::Api")["EndpointConfiguration"] == {"Type": "REGIONAL"}


def test_the_api_has_no_second_stage(template: Template) -> None:
    """Unless this is set, SAM adds a stage named "Stage", without throttling, logs and web ACL."""
    assert template.one("Serverless::Api")["OpenApiVersion"] == "2.0"


def test_the_stack_makes_the_log_group_of_api_gateway(template: Template) -> None:
    """Otherwise API Gateway makes the group itself, and keeps its logs for ever."""
    names = [json.dumps(group["LogGroupName"]) for group in template.resources("Logs::LogGroup").values()]
    (own,) = [name for name in names if "API-Gateway-Execution-Logs_" in name]
    assert "RestAPI" in own
    assert "/api" in own


def test_answers_of_api_gateway_itself_are_problem_documents(template: Template) -> None:
    """Throttled, too large, unknown path: otherwise a page would see "network error" instead of the reason."""
    answers = template.one("Serverless::Api")["GatewayResponses"]
    codes = {}
    for name, answer in answers.items():
        document, headers = (
            json.loads(answer["ResponseTemplates"]["application/json"]),
            answer["ResponseParameters"]["Headers"],
        )
        assert str(document["status"]) == answer["StatusCode"]
        assert document.keys() == {"type", "title", "status", "detail", "code", "retryable"}
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["Access-Control-Allow-Headers"] == f"'{','.join(ALLOWED_HEADERS)}'"
        assert "Distribution" in json.dumps(headers["Access-Control-Allow-Origin"])
        assert ("Retry-After" in headers) == document["retryable"]
        codes[name] = (document["status"], document["code"])
    assert codes == {
        "MISSING_AUTHENTICATION_TOKEN": (404, "not_found"),
        "INVALID_SIGNATURE": (404, "not_found"),
        "ACCESS_DENIED": (404, "not_found"),
        "REQUEST_TOO_LARGE": (413, "payload_too_large"),
        "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media_type"),
        "THROTTLED": (429, "throttled"),
        "DEFAULT_4XX": (400, "invalid_request"),
        "DEFAULT_5XX": (503, "unavailable"),
    }


def test_the_page_is_the_only_origin_that_may_call_from_a_browser(template: Template) -> None:
    """Functions, preflights and gateway answers must allow the same origin."""
    origin = template.function("api")["Environment"]["Variables"]["CORS_ALLOW_ORIGIN"]
    assert "Distribution" in json.dumps(origin)
    preflight = template.one("Serverless::Api")["DefinitionBody"]["paths"]["/jobs"]["options"]
    (answer,) = preflight["x-amazon-apigateway-integration"]["responses"].values()
    allowed = answer["responseParameters"]["method.response.header.Access-Control-Allow-Origin"]
    assert origin["Fn::Join"][1][1] in allowed["Fn::Join"][1]


def test_the_api_is_throttled_and_logs_no_bodies(template: Template) -> None:
    (every,) = template.one("Serverless::Api")["MethodSettings"]
    assert (every["ResourcePath"], every["HttpMethod"]) == ("/*", "*")
    assert (every["ThrottlingRateLimit"], every["ThrottlingBurstLimit"]) == (200, 400)
    assert every["DataTraceEnabled"] is False


def test_access_logs_have_the_fields_that_a_search_needs(template: Template) -> None:
    setting = template.one("Serverless::Api")["AccessLogSetting"]
    assert {"request_id", "trace_id", "status", "latency_ms"} <= json.loads(setting["Format"]).keys()
    assert "Logs" in json.dumps(setting["DestinationArn"])


def test_access_logs_do_not_have_the_tokens_of_share_links(template: Template) -> None:
    """The address contains the link's secret, so only the route is logged (`$context.resourcePath`)."""
    logged = json.loads(template.one("Serverless::Api")["AccessLogSetting"]["Format"])
    assert logged["route"] == "$context.resourcePath"
    assert not {"$context.path", "$context.customDomain.basePathMatched"} & set(logged.values())


def test_every_caller_gets_the_bytes_of_a_file(template: Template) -> None:
    """API Gateway decodes an answer only if the first type in `Accept` is listed. Browsers and curl do not send zip."""
    assert template.one("Serverless::Api")["BinaryMediaTypes"] == ["*/*"]


def test_preflights_and_functions_get_text(template: Template) -> None:
    """If every type is binary, API Gateway fails to read its own template of a preflight without this."""
    handling = {
        operation["x-amazon-apigateway-integration"]["contentHandling"]
        for methods in template.one("Serverless::Api")["DefinitionBody"]["paths"].values()
        for operation in methods.values()
    }
    assert handling == {"CONVERT_TO_TEXT"}


def test_traces_begin_at_the_api(template: Template) -> None:
    assert template.one("Serverless::Api")["TracingEnabled"] is True


def test_a_new_account_gets_the_role_that_access_logs_need(template: Template) -> None:
    """Without it the deployment fails with "CloudWatch Logs role ARN must be set in account settings"."""
    account = template.id_of("ApiGateway::Account")
    api = next(r for r in template.document["Resources"].values() if r["Type"] == "AWS::Serverless::Api")
    assert account in api["DependsOn"]


def test_the_web_acl_of_prod_refuses_large_bodies_and_floods(prod: Template, dev: Template) -> None:
    rules = sorted(prod.one("WAFv2::WebACL")["Rules"], key=lambda rule: rule["Priority"])
    large, elsewhere = rules[0]["Statement"]["AndStatement"]["Statements"]
    size = large["SizeConstraintStatement"]
    batch = elsewhere["NotStatement"]["Statement"]["ByteMatchStatement"]
    assert (batch["PositionalConstraint"], batch["SearchString"]) == ("ENDS_WITH", "/jobs/batch")
    posts, of_token, of_address = (rule["Statement"]["RateBasedStatement"] for rule in rules[1:])
    assert (size["Size"], size["ComparisonOperator"], size["FieldToMatch"]["Body"]) == (
        65536,
        "GT",
        {"OversizeHandling": "MATCH"},
    )
    spelled = [{"Priority": 0, "Type": "COMPRESS_WHITE_SPACE"}, {"Priority": 1, "Type": "LOWERCASE"}]
    assert of_token == {
        "AggregateKeyType": "CUSTOM_KEYS",
        "CustomKeys": [{"Header": {"Name": "authorization", "TextTransformations": spelled}}],
        "EvaluationWindowSec": 60,
        "Limit": 3000,
    }
    counted = posts.pop("ScopeDownStatement")["ByteMatchStatement"]
    assert (counted["FieldToMatch"], counted["SearchString"]) == ({"Method": {}}, "POST")
    assert posts == of_token | {"Limit": 300}
    assert of_address == {"AggregateKeyType": "IP", "EvaluationWindowSec": 60, "Limit": 6000}
    looked_at = prod.one("WAFv2::WebACL")["AssociationConfig"]["RequestBody"]["API_GATEWAY"]
    assert looked_at == {"DefaultSizeInspectionLimit": "KB_64"}
    bodies = prod.one("WAFv2::WebACL")["CustomResponseBodies"]
    for rule, status in zip(rules, (413, 429, 429, 429), strict=True):
        answer = rule["Action"]["Block"]["CustomResponse"]
        assert (
            answer["ResponseCode"] == status == json.loads(bodies[answer["CustomResponseBodyKey"]]["Content"])["status"]
        )
        assert "Distribution" in json.dumps(
            next(h["Value"] for h in answer["ResponseHeaders"] if h["Name"] == "Access-Control-Allow-Origin")
        )
    assert "${RestAPI.Stage}" in json.dumps(prod.one("WAFv2::WebACLAssociation")["ResourceArn"])
    assert not dev.resources("WAFv2::WebACL")


def test_routes_are_those_of_the_app(template: Template) -> None:
    paths = template.one("Serverless::Api")["DefinitionBody"]["paths"]
    assert {"/jobs", "/jobs/{job_id}", "/jobs/{job_id}/cancel", "/health", "/job-types", "/worlds"} <= paths.keys()


def test_every_get_route_also_answers_head(template: Template) -> None:
    """API Gateway accepts only the methods that are listed."""
    paths = template.one("Serverless::Api")["DefinitionBody"]["paths"]
    readable = {path: methods for path, methods in paths.items() if "get" in methods}
    assert readable
    integration = "x-amazon-apigateway-integration"
    for path, methods in readable.items():
        assert methods["head"][integration] == methods["get"][integration], path
