"""The end-to-end tests of the flow, on the deployed stack instead of the local one."""

from tests.e2e.test_flow import *  # noqa: F403
