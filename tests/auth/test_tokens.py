"""Tokens without a network: whatever is sent is either believed for a reason or refused by name."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt

from app.auth.tokens import Expected, TokenRefused, key_for, keys_in, login_of, signature_of
from bench.issuer import make_key

MOMENT = datetime(2026, 5, 4, tzinfo=UTC)
EXPECTED = Expected("https://id.example", "cardally", frozenset({"RS256", "ES256"}), 60)
RSA, EC = make_key("RS256"), make_key("ES256")
KEYS = keys_in({"keys": [key.as_dict(private=False) for key in (RSA, EC)]})


def token(claims: dict, key=EC) -> str:
    algorithm = key.get("alg")
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


def said(**other) -> dict:
    return {"iss": EXPECTED.issuer, "aud": "cardally", "sub": "ann", "exp": MOMENT.timestamp() + 60} | other


def login(text: str):
    key = key_for(signature_of(text, EXPECTED), KEYS)
    assert key is not None
    return login_of(text, key, EXPECTED, MOMENT)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")) | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*"))
def test_any_text_is_refused_by_name(text):
    with pytest.raises(TokenRefused):
        login(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_CLAIMS = st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "email", "email_verified", "name"])


@given(st.dictionaries(_CLAIMS, _JSON))
def test_whatever_a_signed_token_says_it_is_a_login_or_refused(claims):
    """A login has what can be stored: a subject, and an address only where it was verified."""
    try:
        found = login(token(said(**claims)))
    except TokenRefused:
        return
    assert 0 < len(found.subject) <= 255
    assert found.subject.isprintable()
    assert found.email is None or claims.get("email_verified") in (True, "true")


@given(st.integers(-200, 200))
def test_the_issuers_clock_may_differ_by_the_skew_and_no_more(seconds):
    text = token(said(exp=MOMENT.timestamp() + seconds))
    if seconds > -60:
        assert login(text).subject == "ann"
    else:
        with pytest.raises(TokenRefused, match="expired"):
            login(text)


@given(st.integers(0, 2**16), st.sampled_from([RSA, EC]))
def test_a_signature_with_another_bit_is_refused(place, key):
    text = token(said(), key)
    spot = place % (len(text) - 1)
    other = "A" if text[spot] not in "A." else "B"
    if text[spot] == "." or text[:spot] + other + text[spot + 1 :] == text:
        return
    changed = text[:spot] + other + text[spot + 1 :]
    try:
        key_changed = key_for(signature_of(changed, EXPECTED), KEYS)
        assert key_changed is None or login_of(changed, key_changed, EXPECTED, MOMENT) is None
    except TokenRefused:
        pass


@given(_JSON)
def test_any_document_of_keys_is_taken_or_refused(document):
    for each in (document, {"keys": document}, {"keys": [document]}):
        with suppress(ValueError):
            assert keys_in(each) == ()


def test_keys_that_check_no_signatures_are_passed_over():
    public = EC.as_dict(private=False)
    weak = {"kty": "RSA", "n": "sXch", "e": "AQAB", "kid": "weak"}
    for useless in ({"kty": "oct", "k": "c2VjcmV0"}, public | {"use": "enc"}, public | {"x": "!"}, weak, {"kty": "EC"}):
        assert keys_in({"keys": [useless]}) == ()
    [private] = keys_in({"keys": [EC.as_dict(private=True)]})
    assert "d" not in private.as_dict(), "a private key told by mistake is not kept"


def test_a_key_says_what_it_is_for_and_one_of_several_must_be_named():
    signature = signature_of(token(said()), EXPECTED)
    assert key_for(signature, KEYS).kid == EC.kid
    unnamed = jwt.encode({"alg": "ES256"}, said(), EC, algorithms=["ES256"])
    assert key_for(signature_of(unnamed, EXPECTED), KEYS).kid == EC.kid, "the only one of its kind"
    two = keys_in({"keys": [key.as_dict(private=False) for key in (EC, make_key("ES256"))]})
    assert key_for(signature_of(unnamed, EXPECTED), two) is None
    other = keys_in({"keys": [EC.as_dict(private=False) | {"alg": "ES384"}]})
    assert key_for(signature, other) is None
