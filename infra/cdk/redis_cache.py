"""Redis: an ElastiCache replication group of Valkey, or ElastiCache Serverless. Both with TLS and a password."""

from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_secretsmanager as sm
from constructs import Construct

from infra.cdk.network import REDIS_PORT, Network
from infra.cdk.settings import InfraSettings

_ENGINE, _VERSION, _FAMILY = "valkey", "8.0", "valkey8"
#: ElastiCache Serverless' limit of processing units per second, which bounds its price.
_SERVERLESS_ECPU = 20_000


class RedisCache(Construct):
    """`environment` holds the variables with which the functions reach Redis; the password is in the secret."""

    #: ElastiCache Serverless' storage limit.
    SERVERLESS_GB = 10

    def __init__(
        self, scope: Construct, construct_id: str, settings: InfraSettings, network: Network, password: sm.ISecret
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = settings.name
        self._network = network
        # A reference that CloudFormation resolves: the password itself is never in the template.
        self._password = password.secret_value.unsafe_unwrap()
        self.is_serverless = settings.redis == "serverless"
        self.node_names: list[str] = []
        self.environment = self._serverless() if self.is_serverless else self._replication_group(settings)

    def _replication_group(self, settings: InfraSettings) -> dict[str, str]:
        nodes = 2 if settings.has_replica else 1
        self.node_names = [f"{self.name}-{number:03}" for number in range(1, nodes + 1)]
        subnets = elasticache.CfnSubnetGroup(
            self, "Subnets", description="Private subnets", subnet_ids=self._network.subnets.subnet_ids
        )
        group = elasticache.CfnReplicationGroup(
            self,
            "Group",
            replication_group_id=self.name,
            replication_group_description="Jobs",
            engine=_ENGINE,
            engine_version=_VERSION,
            cache_node_type=settings.redis_node_type,
            num_cache_clusters=nodes,
            automatic_failover_enabled=settings.has_replica,
            multi_az_enabled=settings.has_replica,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            auth_token=self._password,
            port=REDIS_PORT,
            cache_subnet_group_name=subnets.ref,
            cache_parameter_group_name=self._parameters().ref,
            security_group_ids=[self._network.redis.security_group_id],
            snapshot_retention_limit=1 if settings.is_production else 0,
            auto_minor_version_upgrade=True,
        )
        return {
            "REDIS_HOST": group.attr_primary_end_point_address,
            "REDIS_PORT": group.attr_primary_end_point_port,
            "REDIS_CLUSTER": "false",
        }

    def _parameters(self) -> elasticache.CfnParameterGroup:
        """Keys of jobs expire by themselves. If Redis evicted one earlier, its job would vanish."""
        return elasticache.CfnParameterGroup(
            self,
            "Parameters",
            cache_parameter_group_family=_FAMILY,
            description="No key is evicted",
            properties={"maxmemory-policy": "noeviction"},
        )

    def _serverless(self) -> dict[str, str]:
        user = elasticache.CfnUser(
            self,
            "User",
            engine=_ENGINE,
            user_id=f"{self.name}-jobs",
            user_name="jobs",
            access_string="on ~* &* +@all",
            authentication_mode={"Type": "password", "Passwords": [self._password]},
        )
        users = elasticache.CfnUserGroup(self, "Users", engine=_ENGINE, user_group_id=self.name, user_ids=[user.ref])
        cache = elasticache.CfnServerlessCache(
            self,
            "Cache",
            engine=_ENGINE,
            major_engine_version="8",
            serverless_cache_name=self.name,
            subnet_ids=self._network.subnets.subnet_ids,
            security_group_ids=[self._network.redis.security_group_id],
            user_group_id=users.ref,
            cache_usage_limits=elasticache.CfnServerlessCache.CacheUsageLimitsProperty(
                data_storage=elasticache.CfnServerlessCache.DataStorageProperty(unit="GB", maximum=self.SERVERLESS_GB),
                ecpu_per_second=elasticache.CfnServerlessCache.ECPUPerSecondProperty(maximum=_SERVERLESS_ECPU),
            ),
        )
        return {
            "REDIS_HOST": cache.attr_endpoint_address,
            "REDIS_PORT": cache.attr_endpoint_port,
            "REDIS_USER": "jobs",
            "REDIS_CLUSTER": "true",
        }
