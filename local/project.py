"""The project's folder on this machine, and where local programs listen."""

from pathlib import Path

from pydantic import Field

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
#: A setting; 0 means any free port.
Port = Field(default=0, ge=0, le=65_535)
