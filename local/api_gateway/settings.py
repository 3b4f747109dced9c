"""The settings of the local API server."""

from foundation.token_limits import TokenLimits
from local.project import Port


class GatewaySettings(TokenLimits):
    api_port: int = Port
    #: "*", or the one other origin whose pages may use the API. Unset: only pages of this machine.
    cors_allow_origin: str | None = None
