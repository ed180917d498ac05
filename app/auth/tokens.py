"""Bearer tokens of a login service: what one must say and who must have signed it (OpenID Connect Core 3.1.3.7,
RFC 7519, RFC 8725).

Pure: keys and the moment are given. Signatures are checked by joserfc; only public-key algorithms can be allowed, so
neither `none` nor an HMAC made with the public key is ever tried.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "Ed25519": "Ed25519", "EdDSA": "Ed25519"}
_TYPES = {None, "jwt", "at+jwt", "application/at+jwt"}
"""Kinds of token that say who calls; one made for a logout or a proof says something else (RFC 8725, 3.11)."""
_LEAST_BITS = 2048
_MOST_CHARACTERS = 16_000
_MOST_SUBJECT = 255

Key = RSAKey | ECKey | OKPKey


class TokenRefused(Exception):
    """A token is not what it must be. `reason`: a stable word for the answer and the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say."""

    issuer: str
    audience: str
    algorithms: frozenset[str]
    skew_seconds: float
    """How far the issuer's clock may be from ours."""


@dataclass(frozen=True, slots=True)
class Login:
    """Whom the issuer says that it knows."""

    issuer: str
    subject: str
    email: str | None
    """In lower case; only where the issuer has verified it."""
    name: str | None


@dataclass(frozen=True, slots=True)
class Signature:
    """What a token says of its signature, before anything of it is believed."""

    algorithm: str
    key_id: str | None


def signature_of(token: str, expected: Expected) -> Signature:
    """How a token says that it is signed.

    Raises:
        TokenRefused: it is no signed token, of another kind, or its algorithm is not allowed.
    """
    if len(token) > _MOST_CHARACTERS or not token.isascii() or token.count(".") != 2:
        raise TokenRefused("malformed")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, RecursionError) as wrong:
        raise TokenRefused("malformed") from wrong
    kind, key_id = header.get("typ"), header.get("kid")
    if not (kind is None or isinstance(kind, str)) or (kind and kind.lower()) not in _TYPES:
        raise TokenRefused("wrong_type")
    if header.get("alg") not in expected.algorithms:
        raise TokenRefused("algorithm_not_allowed")
    if key_id is not None and not isinstance(key_id, str):
        raise TokenRefused("malformed")
    return Signature(header["alg"], key_id)


def keys_in(document: Any) -> tuple[Key, ...]:
    """The keys of a JWKS document that signatures can be checked with; what else is in it is passed over.

    Raises:
        ValueError: it is no such document.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a JWK set")
    return tuple(key for each in listed if (key := _key(each)) is not None)


def _key(said: Any) -> Key | None:
    if not isinstance(said, dict) or said.get("kty") not in ("RSA", "EC", "OKP") or said.get("use", "sig") != "sig":
        return None
    public = {name: value for name, value in said.items() if name not in ("d", "p", "q", "dp", "dq", "qi", "oth")}
    if said["kty"] == "RSA" and len(str(said.get("n", ""))) * 6 < _LEAST_BITS - 8:
        return None
    try:
        key = JWKRegistry.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) else None


def key_for(signature: Signature, keys: Iterable[Key]) -> Key | None:
    """The one key that a signature can be by; None where there is none, or where it does not say which of several."""
    fitting = [key for key in keys if signature.key_id in (None, key.kid) and _fits(key, signature.algorithm)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(key: Key, algorithm: str) -> bool:
    if key.get("alg") not in (None, algorithm):
        return False
    curve = _CURVES.get(algorithm)
    return isinstance(key, RSAKey) if curve is None else not isinstance(key, RSAKey) and key.get("crv") == curve


def login_of(token: str, key: Key, expected: Expected, moment: datetime) -> Login:
    """Whom a token is about.

    Raises:
        TokenRefused: `bad_signature`, or it is of another issuer, for somebody else, too old, or too early.
    """
    registry = jws.JWSRegistry(algorithms=sorted(expected.algorithms), strict_check_header=False)
    try:
        claims = jwt.decode(token, key, registry=registry).claims
    except (JoseError, ValueError, RecursionError) as wrong:
        raise TokenRefused("bad_signature") from wrong
    _check(claims, expected, moment)
    said = claims.get("email_verified")
    verified = said is True or said == "true"  # some issuers say it in words
    email = _text(claims.get("email"), 254) if verified else None
    subject = _text(claims.get("sub"), _MOST_SUBJECT)
    if subject is None:
        raise TokenRefused("no_subject")
    return Login(expected.issuer, subject, email.casefold() if email else None, _text(claims.get("name"), 200))


def _check(claims: Mapping[str, Any], expected: Expected, moment: datetime) -> None:
    if claims.get("iss") != expected.issuer:
        raise TokenRefused("wrong_issuer")
    audience = claims.get("aud")
    meant: Collection[Any] = [audience] if isinstance(audience, str) else audience or []
    if not isinstance(meant, list) or expected.audience not in meant:
        raise TokenRefused("wrong_audience")
    now, skew = moment.timestamp(), expected.skew_seconds
    if _seconds(claims, "exp", required=True) <= now - skew:
        raise TokenRefused("expired")
    if max(_seconds(claims, "nbf"), _seconds(claims, "iat")) > now + skew:
        raise TokenRefused("not_yet_valid")


def _seconds(claims: Mapping[str, Any], name: str, *, required: bool = False) -> float:
    said = claims.get(name)
    if said is None and not required:
        return 0.0
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise TokenRefused("malformed")
    return said


def _text(said: Any, most: int) -> str | None:
    """What can be stored and compared; None where it is anything else."""
    return said if isinstance(said, str) and 0 < len(said) <= most and said.isprintable() else None
