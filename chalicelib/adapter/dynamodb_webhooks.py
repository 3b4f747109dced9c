"""Each owner's default webhook and secret, in the LIBRARY table, beside the owner's pieces and worlds:

shelf               id          what it is
webhook#<owner>     default     url and events
webhook#<owner>     secret      the secret, when and by which request it was made, and those that it has replaced
"""

import asyncio
from collections.abc import Callable
from typing import Any

from chalicelib.adapter.dynamodb_access import ConditionFailed, DynamoDbAccess, NotNow, repeated
from chalicelib.adapter.dynamodb_table import LIBRARY
from chalicelib.domain.webhook import Webhook
from chalicelib.domain.webhook_secret import ReplacedSecret, WebhookSecret

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

    async def rotate_secret(
        self, owner: str, now_ms: int, made_by: str | None = None, *, ends_previous: bool = False
    ) -> WebhookSecret:
        def rotated(stored: WebhookSecret | None) -> WebhookSecret:
            if stored is None:
                return WebhookSecret.new(now_ms, made_by)
            return stored.rotated(now_ms, made_by, ends_previous=ends_previous)

        return await repeated(lambda: self._replace(_key(owner, "secret"), rotated))

    def _replace(self, key: dict[str, str], change: Callable[[WebhookSecret | None], WebhookSecret]) -> WebhookSecret:
        item = self._access.get(key)
        stored = _secret_of(item) if item else None
        made = change(stored)
        if made is stored:
            return made
        put: dict[str, Any] = {"Item": key | _item_of(made)}
        if stored:
            put["ConditionExpression"] = "secret = :replaced"
            put["ExpressionAttributeValues"] = {":replaced": stored.current}
        else:
            put["ConditionExpression"] = f"attribute_not_exists({LIBRARY.sort_key})"
        try:
            self._access.write_together([{"Put": put}])
        except ConditionFailed:
            raise NotNow from None  # somebody else has just made one: the next try rotates that
        return made


def _key(owner: str, what: str) -> dict[str, str]:
    return {LIBRARY.partition_key: f"{PARTITION}{owner}", LIBRARY.sort_key: what}


def _item_of(secret: WebhookSecret) -> dict[str, Any]:
    return {
        "secret": secret.current,
        "made_at": secret.created_at,
        "made_by": secret.made_by,
        "replaced": [{"secret": each.secret, "signs_until": each.signs_until} for each in secret.replaced],
    }


def _secret_of(stored: dict[str, Any]) -> WebhookSecret:
    replaced = tuple(ReplacedSecret(each["secret"], int(each["signs_until"])) for each in stored["replaced"])
    return WebhookSecret(stored["secret"], int(stored["made_at"]), replaced, stored["made_by"])
