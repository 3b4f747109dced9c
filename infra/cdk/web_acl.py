"""A web ACL before the API: too large bodies and too many requests of one address are refused at the door."""

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from chalicelib.api.message import MAX_BODY_BYTES
from infra.cdk.settings import InfraSettings

#: Requests of one address in five minutes. A page that polls one job each second makes 300.
_MAX_REQUESTS = 3000
_Rule = waf.CfnWebACL.RuleProperty
_Statement = waf.CfnWebACL.StatementProperty


def web_acl(scope: Construct, construct_id: str, settings: InfraSettings) -> waf.CfnWebACL:
    """A request that is refused is answered 403 by WAF itself; the app's own 413 and 429 are for those below."""
    acl = waf.CfnWebACL(
        scope,
        construct_id,
        name=settings.name,
        scope="REGIONAL",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_visibility(settings, "all"),
        rules=[_rule(settings, 0, "body-size", _body_size()), _rule(settings, 1, "request-rate", _request_rate())],
    )
    association = waf.CfnWebACLAssociation(
        scope, f"{construct_id}Association", resource_arn="replaced-below", web_acl_arn=acl.attr_arn
    )
    # SAM's own way to name the stage that it makes; a plain name would not wait for it.
    stage = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestAPI}/stages/${RestAPI.Stage}"
    association.add_property_override("ResourceArn", {"Fn::Sub": stage})
    return acl


def _rule(settings: InfraSettings, priority: int, name: str, statement: _Statement) -> _Rule:
    return _Rule(
        name=name,
        priority=priority,
        statement=statement,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        visibility_config=_visibility(settings, name),
    )


def _body_size() -> _Statement:
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


def _request_rate() -> _Statement:
    return _Statement(
        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(limit=_MAX_REQUESTS, aggregate_key_type="IP")
    )


def _visibility(settings: InfraSettings, name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, sampled_requests_enabled=False, metric_name=f"{settings.name}-{name}"
    )
