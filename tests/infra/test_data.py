"""Stored data is encrypted, can be restored, and is not deleted by accident."""

import json
from typing import Any

import pytest

from chalicelib.adapter.dynamodb_table import EXPIRES_AT, TABLES, Table
from tests.infra.template import Template


def test_queues_are_encrypted_and_accept_only_tls(template: Template) -> None:
    queues = template.resources("SQS::Queue")
    assert {queue["SqsManagedSseEnabled"] for queue in queues.values()} == {True}
    guarded = {p["Queues"][0]["Ref"] for p in template.resources("SQS::QueuePolicy").values()}
    assert guarded == queues.keys()
    for policy in template.resources("SQS::QueuePolicy").values():
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_dead_letters_are_kept_longer_than_jobs(template: Template) -> None:
    """Retention counts from the first send, so with the same or a shorter time a message could be lost on the move."""
    dead = template.one("SQS::Queue", QueueName=f"{template.stack_name}-jobs-dlq")
    jobs = template.one("SQS::Queue", QueueName=f"{template.stack_name}-jobs")
    assert dead["MessageRetentionPeriod"] > jobs["MessageRetentionPeriod"]


each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def made(template: Template, table: Table) -> Any:
    return template.one("DynamoDB::GlobalTable", TableName=f"{template.stack_name}-{table.name}")


@each_table
def test_a_table_is_encrypted_paid_by_request_and_can_be_restored(template: Template, table: Table) -> None:
    found = made(template, table)
    assert found["BillingMode"] == "PAY_PER_REQUEST"
    assert found["SSESpecification"]["SSEEnabled"] is True
    assert found["Replicas"][0]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@each_table
def test_a_table_has_the_keys_and_indexes_that_the_code_uses(template: Template, table: Table) -> None:
    """The local stack makes its tables from the same description."""
    found, wanted = made(template, table), table.creation("any")
    for part in ("KeySchema", "LocalSecondaryIndexes"):
        assert found[part] == wanted[part]
    assert sorted(found["AttributeDefinitions"], key=str) == sorted(wanted["AttributeDefinitions"], key=str)


@each_table
def test_dynamodb_deletes_what_has_expired(template: Template, table: Table) -> None:
    assert made(template, table)["TimeToLiveSpecification"] == {"AttributeName": EXPIRES_AT, "Enabled": True}


@each_table
def test_the_data_of_prod_outlives_the_stack_and_that_of_dev_does_not(
    prod: Template, dev: Template, table: Table
) -> None:
    def policy(template: Template) -> str:
        name = template.id_of("DynamoDB::GlobalTable", TableName=f"{template.stack_name}-{table.name}")
        return str(template.document["Resources"][name]["DeletionPolicy"])

    assert (policy(prod), policy(dev)) == ("Retain", "Delete")
    assert made(prod, table)["Replicas"][0]["DeletionProtectionEnabled"] is True


def test_redis_is_encrypted_in_transit_and_at_rest_and_requires_a_password(dev: Template, prod: Template) -> None:
    for stage in (dev, prod):
        group = stage.one("ElastiCache::ReplicationGroup")
        assert group["Engine"] == "valkey"
        assert group["TransitEncryptionEnabled"] is True
        assert group["TransitEncryptionMode"] == "required"
        assert group["AtRestEncryptionEnabled"] is True
        assert "resolve:secretsmanager" in json.dumps(group["AuthToken"])


def test_redis_never_evicts_a_job(dev: Template) -> None:
    assert dev.one("ElastiCache::ParameterGroup")["Properties"] == {"maxmemory-policy": "noeviction"}


def test_the_redis_of_prod_survives_the_loss_of_a_zone(prod: Template, dev: Template) -> None:
    group = prod.one("ElastiCache::ReplicationGroup")
    assert (group["MultiAZEnabled"], group["AutomaticFailoverEnabled"], group["NumCacheClusters"]) == (True, True, 2)
    assert dev.one("ElastiCache::ReplicationGroup")["NumCacheClusters"] == 1


def test_serverless_redis_has_one_user_with_a_password(isolated: Template) -> None:
    user = isolated.one("ElastiCache::User")
    assert user["AuthenticationMode"]["Type"] == "password"
    assert "resolve:secretsmanager" in json.dumps(user["AuthenticationMode"])
    assert isolated.one("ElastiCache::ServerlessCache")["UserGroupId"]


def test_the_cost_of_serverless_redis_is_limited(isolated: Template) -> None:
    limits = isolated.one("ElastiCache::ServerlessCache")["CacheUsageLimits"]
    assert limits["DataStorage"]["Maximum"] == 10
    assert limits["ECPUPerSecond"]["Maximum"] == 20_000


def test_the_code_treats_serverless_redis_as_a_cluster(isolated: Template, dev: Template) -> None:
    assert isolated.function("api")["Environment"]["Variables"]["REDIS_CLUSTER"] == "true"
    assert dev.function("api")["Environment"]["Variables"]["REDIS_CLUSTER"] == "false"


def test_secrets_are_generated_by_aws_and_are_not_in_the_template(template: Template) -> None:
    names = {
        s["Name"].removeprefix(f"{template.stack_name}/") for s in template.resources("SecretsManager::Secret").values()
    }
    assert names == {"openai-api-key", "generator-token", "redis-password"}
    for secret in template.resources("SecretsManager::Secret").values():
        assert "SecretString" not in secret
        assert secret["GenerateSecretString"]["PasswordLength"] == 64


def test_only_cloudfront_can_read_the_page(template: Template) -> None:
    bucket = template.one("S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    (policy,) = template.resources("S3::BucketPolicy").values()
    readers = [s["Principal"] for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert readers == [{"Service": "cloudfront.amazonaws.com"}]


def test_the_page_is_served_only_over_tls(template: Template) -> None:
    config = template.one("CloudFront::Distribution")["DistributionConfig"]
    assert config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"


def test_prod_is_protected_against_accidental_deletion(prod: Template) -> None:
    manifest = json.loads((prod.folder / "manifest.json").read_text())
    assert manifest["artifacts"]["loresmith-prod"]["properties"]["terminationProtection"] is True


def test_redis_is_in_its_own_security_group(template: Template) -> None:
    """In the default group, nothing could reach it."""
    own = {"Fn::GetAtt": [template.id_of("EC2::SecurityGroup", GroupDescription="Redis"), "GroupId"]}
    caches = [*template.resources("ElastiCache::ReplicationGroup").values()]
    caches += template.resources("ElastiCache::ServerlessCache").values()
    assert [cache["SecurityGroupIds"] for cache in caches] == [[own]]


def test_the_functions_write_to_the_primary(dev: Template, prod: Template, isolated: Template) -> None:
    """A replica refuses writes."""
    for stage in (dev, prod, isolated):
        host = stage.function("worker")["Environment"]["Variables"]["REDIS_HOST"]["Fn::GetAtt"][1]
        assert host == ("Endpoint.Address" if stage is isolated else "PrimaryEndPoint.Address")
