"""The project's folder on this machine, and the address that every local program listens on."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
