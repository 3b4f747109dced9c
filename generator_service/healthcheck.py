"""`python -m generator_service.healthcheck`: exit status 0 if the generator on this machine is serving, else 1.

It reads GENERATOR_HOST and GENERATOR_PORT, like the generator.
"""

import os
import sys
from collections.abc import Mapping

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from foundation.masking.output import mask_output
from foundation.settings import SettingsError
from generator_service.settings import Address

TIMEOUT_S = 3.0
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - only compared, not bound


def is_serving(environment: Mapping[str, str]) -> bool:
    """Whether the generator with these settings answers SERVING within `TIMEOUT_S`."""
    address = Address.read(environment)
    host = _ANY_HOST.get(address.generator_host, address.generator_host)
    with grpc.insecure_channel(address.model_copy(update={"generator_host": host}).target) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_S)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def main() -> int:
    mask_output(os.environ)
    try:
        return 0 if is_serving(os.environ) else 1
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
