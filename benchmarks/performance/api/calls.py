"""`python -m benchmarks.performance.api.calls ROUNDS CALLS`: CPU of calls of the API, in this process.

Each call is an event of API Gateway, given to the Chalice app as Lambda gives it. The environment is that of the Lambda
functions; Redis and the queue run in other processes. Prints JSON: name → milliseconds of CPU of one call, by round.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import app as ours
from benchmarks.performance.api import bare_app
from chalicelib.adapter import redis_key
from chalicelib.bootstrap import services
from chalicelib.domain import change
from chalicelib.domain.job import Checkpoint, Job, Usage
from chalicelib.domain.timing import Timing
from chalicelib.loop import LOOP

Call = Callable[[], Any]
_TOKEN = "the-lease"
_TIMING = Timing()
_BODY = {"type": "generate_characters", "payload": {"theme": "fantasy", "count": 3}}


def event(method: str, route: str, body: Any = None, headers: dict[str, str] | None = None, **path: str) -> Any:
    """An event of API Gateway for this request, with the headers of a browser's request."""
    given = {
        "accept": "*/*",
        "accept-encoding": "gzip, deflate, br",
        "content-type": "application/json",
        "host": "api.example",
        "user-agent": "Mozilla/5.0",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "https",
    }
    return {
        "requestContext": {"httpMethod": method, "resourcePath": route, "path": "/api" + route.format(**path)},
        "headers": given | (headers or {}),
        "multiValueQueryStringParameters": None,
        "pathParameters": path or None,
        "stageVariables": None,
        "body": None if body is None else json.dumps(body),
    }


def piece(number: int) -> dict[str, Any]:
    text = f"{number} keeps the lamp of a harbour that no ship has entered for a hundred years, and says why. " * 5
    name = f"Keeper {number}"
    details = {"concept": text[:90], "traits": ["patient", "blunt"], "motivation": text[:300]}
    return {"name": name, "description": text[:480], "type": "character", "language": "en", "details": details}


def submitted() -> Job:
    answer = ours.app(event("POST", "/jobs", _BODY), None)
    job = LOOP.run(services_jobs().read(json.loads(answer["body"])["id"]))
    assert job is not None
    return job


def services_jobs() -> Any:
    return services().reading._jobs


def unfinished() -> str:
    """A running job with one finished piece of three."""
    job = submitted()
    jobs = services_jobs()
    LOOP.run(jobs.apply(job.id, change.claim(job, _TOKEN, _TIMING)))
    for stage, progress in (("concept", 20), ("description", 30), ("name", 40)):
        done = Checkpoint(0, stage, {"text": "A text of one stage. " * 10}, Usage(1, 400, 60))
        LOOP.run(jobs.apply(job.id, change.advance(_TOKEN, progress, "Generating...", done, piece(0))))
    return job.id


def finished() -> str:
    """A completed job: three pieces, about 3 KB."""
    job = submitted()
    jobs = services_jobs()
    LOOP.run(jobs.apply(job.id, change.claim(job, _TOKEN, _TIMING)))
    for item in range(3):
        for stage in ("concept", "description", "name"):
            done = Checkpoint(item, stage, {"text": "A text of one stage. " * 10}, Usage(1, 400, 60))
            LOOP.run(jobs.apply(job.id, change.advance(_TOKEN, 90, "Generating...", done, piece(item))))
    LOOP.run(jobs.apply(job.id, change.complete(_TOKEN, [piece(item) for item in range(3)], [])))
    return job.id


def calls() -> dict[str, Call]:
    running, ended = unfinished(), finished()

    def get(job_id: str, **headers: str) -> Call:
        asked = event("GET", "/jobs/{job_id}", headers=headers, job_id=job_id)
        return lambda: ours.app(asked, None)

    tag = get(ended)()["headers"]["ETag"]
    bare = event("GET", "/bare/{job_id}", job_id=ended)
    stored = event("GET", "/hash/{job_id}", job_id=ended)
    key = redis_key.job(ended)
    post = event("POST", "/jobs", _BODY)
    waiting = services_jobs()._connection.client
    assert bare_app.redis.hgetall(key)
    return {
        "bare route": lambda: bare_app.app(bare, None),
        "bare HGETALL": lambda: bare_app.redis.hgetall(key),
        "bare HGETALL, asyncio": lambda: LOOP.run(waiting.hgetall(key)),
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
