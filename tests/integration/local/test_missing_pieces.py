"""A demo says what is missing if the model refuses one piece."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.stack.tcp_port import assign_ports, is_listening
from tests.integration.local.command_line import Command, wait_until


@pytest.fixture
def provider() -> Iterator[str]:
    """The offline writer as a user's own model, which refuses the traits of one piece."""
    port = assign_ports(["llm"], {})["llm"]
    with subprocess.Popen([sys.executable, "-m", "local.offline_writer", "--port", str(port)]) as writer:
        wait_until(lambda: is_listening(port))
        rule: dict[str, str | int] = {"fault": "refusal", "schema": "character_traits_skills_stats", "times": 1}
        requests.put(f"http://127.0.0.1:{port}/control/faults", json={"rules": [rule]}, timeout=120).raise_for_status()
        yield f"http://127.0.0.1:{port}"
        writer.terminate()


@pytest.mark.parametrize(("words", "status"), [("demo", 0), ("demo --strict", 3)])
def test_a_demo_with_a_missing_piece_says_which_and_why(provider: str, tmp_path: Path, words: str, status: int) -> None:
    """It exits with 0, as for a completed job, unless --strict is given."""
    with Command(words, tmp_path / "demo", OPENAI_BASE_URL=f"{provider}/v1") as demo:
        assert demo.status() == status, demo.said
    assert f"Text comes from gpt-4o-mini at {provider.partition('//')[2]}." in demo.said
    assert "2 of 3 pieces were written:" in demo.said
    assert "is missing because its traits failed: " in demo.said
    assert "POST /jobs/{id}/retry" in demo.said
