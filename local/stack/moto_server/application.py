"""moto's web application. It looks up services and methods once, and sends no headers that only browsers need."""

from functools import cache

from flask import Flask
from moto.backends import SERVICE_NAMES
from moto.core import responses, utils
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication


def make_application() -> DomainDispatcherApplication:
    """Changes moto for the whole process."""
    werkzeug_app.DISABLE_GLOBAL_CORS = True  # type: ignore[attr-defined]
    responses.method_names_from_class = cache(utils.method_names_from_class)  # type: ignore[attr-defined]
    utils.create_loader = cache(utils.create_loader)  # type: ignore[attr-defined]
    made = DomainDispatcherApplication(_make_service)
    made.get_backend_for_host = cache(made.get_backend_for_host)  # type: ignore[method-assign]
    return made


def _make_service(service: SERVICE_NAMES) -> Flask:
    """The application of one service. moto turns on Flask's debug mode, which checks each request for mistakes."""
    made = werkzeug_app.create_backend_app(service)
    made.debug = False
    return made
