"""The tables in DynamoDB, with the keys and indexes of `chalicelib.adapter.dynamodb_table`."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from chalicelib.adapter.dynamodb_table import EXPIRES_AT, HISTORY, LIBRARY, Index, Table
from infra.cdk.settings import InfraSettings


@dataclass(frozen=True, slots=True)
class Tables:
    #: Pieces and worlds.
    library: dynamodb.ITableV2
    #: Records of ended jobs.
    history: dynamodb.ITableV2


def tables(scope: Construct, settings: InfraSettings) -> Tables:
    return Tables(_table(scope, "Library", settings, LIBRARY), _table(scope, "History", settings, HISTORY))


def _table(scope: Construct, construct_id: str, settings: InfraSettings, table: Table) -> dynamodb.TableV2:
    """Billed by request, restorable to any second of 35 days; in prod it outlives the stack and is protected."""
    keep = settings.is_production
    return dynamodb.TableV2(
        scope,
        construct_id,
        table_name=f"{settings.name}-{table.name}",
        partition_key=_key(table.partition_key),
        sort_key=_key(table.sort_key),
        local_secondary_indexes=[_index(index) for index in table.indexes],
        time_to_live_attribute=EXPIRES_AT,
        billing=dynamodb.Billing.on_demand(),
        encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=keep,
        removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
    )


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _index(index: Index) -> dynamodb.LocalSecondaryIndexProps:
    projected = dynamodb.ProjectionType.KEYS_ONLY if index.keys_only else dynamodb.ProjectionType.ALL
    return dynamodb.LocalSecondaryIndexProps(
        index_name=index.name, sort_key=_key(index.sort_key), projection_type=projected
    )
