"""The eight ports of the database of jobs."""

from typing import Protocol

from chalicelib.port.averages import Averages
from chalicelib.port.delivery_log import DeliveryLog
from chalicelib.port.drain_switch import DrainSwitch
from chalicelib.port.idempotency_keys import IdempotencyKeys
from chalicelib.port.job_index import JobIndex
from chalicelib.port.job_store import JobStore
from chalicelib.port.quota_admin import QuotaAdmin
from chalicelib.port.quota_ledger import QuotaLedger


class JobDatabase(Protocol):
    """One database behind eight ports. Each service takes only the ports it uses."""

    @property
    def jobs(self) -> JobStore: ...

    @property
    def index(self) -> JobIndex: ...

    @property
    def quotas(self) -> QuotaLedger: ...

    @property
    def keys(self) -> IdempotencyKeys: ...

    @property
    def averages(self) -> Averages: ...

    @property
    def drains(self) -> DrainSwitch: ...

    @property
    def quota_admin(self) -> QuotaAdmin: ...

    @property
    def deliveries(self) -> DeliveryLog: ...
