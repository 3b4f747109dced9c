"""The table of saved worlds, as `chalicelib.adapter.dynamodb_worlds` expects it."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from chalicelib.adapter.dynamodb_worlds import BY_CREATED
from constructs import Construct

from infra.cdk.settings import InfraSettings

_STRING, _NUMBER = dynamodb.AttributeType.STRING, dynamodb.AttributeType.NUMBER


def worlds_table(scope: Construct, construct_id: str, settings: InfraSettings) -> dynamodb.TableV2:
    """Billed by request, restorable to any second of 35 days; in prod it outlives the stack and is protected."""
    keep = settings.is_production
    return dynamodb.TableV2(
        scope,
        construct_id,
        table_name=f"{settings.name}-worlds",
        partition_key=dynamodb.Attribute(name="owner", type=_STRING),
        sort_key=dynamodb.Attribute(name="world_id", type=_STRING),
        local_secondary_indexes=[
            dynamodb.LocalSecondaryIndexProps(
                index_name=BY_CREATED, sort_key=dynamodb.Attribute(name="created_at", type=_NUMBER)
            )
        ],
        billing=dynamodb.Billing.on_demand(),
        encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=keep,
        removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
    )
