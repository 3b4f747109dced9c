"""Who a job belongs to, in a form that may stand in keys, logs and message attributes."""

import hashlib


def owner_hash(owner: str) -> str:
    """32 hexadecimal digits that stand for an owner: its own name is the identity provider's text, of any length."""
    return hashlib.sha256(owner.encode()).hexdigest()[:32]
