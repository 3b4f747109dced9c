"""Clients of the HTTP API that cost little CPU: one keep-alive connection each, and no library."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

FINAL = frozenset({"completed", "failed", "cancelled"})
#: How long the API may hold an answer, seconds: its maximum.
_WAIT_S = 20
#: What docs/http-api.md tells a client that polls, seconds.
POLL_S = 3.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    #: By name, in lower case.
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Followed:
    """A job that has ended, as its client saw it. Times are seconds of the monotonic clock."""

    job: Mapping[str, Any]
    submitted_at: float
    #: When the client first read that the job is running. None if it never did.
    started_at: float | None
    ended_at: float
    requests: int
    received_bytes: int

    @property
    def wall_s(self) -> float:
        return self.ended_at - self.submitted_at


class Client:
    """A caller of the API. Use it as an async context manager; its requests come one after another."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._address = urlsplit(url)
        own = f"Host: {self._address.netloc}\r\nAccept: application/json\r\n"
        self._headers = own + (f"Authorization: Bearer {token}\r\n" if token else "")
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.requests = 0
        self.received_bytes = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def ask(self, method: str, path: str, body: bytes = b"", headers: str = "") -> Answer:
        """One request. `headers` are lines that end with CRLF. Raises `OSError` and `asyncio.IncompleteReadError`."""
        if self._streams is None:
            host, port = self._address.hostname, self._address.port
            self._streams = await asyncio.open_connection(host, port, limit=4 * 1024 * 1024)
        reader, writer = self._streams
        about = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{method} {path} HTTP/1.1\r\n{self._headers}{headers}{about}\r\n".encode() + body)
        answer = await _read(reader)
        self.requests += 1
        self.received_bytes += len(answer.body)
        if answer.headers.get("connection", "").lower() == "close":
            writer.close()
            self._streams = None
        return answer

    async def submit(self, job_type: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Submit a job. Raises `RuntimeError` if it is refused."""
        answer = await self.ask("POST", "/jobs", json.dumps({"type": job_type, "payload": payload}).encode())
        if answer.status != 202:
            raise RuntimeError(f"the API refused the job with {answer.status}: {answer.body[:300]!r}")
        return dict(answer.json())

    async def read(self, job_id: str, headers: str = "") -> Answer:
        answer = await self.ask("GET", f"/jobs/{job_id}", headers=headers)
        if answer.status not in (200, 304):
            raise RuntimeError(f"the API answered {answer.status} for a job: {answer.body[:300]!r}")
        return answer

    async def run(self, job_type: str, payload: Mapping[str, Any], *, each_change: bool = True) -> Followed:
        """Submit a job and wait for its end by long poll. `each_change`: hear of every change, as a page does."""
        before, submitted_at = (self.requests, self.received_bytes), time.monotonic()
        job = await self.submit(job_type, payload)
        etag, started_at = f'"{job["revision"]}"', None
        while job["status"] not in FINAL:
            known = f"If-None-Match: {etag}\r\n" if each_change else ""
            answer = await self.read(job["id"], f"Prefer: wait={_WAIT_S}\r\n{known}")
            if answer.status == 200:
                job, etag = answer.json(), answer.headers["etag"]
            if started_at is None and job["status"] != "pending":
                started_at = time.monotonic()
        return self._followed(job, submitted_at, started_at, before)

    async def run_polling(
        self, job_type: str, payload: Mapping[str, Any], first_s: float = POLL_S, every_s: float = POLL_S
    ) -> Followed:
        """Submit a job, read it after `first_s`, and then at these intervals until it has ended."""
        before, submitted_at = (self.requests, self.received_bytes), time.monotonic()
        job, started_at, pause_s = await self.submit(job_type, payload), None, first_s
        while job["status"] not in FINAL:
            await asyncio.sleep(pause_s)
            pause_s = every_s
            job = (await self.read(job["id"])).json()
            if started_at is None and job["status"] != "pending":
                started_at = time.monotonic()
        return self._followed(job, submitted_at, started_at, before)

    def _followed(
        self, job: Mapping[str, Any], submitted_at: float, started_at: float | None, before: tuple[int, int]
    ) -> Followed:
        if job["status"] != "completed":
            raise RuntimeError(f"the job {job['status']}: {job.get('error')}")
        requests, received = self.requests - before[0], self.received_bytes - before[1]
        return Followed(job, submitted_at, started_at, time.monotonic(), requests, received)


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", 0))
    if "transfer-encoding" in headers:
        raise RuntimeError("this client does not read bodies in chunks")
    return Answer(int(first.split(" ")[1]), headers, await reader.readexactly(length) if length else b"")
