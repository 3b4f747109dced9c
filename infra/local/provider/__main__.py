"""`python -m infra.local.provider`: what is wrong with the provider of this environment; nothing if all is well.

A process of its own: proxies and certificates are then the generator's, also where `.env` sets them.
"""

import os
import sys

from generator_service.settings import Settings
from infra.local.environment import ANY_KEY
from infra.local.provider.check import Provider, finding
from infra.local.provider.http_ask import HttpAsk


def main() -> None:
    settings = Settings.read(os.environ)
    key = settings.openai_api_key.get_secret_value()
    provider = Provider(settings.openai_base_url, settings.openai_model, has_key=key != ANY_KEY)
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    sys.stdout.write(finding(provider, HttpAsk(headers, {})) or "")


if __name__ == "__main__":
    main()
