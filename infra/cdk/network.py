"""The VPC: two zones; private subnets for the functions, Redis and the generator; their security groups."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from infra.cdk.logs import log_group
from infra.cdk.settings import InfraSettings

GENERATOR_PORT = 50051
REDIS_PORT = 6379
#: ElastiCache Serverless serves reads from replicas on this port.
_REDIS_REPLICA_PORT = 6380

#: AWS services that subnets without a way to the internet need: for the functions, and for Fargate to start a task.
_INTERFACE_ENDPOINTS = {
    "Sqs": ec2.InterfaceVpcEndpointAwsService.SQS,
    "Secrets": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    "EcrApi": ec2.InterfaceVpcEndpointAwsService.ECR,
    "EcrDocker": ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    "Logs": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
}


class Network(Construct):
    """The `vpc`, its private `subnets`, and a security group for each part."""

    def __init__(self, scope: Construct, construct_id: str, settings: InfraSettings) -> None:
        super().__init__(scope, construct_id)
        self.vpc = ec2.Vpc(
            self, "Vpc", max_azs=2, nat_gateways=settings.nat_count, subnet_configuration=_subnets(settings)
        )
        self.subnets = self.vpc.select_subnets(subnet_group_name="private")
        #: What must exist before anything in the subnets can reach AWS.
        self.ways_out = DependencyGroup()
        # Both are free and save the NAT gateway's charge for each gigabyte.
        self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        self.vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        self._log_refused_flows(settings)
        self.lambdas = self._group("LambdaGroup", "The Lambda functions", outbound=True)
        self.generator = self._group("GeneratorGroup", "The generator", outbound=True)
        self.redis = self._group("RedisGroup", "Redis", outbound=False)
        self.redis.add_ingress_rule(self.lambdas, _redis_ports(settings), "Jobs")
        self.generator.add_ingress_rule(self.lambdas, ec2.Port.tcp(GENERATOR_PORT), "gRPC")
        if settings.egress == "endpoints":
            self._add_interface_endpoints()
        else:
            self.ways_out.add(self.subnets.internet_connectivity_established)

    def _group(self, construct_id: str, description: str, *, outbound: bool) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(self, construct_id, vpc=self.vpc, description=description, allow_all_outbound=outbound)

    def _log_refused_flows(self, settings: InfraSettings) -> None:
        group = log_group(self, "FlowLogs", f"/{settings.name}/vpc-refused", settings)
        self.vpc.add_flow_log(
            "Refused",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )

    def _add_interface_endpoints(self) -> None:
        group = self._group("EndpointGroup", "VPC endpoints", outbound=False)
        for caller in (self.lambdas, self.generator):
            group.add_ingress_rule(caller, ec2.Port.tcp(443), "AWS APIs")
        for name, service in _INTERFACE_ENDPOINTS.items():
            endpoint = self.vpc.add_interface_endpoint(
                f"{name}Endpoint", service=service, security_groups=[group], open=False, subnets=self._private()
            )
            self.ways_out.add(endpoint)

    def _private(self) -> ec2.SubnetSelection:
        return ec2.SubnetSelection(subnet_group_name="private")


def _redis_ports(settings: InfraSettings) -> ec2.Port:
    if settings.redis == "serverless":
        return ec2.Port.tcp_range(REDIS_PORT, _REDIS_REPLICA_PORT)
    return ec2.Port.tcp(REDIS_PORT)


def _subnets(settings: InfraSettings) -> list[ec2.SubnetConfiguration]:
    if settings.egress == "endpoints":
        return [ec2.SubnetConfiguration(name="private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20)]
    return [
        ec2.SubnetConfiguration(
            name="public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False
        ),
        ec2.SubnetConfiguration(name="private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=20),
    ]
