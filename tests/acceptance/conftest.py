"""A local stack that a reader may use: that of tests/e2e."""

from tests.e2e.conftest import stack

__all__ = ["stack"]
