"""Each owner's default webhook and secret, in the LIBRARY table, beside the owner's pieces and worlds:

shelf               id          what it is
webhook#<owner>     default     url and events
webhook#<owner>     secret      the secret, the one before it, and when it was made
"""

import asyncio
from typing import Any

from chalicelib.adapter.dynamodb_access import ConditionFailed, DynamoDbAccess, NotNow, repeated
from chalicelib.adapter.dynamodb_table import LIBRARY
from chalicelib.domain.webhook import Webhook
from chalicelib.domain.webhook_secret import WebhookSecret

#: The start of the partition keys. The functions that only send may read nothing else in the table.
PARTITION = "webhook#"


class DynamoDbWebhookStore:
    """`port.WebhookStore`."""

    def __init__(self, table_name: str) -> None:
        self._access = DynamoDbAccess(table_name)

    async def default(self, owner: str) -> Webhook | None:
        stored = await asyncio.to_thread(self._access.get, _key(owner, "default"))
        return Webhook.restore({"url": stored["url"], "events": stored["events"]}) if stored else None

    async def set_default(self, owner: str, webhook: Webhook | None) -> None:
        key = _key(owner, "default")
        change: dict[str, Any] = (
            {"Delete": {"Key": key}} if webhook is None else {"Put": {"Item": key | webhook.as_json()}}
        )
        await repeated(lambda: self._access.write_together([change]))

    async def secret(self, owner: str) -> WebhookSecret | None:
        stored = await asyncio.to_thread(self._access.get, _key(owner, "secret"))
        return _secret_of(stored) if stored else None

    async def rotate_secret(self, owner: str, now_ms: int) -> WebhookSecret:
        return await repeated(lambda: self._rotate(owner, now_ms))

    def _rotate(self, owner: str, now_ms: int) -> WebhookSecret:
        key = _key(owner, "secret")
        stored = self._access.get(key)
        made = _secret_of(stored).rotated(now_ms) if stored else WebhookSecret.new(now_ms)
        item = key | {"secret": made.current, "made_at": made.created_at}
        put: dict[str, Any] = {"Item": item | ({"previous": made.previous} if made.previous else {})}
        if stored:
            put["ConditionExpression"] = "secret = :replaced"
            put["ExpressionAttributeValues"] = {":replaced": stored["secret"]}
        else:
            put["ConditionExpression"] = f"attribute_not_exists({LIBRARY.sort_key})"
        try:
            self._access.write_together([{"Put": put}])
        except ConditionFailed:
            raise NotNow from None  # somebody else has just made one: the next try rotates that
        return made


def _key(owner: str, what: str) -> dict[str, str]:
    return {LIBRARY.partition_key: f"{PARTITION}{owner}", LIBRARY.sort_key: what}


def _secret_of(stored: dict[str, Any]) -> WebhookSecret:
    return WebhookSecret(stored["secret"], int(stored["made_at"]), stored.get("previous"))
