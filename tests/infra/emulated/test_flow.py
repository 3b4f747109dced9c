"""The end-to-end tests of the flow, on the deployed stack instead of the local one."""

from tests.e2e.api import Api
from tests.e2e.test_flow import *  # noqa: F403


def test_the_jobs_of_a_batch_reach_the_workers(api: Api) -> None:
    """SQS takes them in one call."""
    submission = {"type": "generate_relics", "payload": {"count": 1}}
    answer = api.ask("POST", "/jobs/batch", json={"jobs": [submission] * 3})
    assert answer.status_code == 202, answer.text
    for entry in answer.json()["jobs"]:
        assert api.finished(entry["job"]["id"])["status"] == "completed"
