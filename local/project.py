"""Where the project lies on this machine, and the one address everything local listens on."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = "127.0.0.1"
