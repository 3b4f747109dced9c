"""What a failure is. `request_failure.py` and `job_failure.py` list all failures.

The error classes of the Lambda functions and of the generator, the statuses in HTTP and gRPC, the OpenAPI document and
docs/errors.md (`make docs`) are derived from them. Codes are stable; sentences may change. A sentence says what
happened and what to do. It never contains a provider's text, a key or a host: those go into the log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    code: str
    #: Shown to people, unless the code that raises the failure has a more precise sentence.
    sentence: str
    #: For docs/errors.md: when it happens, and what a client does.
    when: str
    remedy: str = ""
    #: Whether the same request, or a retry of the job, may succeed later.
    retryable: bool = False
    #: Whether another attempt a moment later is likely to succeed. Only then does the worker make one by itself:
    #: an unusable answer costs as much each time.
    transient: bool = False
    #: The HTTP status of the problem document. None: only jobs and warnings have this code.
    status: int | None = None
    #: The name of the gRPC status with which a call to the generator ends.
    grpc_status: str = "INTERNAL"


def by_code(failures: Iterable[Failure]) -> Mapping[str, Failure]:
    return MappingProxyType({failure.code: failure for failure in failures})
