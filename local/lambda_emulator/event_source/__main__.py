"""`python -m local.lambda_emulator.event_source`: runs the Lambda functions until SIGTERM or SIGINT, then drains."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping

from foundation.masking.output import mask_output
from foundation.settings import SettingsError
from local.error import LocalError
from local.lambda_emulator.event_source.service import EventSourceService
from local.lambda_emulator.event_source.settings import EventSourceSettings


def main(environment: Mapping[str, str]) -> None:
    mask_output(environment)
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_serve(EventSourceSettings.read(environment), environment))
    except* (LocalError, SettingsError) as group:
        sys.exit("\n".join(str(error) for error in group.exceptions))


async def _serve(settings: EventSourceSettings, environment: Mapping[str, str]) -> None:
    service = EventSourceService(settings, environment)
    running = asyncio.create_task(service.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: asyncio.ensure_future(service.drain()))
    await running


if __name__ == "__main__":
    main(os.environ)
