"""The generator on Fargate: private, found by its Cloud Map name, scaled by the number of running jobs."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as cloud_map
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.cdk.collector import ENDPOINT, add_collector
from infra.cdk.logs import log_group
from infra.cdk.network import GENERATOR_PORT, Network
from infra.cdk.scaling import scale_by_running_jobs
from infra.cdk.secrets import Secrets
from infra.cdk.settings import InfraSettings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = "generator_service/Dockerfile"
#: Fargate's maximum; the generator itself drains for 110 s (generator_service.settings, DRAIN_S).
STOP_TIMEOUT_S = 120
HEALTH_CHECK = ["CMD", "python", "-m", "generator_service.healthcheck"]
_CPU, _MEMORY_MIB = 1024, 2048


class Generator(Construct):
    """`target` is the value of the worker's GENERATOR_TARGET."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: InfraSettings,
        *,
        network: Network,
        secrets: Secrets,
        jobs: sqs.IQueue,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        namespace = f"{settings.name}.internal"
        self.target = f"dns:///generator.{namespace}:{GENERATOR_PORT}"
        self.cluster = self._cluster(network, namespace)
        task = self._task(secrets)
        self.service = self._service(network, task)
        # The first task must be able to reach AWS and read its secrets; otherwise the deployment may fail.
        self.service.node.add_dependency(
            network.ways_out, task.obtain_execution_role().node.find_child("DefaultPolicy")
        )
        scale_by_running_jobs(self.service, settings, cluster=self.cluster, jobs=jobs)

    def _cluster(self, network: Network, namespace: str) -> ecs.Cluster:
        cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=self._settings.name,
            vpc=network.vpc,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        cluster.add_default_cloud_map_namespace(name=namespace)
        # Otherwise Container Insights creates this group itself, and it outlives the stack.
        insights = f"/aws/ecs/containerinsights/{self._settings.name}/performance"
        cluster.node.add_dependency(log_group(self, "Insights", insights, self._settings))
        return cluster

    def _task(self, secrets: Secrets) -> ecs.FargateTaskDefinition:
        task = ecs.FargateTaskDefinition(
            self,
            "Task",
            family=f"{self._settings.name}-generator",
            cpu=_CPU,
            memory_limit_mib=_MEMORY_MIB,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=_PLATFORMS[self._settings.architecture][0],
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
        )
        group = log_group(self, "Logs", f"/ecs/{self._settings.name}-generator", self._settings)
        task.add_container(
            "generator",
            image=self._image(),
            readonly_root_filesystem=True,
            user="10001:10001",
            stop_timeout=cdk.Duration.seconds(STOP_TIMEOUT_S),
            port_mappings=[ecs.PortMapping(container_port=GENERATOR_PORT)],
            health_check=ecs.HealthCheck(
                command=HEALTH_CHECK,
                interval=cdk.Duration.seconds(15),
                timeout=cdk.Duration.seconds(5),
                start_period=cdk.Duration.seconds(30),
                retries=3,
            ),
            environment=self._environment(),
            secrets={
                "OPENAI_API_KEY": ecs.Secret.from_secrets_manager(secrets.openai_key),
                "GENERATOR_TOKEN": ecs.Secret.from_secrets_manager(secrets.generator_token),
            },
            logging=ecs.LogDrivers.aws_logs(stream_prefix="generator", log_group=group),
        )
        if self._settings.otel_collector_image:
            add_collector(task, self._settings.otel_collector_image, group)
        return task

    def _environment(self) -> dict[str, str]:
        collector = {"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT} if self._settings.otel_collector_image else {}
        return collector | {
            "GENERATOR_HOST": "0.0.0.0",  # noqa: S104 - the address inside its own container
            "GENERATOR_PORT": str(GENERATOR_PORT),
            "OPENAI_BASE_URL": self._settings.openai_base_url,
            "OPENAI_MODEL": self._settings.openai_model,
            **self._settings.llm,
        }

    def _image(self) -> ecs.ContainerImage:
        if self._settings.generator_image:
            return ecs.ContainerImage.from_ecr_repository(*self._repository(self._settings.generator_image))
        return ecs.ContainerImage.from_asset(
            str(ROOT),
            file=DOCKERFILE,
            build_args={"PYTHON_IMAGE": base} if (base := self._settings.generator_base_image) else None,
            platform=_PLATFORMS[self._settings.architecture][1],
            ignore_mode=cdk.IgnoreMode.DOCKER,
            exclude=(ROOT / f"{DOCKERFILE}.dockerignore").read_text().splitlines(),
        )

    def _repository(self, image: str) -> tuple[ecr.IRepository, str]:
        """The image's repository, in any account and region, and its tag or digest."""
        host_and_name, _, version = image.partition("@") if "@" in image else image.rpartition(":")
        host, _, name = host_and_name.partition("/")
        account, _, _, region, *_ = host.split(".")
        arn = cdk.Stack.of(self).format_arn(
            service="ecr", region=region, account=account, resource="repository", resource_name=name
        )
        attributes = {"repository_arn": arn, "repository_name": name}
        return ecr.Repository.from_repository_attributes(self, "Repository", **attributes), version

    def _service(self, network: Network, task: ecs.FargateTaskDefinition) -> ecs.FargateService:
        return ecs.FargateService(
            self,
            "Service",
            service_name=f"{self._settings.name}-generator",
            cluster=self.cluster,
            task_definition=task,
            # No desired_count: each deployment would reset what the scaling has set.
            assign_public_ip=False,
            vpc_subnets={"subnet_group_name": "private"},
            security_groups=[network.generator],
            # A deployment that does not become healthy is rolled back. There are never fewer tasks than before.
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            min_healthy_percent=100,
            max_healthy_percent=200,
            cloud_map_options=ecs.CloudMapOptions(
                name="generator",
                dns_record_type=cloud_map.DnsRecordType.A,
                dns_ttl=cdk.Duration.seconds(5),
            ),
        )


_PLATFORMS = {
    "arm64": (ecs.CpuArchitecture.ARM64, ecr_assets.Platform.LINUX_ARM64),
    "x86_64": (ecs.CpuArchitecture.X86_64, ecr_assets.Platform.LINUX_AMD64),
}
