"""Saved worlds in DynamoDB.

Table: partition key `owner`, sort key `world_id`; local index `by_created` on `created_at`. The owner is
part of the key, so another owner's world is simply not found.
"""

import asyncio
import json
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.adapter.aws import client_config
from chalicelib.domain.error import LibraryUnavailable, UnknownCursor
from chalicelib.domain.world import World
from foundation.language_tag import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

#: Name of the index that lists an owner's worlds by time.
BY_CREATED = "by_created"


class DynamoDbWorldStore:
    """`port.WorldStore` on one DynamoDB table. Loads boto3 on first use."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    async def save(self, world: World) -> World:
        return await asyncio.to_thread(self._save, world)

    async def read(self, owner: str, world_id: str) -> World | None:
        return await asyncio.to_thread(self._read, owner, world_id)

    async def page(self, owner: str, limit: int, after: str | None = None) -> tuple[list[World], str | None]:
        return await asyncio.to_thread(self._page, owner, limit, after)

    def _save(self, world: World) -> World:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._table.put_item(Item=_item(world), ConditionExpression="attribute_not_exists(world_id)")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise LibraryUnavailable from error
            return self._read(world.owner, world.id) or world
        except BotoCoreError as error:
            raise LibraryUnavailable from error
        return world

    def _read(self, owner: str, world_id: str) -> World | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._table.get_item(Key={"owner": owner, "world_id": world_id}, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise LibraryUnavailable from error
        return _world(answer["Item"]) if "Item" in answer else None

    def _page(self, owner: str, limit: int, after: str | None) -> tuple[list[World], str | None]:
        from boto3.dynamodb.conditions import Key
        from botocore.exceptions import BotoCoreError, ClientError

        start: dict[str, Any] = {"ExclusiveStartKey": self._position(owner, after)} if after else {}
        try:
            answer = self._table.query(
                IndexName=BY_CREATED,
                KeyConditionExpression=Key("owner").eq(owner),
                ScanIndexForward=False,
                Limit=limit + 1,
                **start,
            )
        except (BotoCoreError, ClientError) as error:
            raise LibraryUnavailable from error
        worlds = [_world(item) for item in answer["Items"]][:limit]
        # DynamoDB ends a page before its limit if it would exceed 1 MB.
        is_last = len(answer["Items"]) <= limit and "LastEvaluatedKey" not in answer
        return worlds, None if is_last else worlds[-1].id

    def _position(self, owner: str, world_id: str) -> dict[str, Any]:
        world = self._read(owner, world_id)
        if world is None:
            raise UnknownCursor
        return {"owner": owner, "world_id": world.id, "created_at": world.created_at}

    @cached_property
    def _table(self) -> "Table":
        import boto3

        return boto3.resource("dynamodb", config=client_config()).Table(self._table_name)


def _item(world: World) -> dict[str, Any]:
    """The quest and the pieces are stored as JSON text, because numbers would come back from DynamoDB as `Decimal`."""
    return {
        "owner": world.owner,
        "world_id": world.id,
        "user_id": world.user_id,
        "job_id": world.job_id,
        "theme": world.theme,
        "language": world.language,
        "title": world.title,
        "story": world.story,
        "quest": json.dumps(world.quest, ensure_ascii=False),
        "pieces": json.dumps(world.pieces, ensure_ascii=False),
        "created_at": world.created_at,
    }


def _world(item: Any) -> World:
    created_at: Decimal = item["created_at"]
    return World(
        id=item["world_id"],
        owner=item["owner"],
        user_id=item["user_id"],
        job_id=item["job_id"],
        theme=item["theme"],
        language=item.get("language", DEFAULT_LANGUAGE),  # absent: written by 0.2.0
        title=item["title"],
        story=item["story"],
        quest=json.loads(item["quest"]),
        pieces=json.loads(item["pieces"]),
        created_at=int(created_at),
    )
