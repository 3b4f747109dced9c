"""`python -m infra.release.page`: uploads the built page to its bucket. With `--empty`, empties the bucket."""

import json
import mimetypes
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.release import outputs

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "frontend" / "dist"
#: Vite puts a hash into these names, so they never change.
_FOREVER, _ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


def publish(s3: Any, bucket: str, dist: Path, api_url: str) -> None:
    """Upload all files, index.html last because it names the others, and `config.json` with the API's address."""
    for file in _in_order(dist):
        key = file.relative_to(dist).as_posix()
        kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
        cache = _FOREVER if key.startswith("assets/") else _ASK_AGAIN
        s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes(), ContentType=kind, CacheControl=cache)
        if key == "index.html":
            break
    config = json.dumps({"apiBaseUrl": api_url})
    s3.put_object(
        Bucket=bucket, Key="config.json", Body=config, ContentType="application/json", CacheControl=_ASK_AGAIN
    )


def _in_order(dist: Path) -> Iterator[Path]:
    index = dist / "index.html"
    yield from (path for path in sorted(dist.rglob("*")) if path.is_file() and path != index)
    yield index


def empty(s3: Any, bucket: str) -> None:
    """Delete every version of every file. A bucket that no longer exists, as after half a removal, counts as empty."""
    try:
        _empty(s3, bucket)
    except s3.exceptions.NoSuchBucket:
        return


def _empty(s3: Any, bucket: str) -> None:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        keys = [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in found]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})


def main() -> int:
    import boto3

    name, region = outputs.stage_of(os.environ)
    try:
        found = outputs.read(boto3.client("cloudformation", region_name=region), name)
    except (outputs.NoStack, outputs.AwsUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    s3 = boto3.client("s3", region_name=region)
    if "--empty" in sys.argv:
        # A stack whose first deployment failed has no outputs and no bucket.
        if bucket := found.get("PageBucket"):
            empty(s3, bucket)
        return 0
    publish(s3, found["PageBucket"], DIST, found["ApiUrl"])
    batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(time.time())}
    boto3.client("cloudfront").create_invalidation(DistributionId=found["PageDistribution"], InvalidationBatch=batch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
