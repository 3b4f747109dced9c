"""The tests of the flow as they are, against the deployed stack instead of the local one."""

from tests.e2e.test_flow import *  # noqa: F403
