"""Prepares the SDK. Its first call imports and builds much of it, which takes 0.1 to 0.2 s."""

import httpx2
from openai import AsyncOpenAI

_ANSWER = {
    "id": "warm-up",
    "object": "chat.completion",
    "created": 0,
    "model": "none",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{}"}}],
}


async def warm_up() -> None:
    """Make one call that never leaves the process."""
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, json=_ANSWER))
    async with AsyncOpenAI(
        api_key="none", base_url="http://warm-up.invalid", http_client=httpx2.AsyncClient(transport=transport)
    ) as client:
        await client.chat.completions.create(model="none", messages=[{"role": "user", "content": "ready?"}])
