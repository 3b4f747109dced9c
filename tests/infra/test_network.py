"""The network of each part, and who may reach it."""

import json
from typing import Any

from tests.infra.template import Template


def ingress(template: Template) -> list[Any]:
    """Every ingress rule, inside a security group or as a separate resource."""
    inside = [r for g in template.resources("EC2::SecurityGroup").values() for r in g.get("SecurityGroupIngress", [])]
    return inside + list(template.resources("EC2::SecurityGroupIngress").values())


def test_no_security_group_allows_access_by_address(template: Template) -> None:
    """Every permitted caller is a part of the stack, and is identified by its security group."""
    assert ingress(template)
    assert not [rule for rule in ingress(template) if "CidrIp" in rule or "CidrIpv6" in rule]


def test_only_the_functions_can_reach_redis_and_the_generator(template: Template) -> None:
    ports = {rule["FromPort"]: json.dumps(rule["SourceSecurityGroupId"]) for rule in ingress(template)}
    for port in (6379, 50051):
        assert "LambdaGroup" in ports[port]


def test_both_ports_of_serverless_redis_are_open(isolated: Template, dev: Template) -> None:
    """Its replicas use the second port. A client that finds them would otherwise run into a timeout each time."""
    (serverless,) = [rule for rule in ingress(isolated) if rule["FromPort"] == 6379]
    (own,) = [rule for rule in ingress(dev) if rule["FromPort"] == 6379]
    assert (serverless["ToPort"], own["ToPort"]) == (6380, 6379)


def test_redis_has_no_outgoing_connections(template: Template) -> None:
    group = template.one("EC2::SecurityGroup", GroupDescription="Redis")
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]


def test_the_generator_has_no_public_address(template: Template) -> None:
    (service,) = template.resources("ECS::Service").values()
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert all("private" in subnet["Ref"] for subnet in network["Subnets"])
    assert len(network["Subnets"]) == 2


def test_no_subnet_gives_public_addresses(template: Template) -> None:
    assert not [s for s in template.resources("EC2::Subnet").values() if s.get("MapPublicIpOnLaunch")]


def test_prod_has_two_nat_gateways_and_other_stages_one(dev: Template, prod: Template) -> None:
    assert len(dev.resources("EC2::NatGateway")) == 1
    assert len(prod.resources("EC2::NatGateway")) == 2


def test_a_stage_with_endpoints_has_no_access_to_the_internet(isolated: Template) -> None:
    for kind in ("EC2::NatGateway", "EC2::InternetGateway", "EC2::EIP", "EC2::Route"):
        assert not isolated.resources(kind)


def test_every_service_that_is_called_has_an_endpoint(isolated: Template) -> None:
    services = json.dumps([e["ServiceName"] for e in isolated.resources("EC2::VPCEndpoint").values()])
    for name in ("sqs", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "s3", "dynamodb"):
        assert f".{name}" in services


def test_functions_and_generator_reach_the_endpoints(isolated: Template) -> None:
    sources = [json.dumps(r["SourceSecurityGroupId"]) for r in ingress(isolated) if r["FromPort"] == 443]
    assert sorted("Lambda" in source for source in sources) == [False, True]


def test_traffic_to_s3_and_dynamodb_bypasses_the_nat_gateway(dev: Template) -> None:
    services = json.dumps([e["ServiceName"] for e in dev.resources("EC2::VPCEndpoint").values()])
    assert ".s3" in services
    assert ".dynamodb" in services


def test_rejected_traffic_is_logged(template: Template) -> None:
    assert template.one("EC2::FlowLog")["TrafficType"] == "REJECT"
