"""An issuer that publishes its keys over HTTP, and keys as issuers publish them."""

import http.server
import json
import threading
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.integration.signed_token import KEY


class Issuer:
    """Publishes keys over HTTP and counts how often it is asked."""

    def __init__(self) -> None:
        self.keys = {"one": KEY}
        self.asked = 0
        self.status = 200
        #: Instead of the keys.
        self.body: bytes | None = None
        self.delay_s = 0.0
        #: While it is set, an answer comes drop by drop and never ends.
        self.dripping = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                time.sleep(outer.delay_s)
                body = outer.body or json.dumps({"keys": [outer._jwk(kid) for kid in outer.keys]}).encode()
                self.send_response(outer.status)
                self.end_headers()
                dripping = outer.dripping
                while dripping.is_set():
                    self.wfile.write(b" ")
                    time.sleep(0.2)
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def _jwk(self, kid: str) -> dict[str, Any]:
        jwk: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.keys[kid].public_key()))
        return jwk | {"kid": kid, "use": "sig", "alg": "RS256"}


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def jwk(key: RSAPrivateKey, **changed: Any) -> dict[str, Any]:
    """A key as some issuers publish it: no `kid`, no `alg`, no `use`."""
    published: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    del published["key_ops"]
    return published | changed


def curve_jwk() -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    return dict(json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())))


def publish(issuer: Issuer, *keys: Any) -> None:
    issuer.body = json.dumps({"keys": keys}).encode()
