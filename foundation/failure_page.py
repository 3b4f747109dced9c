"""Prints docs/errors.md, generated from the catalogue of failures: `python -m foundation.failure_page`."""

import sys
from collections.abc import Iterator

from foundation.job_failure import JOB_FAILURES
from foundation.request_failure import REQUEST_FAILURES

_INTRODUCTION = """\
# Error codes

<!-- Made by `make docs` from foundation/request_failure.py and foundation/job_failure.py. -->

There are two kinds of codes. Both are stable. `code` in a problem document says why a request was refused.
`error_code` of a job, and `code` of an entry in its `warnings`, says why something was not written. The sentences
beside them are for people and may change.

## `code`: the request
"""

_JOBS = """
## `error_code`: the job

A retry, `POST /jobs/{id}/retry`, keeps what is finished. "Attempted again" means that the worker starts another attempt
by itself, up to three in all, before the job fails.
"""


def page() -> str:
    return "\n".join([_INTRODUCTION, *_request_rows(), _JOBS, *_job_rows()]) + "\n"


def _request_rows() -> Iterator[str]:
    yield "| code | status | when | retryable | what to do |"
    yield "|---|---|---|---|---|"
    for failure in REQUEST_FAILURES.values():
        retryable = "yes" if failure.retryable else "no"
        yield f"| `{failure.code}` | {failure.status} | {failure.when} | {retryable} | {failure.remedy} |"


def _job_rows() -> Iterator[str]:
    yield "| code | when | retryable | attempted again | sentence |"
    yield "|---|---|---|---|---|"
    for failure in JOB_FAILURES.values():
        retryable, transient = ("yes" if answer else "no" for answer in (failure.retryable, failure.transient))
        yield f"| `{failure.code}` | {failure.when} | {retryable} | {transient} | {failure.sentence} |"


if __name__ == "__main__":
    sys.stdout.write(page())
