"""A web ACL before the API: it refuses large bodies, and too many requests with one token or from one address."""

from collections.abc import Mapping

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from chalicelib.api.message import MAX_BODY_BYTES
from chalicelib.api.router import ROUTES
from infra.cdk import gateway_answer
from infra.cdk.gateway_answer import GatewayAnswers
from infra.cdk.settings import InfraSettings

#: Requests from one address in a minute: more than with one token, because several people may share an address.
_ADDRESS_PER_MINUTE = 6000
_WINDOW_S = 60
_Rule = waf.CfnWebACL.RuleProperty
_Statement = waf.CfnWebACL.StatementProperty
_Not = waf.CfnWebACL.NotStatementProperty


def web_acl(scope: Construct, construct_id: str, settings: InfraSettings, answers: GatewayAnswers) -> waf.CfnWebACL:
    """A refused request gets the same answer as from the app: 413 or 429."""
    refusals = (
        ("body-size", _body_size(), gateway_answer.TOO_LARGE),
        # Before the address rule: what these refuse does not count there, which spares others at the same address.
        ("token-posts", _token_rate(settings.token_posts_per_minute, method="POST"), gateway_answer.TOO_MANY),
        ("token-rate", _token_rate(settings.token_requests_per_minute), gateway_answer.TOO_MANY),
        ("address-rate", _address_rate(), gateway_answer.TOO_MANY),
    )
    acl = waf.CfnWebACL(
        scope,
        construct_id,
        name=settings.name,
        scope="REGIONAL",
        association_config=_body_inspection(),
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_visibility(settings, "all"),
        rules=[
            _Rule(
                name=name,
                priority=priority,
                statement=statement,
                action=_answered(name, answer.status, answers.headers(answer)),
                visibility_config=_visibility(settings, name),
            )
            for priority, (name, statement, answer) in enumerate(refusals)
        ],
        custom_response_bodies={
            name: waf.CfnWebACL.CustomResponseBodyProperty(
                content=gateway_answer.body(answer), content_type="APPLICATION_JSON"
            )
            for name, _, answer in refusals
        },
    )
    _associate(scope, f"{construct_id}Association", acl)
    return acl


def _associate(scope: Construct, construct_id: str, acl: waf.CfnWebACL) -> None:
    association = waf.CfnWebACLAssociation(scope, construct_id, resource_arn="replaced-below", web_acl_arn=acl.attr_arn)
    # SAM's reference to the stage that it creates. With a plain name, CloudFormation would not wait for the stage.
    stage = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestAPI}/stages/${RestAPI.Stage}"
    association.add_property_override("ResourceArn", {"Fn::Sub": stage})


def _body_inspection() -> waf.CfnWebACL.AssociationConfigProperty:
    """By default, WAF inspects 16 KiB of a body, and would refuse every longer body as too large."""
    limit = waf.CfnWebACL.RequestBodyAssociatedResourceTypeConfigProperty(default_size_inspection_limit="KB_64")
    return waf.CfnWebACL.AssociationConfigProperty(request_body={"API_GATEWAY": limit})


def _answered(body_key: str, status: int, headers: Mapping[str, str]) -> waf.CfnWebACL.RuleActionProperty:
    """Block with this answer. WAF sets the content type itself."""
    answer = waf.CfnWebACL.CustomResponseProperty(
        response_code=status,
        custom_response_body_key=body_key,
        response_headers=[
            waf.CfnWebACL.CustomHTTPHeaderProperty(name=name, value=value)
            for name, value in headers.items()
            if name != "Content-Type"
        ],
    )
    return waf.CfnWebACL.RuleActionProperty(block=waf.CfnWebACL.BlockActionProperty(custom_response=answer))


def _body_size() -> _Statement:
    """Large bodies, except on the routes that accept them: WAF cannot see how large those are, but the app can."""
    paths = [route.path for route in ROUTES if route.max_body_bytes > MAX_BODY_BYTES]
    other_paths = [_Statement(not_statement=_Not(statement=_has_path(path))) for path in paths]
    return _Statement(and_statement=waf.CfnWebACL.AndStatementProperty(statements=[_is_large(), *other_paths]))


def _is_large() -> _Statement:
    return _Statement(
        size_constraint_statement=waf.CfnWebACL.SizeConstraintStatementProperty(
            comparison_operator="GT",
            size=MAX_BODY_BYTES,
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(
                body=waf.CfnWebACL.BodyProperty(oversize_handling="MATCH")
            ),
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )


def _token_rate(limit: int, method: str | None = None) -> _Statement:
    """Limit requests by their Authorization header, which is not verified here; case and extra spaces are ignored.

    With a method, only its requests count and are refused.
    """
    plain = [
        waf.CfnWebACL.TextTransformationProperty(priority=priority, type=kind)
        for priority, kind in enumerate(("COMPRESS_WHITE_SPACE", "LOWERCASE"))
    ]
    header = waf.CfnWebACL.RateLimitHeaderProperty(name="authorization", text_transformations=plain)
    return _Statement(
        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
            limit=limit,
            evaluation_window_sec=_WINDOW_S,
            aggregate_key_type="CUSTOM_KEYS",
            custom_keys=[waf.CfnWebACL.RateBasedStatementCustomKeyProperty(header=header)],
            scope_down_statement=_has_method(method) if method else None,
        )
    )


def _has_method(method: str) -> _Statement:
    return _Statement(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            positional_constraint="EXACTLY",
            search_string=method,
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(method={}),
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )


def _has_path(path: str) -> _Statement:
    """The address begins with the API's stage."""
    return _Statement(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            positional_constraint="ENDS_WITH",
            search_string=path,
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )


def _address_rate() -> _Statement:
    return _Statement(
        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
            limit=_ADDRESS_PER_MINUTE, evaluation_window_sec=_WINDOW_S, aggregate_key_type="IP"
        )
    )


def _visibility(settings: InfraSettings, name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, sampled_requests_enabled=False, metric_name=f"{settings.name}-{name}"
    )
