"""The entry point: `python -m generator_service`."""

import asyncio
import logging
import os
import sys

from foundation import logs
from foundation.masking.environment import secrets_in
from foundation.masking.mask import Mask
from foundation.masking.output import mask_output
from foundation.settings import SettingsError
from generator_service.app import serve
from generator_service.registry import KindError
from generator_service.settings import Settings
from generator_service.trace import exporting

log = logging.getLogger("generator_service")


def main() -> int:
    """Run the generator until it is stopped. Returns the exit status: 1 if it could not start or run."""
    mask_output(os.environ)
    try:
        settings = Settings.read(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"The generator cannot start:\n{error}\n")
        return 1
    mask = Mask([*settings.secrets, *secrets_in(os.environ)])
    logs.configure("loresmith-generator", "generator_service", settings.log_level, mask)
    try:
        with exporting(settings.otel_exporter_otlp_endpoint):
            asyncio.run(serve(settings))
    except (KindError, RuntimeError, OSError):
        log.exception("The generator cannot run", extra={"address": settings.target})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
