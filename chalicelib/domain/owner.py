"""The hash of an owner, which is safe to use in keys, logs and message attributes."""

import hashlib


def owner_hash(owner: str) -> str:
    """32 hexadecimal digits that identify an owner. The owner itself is any text from the identity provider."""
    return hashlib.sha256(owner.encode()).hexdigest()[:32]
