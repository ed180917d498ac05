"""A login service (OpenID Connect) on a loopback port: tells its keys over HTTP and signs tokens with them.

Stands in for an organization's own in the tests and for trying things out; it lets in whoever asks.
As a command it prints a token: `python -m bench.issuer --port 9100 --email ann@northwind.example`, and serves its keys
until it is stopped.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

SigningKey = RSAKey | ECKey
_CURVES = {"ES256": "P-256", "ES384": "P-384"}


def make_key(algorithm: str = "RS256") -> SigningKey:
    """A fresh private key for signatures of this kind, with an id."""
    if algorithm in _CURVES:
        return ECKey.generate_key(_CURVES[algorithm], {"use": "sig", "alg": algorithm}, auto_kid=True)
    return RSAKey.generate_key(2048, {"use": "sig", "alg": algorithm}, auto_kid=True)


class Issuer:
    """Serves discovery and keys while its block runs. `served` are the paths that were asked for."""

    def __init__(self, audience: str = "cardally", algorithm: str = "RS256", port: int = 0) -> None:
        self.audience, self.algorithm = audience, algorithm
        self.keys: list[SigningKey] = [make_key(algorithm)]
        self.served: list[str] = []
        self.down = False
        self.says: dict[str, Any] = {}
        """What discovery says instead of the truth."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), name="issuer", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self) -> SigningKey:
        """From now on another key signs, and the old one is not told any more; returns the old one."""
        old, self.keys = self.keys[0], [make_key(self.algorithm)]
        return old

    def documents(self) -> dict[str, Any]:
        """What is served, by path."""
        discovery = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | self.says
        keys = {"keys": [key.as_dict(private=False) for key in self.keys]}
        return {"/.well-known/openid-configuration": discovery, "/keys": keys}

    def token(
        self,
        subject: str = "someone",
        *,
        key: SigningKey | None = None,
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """A signed token; `claims` stand instead of the usual ones, and of those that are None there is none."""
        signing, moment = key or self.keys[0], int(time.time())
        usual = {"iss": self.url, "aud": self.audience, "sub": subject, "iat": moment, "exp": moment + 600}
        said = {name: value for name, value in (usual | claims).items() if value is not None}
        named = {"alg": str(signing.get("alg")), "kid": signing.kid} | dict(header or {})
        return jwt.encode(named, said, signing, algorithms=[named["alg"]])


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            issuer.served.append(self.path)
            document = None if issuer.down else issuer.documents().get(self.path)
            body = json.dumps(document).encode()
            self.send_response(503 if issuer.down else 404 if document is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


def main() -> None:
    """Print a token and serve the keys until stopped."""
    parser = argparse.ArgumentParser(description="A login service that lets in whoever asks.")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--audience", default="cardally")
    parser.add_argument("--subject", default="ann")
    parser.add_argument("--email", default="ann@northwind.example")
    asked = parser.parse_args()
    with Issuer(asked.audience, port=asked.port) as issuer:
        print(f"CARDALLY_OIDC_ISSUER={issuer.url}")
        print(issuer.token(asked.subject, email=asked.email, email_verified=True), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
