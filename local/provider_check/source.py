"""The line that says where the text comes from."""

from generator_service.settings import Settings as GeneratorSettings
from local.provider_check.address import host_of
from local.stack.settings import StackSettings


def source_line(settings: StackSettings) -> str:
    if settings.needs_offline_writer:
        return "Text comes from the offline writer, in English only (no OPENAI_API_KEY or OPENAI_BASE_URL is set)."
    return f"Text comes from {_or_default(settings, 'openai_model')} at {host_of(base_url(settings))}."


def base_url(settings: StackSettings) -> str:
    """The provider's address: the configured one, or else OpenAI's own."""
    return settings.openai_base_url or _or_default(settings, "openai_base_url")


def _or_default(settings: StackSettings, name: str) -> str:
    given = settings.environment.get(name.upper(), "").strip()
    return given or str(GeneratorSettings.model_fields[name].default)
