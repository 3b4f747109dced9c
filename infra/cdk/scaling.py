"""Scales the generator: as many tasks as the running jobs need."""

from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_sqs as sqs

from infra.cdk.settings import BUSY_SHARE, JOBS_PER_TASK, InfraSettings

_Metric = autoscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty
_Stat = autoscaling.CfnScalingPolicy.TargetTrackingMetricStatProperty
_Source = autoscaling.CfnScalingPolicy.TargetTrackingMetricProperty
_Dimension = autoscaling.CfnScalingPolicy.TargetTrackingMetricDimensionProperty


def scale_by_running_jobs(
    service: ecs.FargateService, settings: InfraSettings, *, cluster: ecs.ICluster, jobs: sqs.IQueue
) -> None:
    """Keep each task at `BUSY_SHARE` of `JOBS_PER_TASK` running jobs.

    A message stays in flight while the worker runs its job, so the messages in flight are the running jobs.
    """
    target = service.auto_scale_task_count(min_capacity=settings.min_tasks, max_capacity=settings.generator_max_tasks)
    policy = autoscaling.CfnScalingPolicy.CustomizedMetricSpecificationProperty(
        metrics=[
            _metric("running", "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", {"QueueName": jobs.queue_name}),
            _metric(
                "tasks",
                "ECS/ContainerInsights",
                "RunningTaskCount",
                {"ClusterName": cluster.cluster_name, "ServiceName": service.service_name},
            ),
            _Metric(id="jobs_per_task", expression="running / tasks", return_data=True),
        ]
    )
    autoscaling.CfnScalingPolicy(
        service,
        "RunningJobs",
        policy_name=f"{settings.name}-running-jobs",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.node.find_child("Target").node.default_child.ref,  # type: ignore[union-attr]
        target_tracking_scaling_policy_configuration=(
            autoscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
                target_value=round(BUSY_SHARE * JOBS_PER_TASK),
                scale_out_cooldown=60,
                # Longer than a job, so that a pause between two bursts stops no task.
                scale_in_cooldown=300,
                customized_metric_specification=policy,
            )
        ),
    )


def _metric(metric_id: str, namespace: str, name: str, dimensions: dict[str, str]) -> _Metric:
    return _Metric(
        id=metric_id,
        return_data=False,
        metric_stat=_Stat(
            stat="Average",
            metric=_Source(
                namespace=namespace,
                metric_name=name,
                dimensions=[_Dimension(name=key, value=value) for key, value in dimensions.items()],
            ),
        ),
    )
