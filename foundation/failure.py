"""What a failure is. The catalogue of them all is in `request_failure.py` and `job_failure.py`.

The error classes of the Lambda functions and of the generator, the statuses in HTTP and gRPC, the OpenAPI document and
docs/errors.md (`make docs`) follow from it. Codes are stable; sentences may change. A sentence says what happened and
what to do. It never contains text of a provider, a key or a host: those go into the log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    code: str
    #: Shown to a person, unless the place where it happens has something more precise to say.
    sentence: str
    #: For docs/errors.md: when it happens, and what a client does.
    when: str
    remedy: str = ""
    #: Whether the same request, or a retry of the job, may succeed later.
    retryable: bool = False
    #: Whether another attempt a moment later is likely to succeed. The worker makes one by itself only then: an
    #: unusable answer costs as much each time.
    transient: bool = False
    #: The HTTP status of the problem document. None: only jobs and warnings have this code.
    status: int | None = None
    #: The name of the gRPC status with which the generator ends a call.
    grpc_status: str = "INTERNAL"


def by_code(failures: Iterable[Failure]) -> Mapping[str, Failure]:
    return MappingProxyType({failure.code: failure for failure in failures})
