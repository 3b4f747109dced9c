"""`python -m local.provider_check`: prints what is wrong with the configured provider, or nothing.

It runs as a separate process so that it uses the generator's proxies and certificates, even if `.env` sets them.
"""

import os
import sys

from foundation.masking.output import mask_output
from generator_service.settings import Settings
from local.provider_check.check import Provider, finding
from local.provider_check.http_ask import HttpAsk
from local.stack.environment import ANY_KEY

#: Headers that can carry a key instead of OPENAI_API_KEY's.
_KEY_HEADERS = frozenset({"authorization", "api-key", "x-api-key"})


def main() -> None:
    mask_output(os.environ)
    settings = Settings.read(os.environ)
    key = settings.openai_api_key.get_secret_value()
    extra = {name.lower(): value.get_secret_value() for name, value in settings.llm_extra_headers.items()}
    headers = {"authorization": f"Bearer {key}", "accept": "application/json"} | extra
    has_key = key != ANY_KEY or not _KEY_HEADERS.isdisjoint(extra)
    provider = Provider(settings.openai_base_url, settings.openai_model, has_key=has_key)
    sys.stdout.write(finding(provider, HttpAsk(headers, settings.llm_extra_query)) or "")


if __name__ == "__main__":
    main()
