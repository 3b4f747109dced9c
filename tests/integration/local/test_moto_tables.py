"""The local DynamoDB keeps what it has answered, and its transactions are like those of AWS."""

import json
import os
import signal
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.adapter.dynamodb_documents import DynamoDbDocumentStore
from chalicelib.adapter.dynamodb_table import LIBRARY
from chalicelib.domain.document import Search, Shelf
from local.project import LOOPBACK, ROOT
from local.stack.aws_emulator import moto_argv
from local.stack.aws_resource import ResourceMaker
from local.stack.tcp_port import assign_ports
from tests.integration.contract.stored_document import NOW_MS, edited, piece, world
from tests.integration.local.command_line import wait_until


class Server:
    """A moto of the stack, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.data = folder / "dynamodb.jsonl"
        self._port = assign_ports(["aws"], {})["aws"]
        self.endpoint = f"http://{LOOPBACK}:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and make the tables."""
        self._process = subprocess.Popen(moto_argv(self._port, self._folder), cwd=ROOT)
        wait_until(ResourceMaker(self.endpoint, dict(os.environ), jobs_visibility_s=900))

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(tmp_path)
    for name, value in {
        "AWS_ENDPOINT_URL": made.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    made.start()
    yield made
    made.kill()


def put(item: dict[str, Any], condition: str | None = None) -> dict[str, Any]:
    write: dict[str, Any] = {"TableName": LIBRARY.name, "Item": {name: {"S": text} for name, text in item.items()}}
    return {"Put": write | ({"ConditionExpression": condition} if condition else {})}


async def test_what_was_answered_survives_a_kill(server: Server) -> None:
    """New, changed, versions, deleted, emptied: each as it was when it was answered."""
    owner = str(uuid.uuid4())
    store = DynamoDbDocumentStore(LIBRARY.name)
    kept = await store.add(piece(owner=owner, name="Straße 漢字", details={"n": 1.5}))
    first = await store.add(world(owner=owner))
    second = edited(first, title="Second")
    await store.replace(first, second)
    moved = second.moved(NOW_MS, NOW_MS)
    await store.replace(second, moved)
    gone = await store.add(piece(owner="another"))
    await store.replace(gone, gone.moved(NOW_MS, NOW_MS))
    await store.empty_trash("another")
    for _ in range(2):
        server.restart()
        store = DynamoDbDocumentStore(LIBRARY.name)
        assert await store.read(Shelf.PIECES, owner, kept.id) == kept
        assert await store.page(owner, Search(shelf=Shelf.PIECES), 10) == ([kept], None)
        assert await store.page(owner, Search(shelf=Shelf.WORLDS, trash=True), 10) == ([moved], None)
        assert await store.versions(moved) == [first]
        assert await store.read(Shelf.PIECES, "another", gone.id) is None
    restored = moved.moved(None, NOW_MS)
    await store.replace(moved, restored)
    server.restart()
    assert await DynamoDbDocumentStore(LIBRARY.name).read(Shelf.WORLDS, owner, first.id) == restored


async def test_a_line_that_was_cut_off_by_a_kill_is_ignored(server: Server) -> None:
    kept = await DynamoDbDocumentStore(LIBRARY.name).add(piece())
    server.kill()
    with server.data.open("a") as file:
        file.write('[["library", {"shelf": {"S": "pieces#')
    server.start()
    store = DynamoDbDocumentStore(LIBRARY.name)
    assert await store.read(Shelf.PIECES, kept.owner, kept.id) == kept
    later = await store.add(piece())
    server.restart()
    assert await DynamoDbDocumentStore(LIBRARY.name).read(Shelf.PIECES, later.owner, later.id) == later


async def test_the_file_has_one_line_for_each_item_after_a_start_and_only_its_owner_reads_it(server: Server) -> None:
    store = DynamoDbDocumentStore(LIBRARY.name)
    current = await store.add(piece())
    for number in range(10):
        new = current.with_marks({"tags": [str(number)]}, NOW_MS)
        await store.replace(current, new)
        current = new
    server.restart()
    lines = server.data.read_text().splitlines()
    assert [json.loads(line)[0][1]["id"]["S"] for line in lines] == [current.id]
    assert server.data.stat().st_mode & 0o777 == 0o600


def test_a_repeated_transaction_is_applied_once(server: Server) -> None:
    """botocore repeats a request whose answer was lost, with the same token. Its condition no longer holds then."""
    client = boto3.client("dynamodb")
    item = {"shelf": "x", "id": "1"}
    for _ in range(2):
        client.transact_write_items(
            TransactItems=[put(item, "attribute_not_exists(id)")],  # type: ignore[list-item] # a literal
            ClientRequestToken="token",
        )
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        client.transact_write_items(TransactItems=[put(item, "attribute_not_exists(id)")])  # type: ignore[list-item]


def test_a_refused_transaction_undoes_nothing_of_others(server: Server) -> None:
    """moto itself puts back a copy of the whole table, without what others have written meanwhile."""
    client = boto3.client("dynamodb")
    client.put_item(**put({"shelf": "x", "id": "taken"})["Put"])
    refused = [put({"shelf": "x", "id": "new"}), put({"shelf": "x", "id": "taken"}, "attribute_not_exists(id)")]

    def write(number: int) -> str | None:
        if number % 2:
            client.put_item(**put({"shelf": "x", "id": f"kept {number}"})["Put"])
            return f"kept {number}"
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            client.transact_write_items(TransactItems=refused)  # type: ignore[arg-type] # a literal
        return None

    with ThreadPoolExecutor(8) as pool:
        written = [each for each in pool.map(write, range(200)) if each]
    found = client.scan(TableName=LIBRARY.name)["Items"]
    assert sorted(item["id"]["S"] for item in found) == sorted([*written, "taken"])
