"""The stack on the emulator, as in tests/infra."""

from tests.infra.conftest import run_infra, templates
from tests.infra.emulated.conftest import api, cloud

__all__ = ["api", "cloud", "run_infra", "templates"]
