"""`python -m infra.release.rollback save|restore <file>`: saves the stack's template, or goes back to it.

CloudFormation rolls back a deployment that fails. This is for one that succeeds but does not work.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.release import outputs

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]

#: Only in these states does the stack match its template.
_WORKING = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})


def save(cloudformation: Any, stack_name: str, file: Path) -> bool:
    """Save the template. Returns whether there is one to go back to. CDK keeps its assets in the bucket."""
    file.unlink(missing_ok=True)
    try:
        if outputs.describe(cloudformation, stack_name)["StackStatus"] not in _WORKING:
            return False
    except outputs.NoStack:
        return False
    answer = cloudformation.get_template(StackName=stack_name, TemplateStage="Original")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_text(answer["TemplateBody"]))
    return True


@dataclass(frozen=True, slots=True)
class Bucket:
    """CDK's bucket, which `cdk bootstrap` creates."""

    name: str
    region: str

    def url(self, key: str) -> str:
        return f"https://{self.name}.s3.{self.region}.amazonaws.com/{key}"


def restore(cloudformation: Any, s3: Any, stack_name: str, file: Path, bucket: Bucket) -> None:
    """Update the stack to the saved template. It is too large for a request, so it goes through CDK's bucket."""
    from botocore.exceptions import ClientError

    key = f"rollback/{stack_name}.json"
    s3.put_object(Bucket=bucket.name, Key=key, Body=file.read_bytes())
    try:
        cloudformation.update_stack(StackName=stack_name, TemplateURL=bucket.url(key), Capabilities=_CAPABILITIES)
    except ClientError as error:
        # The deployment did not change the template: something else is broken, such as a new key.
        if "No updates are to be performed" in error.response["Error"]["Message"]:
            return
        raise
    cloudformation.get_waiter("stack_update_complete").wait(StackName=stack_name)


def _text(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)


def main() -> int:
    import boto3

    action, file = sys.argv[1], Path(sys.argv[2])
    name, region = outputs.stage_of(os.environ)
    cloudformation = boto3.client("cloudformation", region_name=region)
    if action == "save":
        save(cloudformation, name, file)
        return 0
    if not file.exists():
        sys.stderr.write(
            "This was the first deployment: there is nothing to go back to. Fix the cause and deploy again.\n"
        )
        return 1
    account = boto3.client("sts", region_name=region).get_caller_identity()["Account"]
    bucket = Bucket(f"cdk-hnb659fds-assets-{account}-{region}", region)
    restore(cloudformation, boto3.client("s3", region_name=region), name, file, bucket)
    sys.stdout.write(f"{name} has its previous template and code again.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
