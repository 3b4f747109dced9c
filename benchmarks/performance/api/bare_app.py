"""The minimum that an API on Chalice and Redis does: a route, and a route that returns a hash."""

import os
from typing import Any

from chalice.app import Chalice
from redis import Redis

app = Chalice(app_name="bare", configure_logs=False)
redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"), decode_responses=True)


@app.route("/bare/{job_id}")
def bare(job_id: str) -> dict[str, str]:
    """No work at all."""
    return {"id": job_id}


@app.route("/hash/{job_id}")
def read_hash(job_id: str) -> Any:
    """The same, with one HGETALL."""
    return redis.hgetall(f"job:{{{job_id}}}")
