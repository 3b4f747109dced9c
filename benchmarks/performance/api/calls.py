"""`python -m benchmarks.performance.api.calls ROUNDS CALLS`: CPU of the API's calls, in this process.

Each call is an event of API Gateway, given to the Chalice app as Lambda gives it. The environment is that of the Lambda
functions; Redis and the queue run in other processes. Prints JSON: name → milliseconds of CPU of one call, by round.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import product
from typing import Any

import app as ours
from benchmarks.performance.api import bare_app
from benchmarks.performance.api.gateway_event import event
from chalicelib.adapter import redis_client, redis_key
from chalicelib.bootstrap import redis_database
from chalicelib.domain import change
from chalicelib.domain.job import Checkpoint, Usage
from chalicelib.domain.timing import Timing
from chalicelib.loop import LOOP
from chalicelib.port.job_store import JobStore
from chalicelib.settings import Settings

Call = Callable[[], Any]
_TOKEN = "the-lease"
_TIMING = Timing()
_BODY = {"type": "generate_characters", "payload": {"theme": "fantasy", "count": 3}}


def piece(number: int) -> dict[str, Any]:
    text = f"{number} keeps the lamp of a harbour that no ship has entered for a hundred years, and says why. " * 5
    name = f"Keeper {number}"
    details = {"concept": text[:90], "traits": ["patient", "blunt"], "motivation": text[:300]}
    return {"name": name, "description": text[:480], "type": "character", "language": "en", "details": details}


def claimed(jobs: JobStore) -> str:
    """The id of a job that a worker has just claimed."""
    answer = ours.app(event("POST", "/jobs", _BODY), None)
    job_id: str = json.loads(answer["body"])["id"]
    job = LOOP.run(jobs.read(job_id))
    if job is None:
        raise RuntimeError(f"the job {job_id} is gone")
    LOOP.run(jobs.apply(job_id, change.claim(job, _TOKEN, _TIMING)))
    return job_id


def finish_pieces(jobs: JobStore, job_id: str, count: int) -> None:
    for item, stage in product(range(count), ("concept", "description", "name")):
        done = Checkpoint(item, stage, {"text": "A text of one stage. " * 10}, Usage(1, 400, 60))
        LOOP.run(jobs.apply(job_id, change.advance(_TOKEN, 40, "Generating...", done, piece(item))))


def unfinished(jobs: JobStore) -> str:
    """A running job with one finished piece of three."""
    job_id = claimed(jobs)
    finish_pieces(jobs, job_id, 1)
    return job_id


def finished(jobs: JobStore) -> str:
    """A completed job: three pieces, about 3 KB."""
    job_id = claimed(jobs)
    finish_pieces(jobs, job_id, 3)
    LOOP.run(jobs.apply(job_id, change.complete(_TOKEN, [piece(item) for item in range(3)], [])))
    return job_id


def calls() -> dict[str, Call]:
    database = redis_database(Settings.read(os.environ))
    running, ended = unfinished(database.jobs), finished(database.jobs)

    def get(job_id: str, **headers: str) -> Call:
        asked = event("GET", "/jobs/{job_id}", headers=headers, job_id=job_id)
        return lambda: ours.app(asked, None)

    tag = get(ended)()["headers"]["ETag"]
    bare = event("GET", "/bare/{job_id}", job_id=ended)
    stored = event("GET", "/hash/{job_id}", job_id=ended)
    key = redis_key.job(ended)
    post = event("POST", "/jobs", _BODY)
    client: Any = redis_client.connect(os.environ["REDIS_URL"], max_connections=2, timeout_s=2)
    return {
        "bare route": lambda: bare_app.app(bare, None),
        "bare HGETALL": lambda: bare_app.redis.hgetall(key),
        "asynchronous HGETALL": lambda: LOOP.run(client.hgetall(key)),
        "route with HGETALL": lambda: bare_app.app(stored, None),
        "GET unfinished": get(running),
        "GET finished": get(ended),
        "304": get(ended, **{"if-none-match": tag}),
        "POST": lambda: ours.app(post, None),
    }


def measure(rounds: int, count: int) -> dict[str, list[float]]:
    made = calls()
    found: dict[str, list[float]] = {name: [] for name in made}
    for number in range(rounds + 1):
        for name, call in made.items():
            started = time.process_time()
            for _ in range(count):
                call()
            if number:  # the first round warms up
                found[name].append((time.process_time() - started) / count * 1000)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
