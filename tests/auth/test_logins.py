"""Bearer tokens of a login service: real tokens, signed by a real issuer that is asked for its keys over HTTP."""

from __future__ import annotations

import base64
import hmac
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.main import create_app
from bench.issuer import Issuer, make_key

ANN = {"email": "Ann.Smith@Northwind.example", "email_verified": True}


@pytest.fixture
def ann(client) -> str:
    """A user whom an administrator has added; the id."""
    said = {"name": "Ann Smith", "email": "ann.smith@northwind.example"}
    return client.post("/v1/users", json=said).json()["id"]


def test_an_invited_user_logs_in_and_is_known_by_subject_from_then_on(ann, issuer, ask):
    first = ask(issuer.token("ann-1", **ANN))
    assert (first.status_code, first.json()["id"]) == (200, ann)
    assert ask(issuer.token("ann-1")).json()["id"] == ann, "no address is looked at again"
    assert ask(issuer.token("ann-1", email="new@elsewhere.example", email_verified=True)).json()["id"] == ann


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_both_kinds_of_signatures_are_believed(ann, issuer, ask, algorithm):
    issuer.algorithm = algorithm
    issuer.rotate()
    assert ask(issuer.token("ann-1", **ANN)).status_code == 200


def test_an_address_that_nobody_verified_opens_nothing(ann, issuer, ask):
    for said in ({"email": ANN["email"]}, {**ANN, "email_verified": False}, {**ANN, "email_verified": 1}, {}):
        refused = ask(issuer.token("ann-1", **said))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_invited"), said
    assert ask(issuer.token("ann-1", **{**ANN, "email_verified": "true"})).status_code == 200, "as some issuers say it"


def test_an_address_that_is_given_to_somebody_else_opens_nothing(ann, issuer, ask):
    assert ask(issuer.token("ann-1", **ANN)).status_code == 200
    refused = ask(issuer.token("ann-2", **ANN))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_invited")


def test_whom_two_organizations_invited_says_which_by_a_token(client, ann, issuer, ask, as_new_user):
    theirs = client.post("/v1/invitations", json={"email": ANN["email"]}, headers=as_new_user()).json()
    login = issuer.token("ann-1", **ANN)
    refused = ask(login)
    assert (refused.status_code, refused.json()["code"]) == (403, "invited_by_many")
    accepted = ask(login, "/v1/invitations/accept", "POST", json={"token": theirs["token"]})
    assert (accepted.status_code, accepted.json()["key"]) == (201, None)
    assert ask(login).json()["id"] == accepted.json()["id"] != ann


def test_the_role_decides_what_a_login_may_do(client, ann, issuer, ask):
    token = issuer.token("ann-1", **ANN)
    assert ask(token, "/v1/contacts").status_code == 200
    refused = ask(token, "/v1/users", "POST", json={"name": "Cy", "email": "cy@northwind.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    client.patch(f"/v1/users/{ann}", json={"role": "admin"})
    assert ask(token, "/v1/users", "POST", json={"name": "Cy", "email": "cy@northwind.example"}).status_code == 201
    key = ask(token, "/v1/api-keys", "POST", json={"name": "phone"}).json()["key"]
    assert ask(key).json()["id"] == ann


def refusal(answer) -> tuple[int, str, str]:
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    return answer.status_code, answer.json()["code"], answer.json()["reason"]


def test_what_a_token_must_say(ann, issuer, ask):
    moment = int(time.time())
    for reason, claims in {
        "expired": {"exp": moment - 61},
        "not_yet_valid": {"nbf": moment + 90},
        "wrong_audience": {"aud": "another-service"},
        "wrong_issuer": {"iss": "https://elsewhere.example"},
        "no_subject": {"sub": None},
        "malformed": {"exp": None},
    }.items():
        assert refusal(ask(issuer.token(**ANN | claims))) == (401, "unauthorized", reason)
    for claims in ({"aud": ["x"]}, {"aud": None}, {"aud": {"cardally": 1}}, {"aud": [["cardally"]]}):
        assert refusal(ask(issuer.token(**ANN | claims)))[2] == "wrong_audience"
    assert refusal(ask(issuer.token(**ANN, iat=moment + 90)))[2] == "not_yet_valid"
    for when in ("soon", True, [moment + 90], 1e400):
        assert refusal(ask(issuer.token(**ANN, exp=when)))[2] == "malformed"
    assert refusal(ask(issuer.token("x" * 256, **ANN)))[2] == "no_subject"
    assert refusal(ask(issuer.token("a\0b", **ANN)))[2] == "no_subject"
    assert (
        ask(issuer.token(**ANN | {"exp": moment - 30, "aud": ["x", "cardally"], "iat": moment + 30})).status_code == 200
    )


def test_no_signature_and_no_signature_of_anybody_else_is_believed(ann, issuer, ask):
    good = issuer.token(**ANN)
    header, payload, signature = good.split(".")
    public = issuer.keys[0]
    unsigned = f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}."
    assert refusal(ask(unsigned))[2] == "algorithm_not_allowed"
    for secret in (public.as_pem(private=False), json.dumps(public.as_dict(private=False)).encode()):
        signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': public.kid})}.{payload}"
        confused = f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"
        assert refusal(ask(confused))[2] == "algorithm_not_allowed"
    forged = issuer.token(**ANN, key=make_key(), header={"kid": public.kid})
    assert refusal(ask(forged))[2] == "bad_signature"
    other_kind = issuer.token(**ANN, key=make_key("ES256"), header={"kid": public.kid})
    assert refusal(ask(other_kind))[2] == "unknown_key"
    embedded = make_key()
    named = {"jwk": embedded.as_dict(private=False), "kid": embedded.kid}
    assert refusal(ask(issuer.token(**ANN, key=embedded, header=named)))[2] in ("unknown_key", "malformed")
    assert refusal(ask(f"{header}.{encoded({'sub': 'x'})}.{signature}"))[2] == "bad_signature"
    assert refusal(ask(issuer.token(**ANN, header={"typ": "logout+jwt"})))[2] == "wrong_type"
    assert ask(good).status_code == 200


def encoded(said: object) -> str:
    return base64url(json.dumps(said).encode())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "nonsense", ["x", "a.b.c", "..", "e30.e30.e30", "ck", "bnVsbA.e30.", "W10.W10.W10", "a" * 50_000, "{" * 9_000]
)
def test_nonsense_is_refused(ann, ask, nonsense):
    answer = ask(nonsense)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_new_keys_are_fetched_and_old_ones_forgotten(ann, issuer, ask):
    assert ask(issuer.token("ann-1", **ANN)).status_code == 200
    fetched = len(issuer.served)
    assert ask(issuer.token("ann-1")).status_code == 200
    assert len(issuer.served) == fetched, "a known key is not asked for again"
    old = issuer.rotate()
    assert ask(issuer.token("ann-1")).status_code == 200
    assert len(issuer.served) == fetched + 2, "discovery and keys, once"
    assert refusal(ask(issuer.token("ann-1", key=old)))[2] == "unknown_key"


def test_strangers_do_not_have_keys_fetched_again_and_again(ann, issuer, ask, api):
    api.app.state.issuer._settings = api.app.state.settings.model_copy(update={"oidc_refetch_seconds": 3600.0})
    assert ask(issuer.token("ann-1", **ANN)).status_code == 200
    fetched = len(issuer.served)
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(ask, [issuer.token(key=make_key("ES256")) for _ in range(12)])
    assert {refusal(answer)[2] for answer in answers} == {"unknown_key"}
    assert len(issuer.served) == fetched


def test_an_issuer_that_is_down_is_no_crash(ann, issuer, ask, client):
    issuer.down = True
    answer = ask(issuer.token("ann-1", **ANN))
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unreachable")
    assert answer.headers["Retry-After"]
    assert "API key" in answer.json()["detail"]
    assert client.get("/v1/me").status_code == 200, "keys do meanwhile"
    issuer.down = False
    assert ask(issuer.token("ann-1", **ANN)).status_code == 200
    issuer.down = True
    assert ask(issuer.token("ann-1")).status_code == 200, "known keys do meanwhile"
    assert ask(issuer.token("ann-1", key=make_key())).status_code == 503, "nobody can tell whether this one is new"


def test_an_issuer_that_is_gone_or_somebody_else_is_no_crash(ann, settings, house):
    from fastapi.testclient import TestClient

    with Issuer() as issuer:
        issuer.says = {"issuer": "https://elsewhere.example"}
        token = issuer.token(**ANN)
        changed = settings.model_copy(update={"oidc_issuer": issuer.url})
        with TestClient(create_app(changed), raise_server_exceptions=False) as api:
            assert api.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 503
            issuer.says = {"jwks_uri": "http://10.0.0.1/keys"}
            refused = api.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
            assert refused.status_code == 503, "keys are fetched from public addresses and the issuer's own host only"
    with TestClient(create_app(changed), raise_server_exceptions=False) as api:
        assert api.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 503


def test_where_no_login_service_is_set_up_a_token_is_refused(house, issuer):
    from fastapi.testclient import TestClient

    with TestClient(create_app(house.settings.model_copy(update={"oidc_issuer": None}))) as api:
        answer = api.get("/v1/me", headers={"Authorization": f"Bearer {issuer.token()}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_first_logins_at_once_are_one(client, issuer, ask):
    client.post("/v1/invitations", json={"email": ANN["email"], "role": "admin", "name": "Ann Smith"})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, [issuer.token("ann-1", **ANN) for _ in range(8)]))
    assert {answer.status_code for answer in answers} == {200}
    [me] = {answer.json()["id"] for answer in answers}
    assert (answers[0].json()["name"], answers[0].json()["role"]) == ("Ann Smith", "admin")
    assert [each["user_id"] for each in client.get("/v1/invitations").json()["items"]] == [me]


def test_a_phones_address_book_takes_a_login(client, ann, issuer, api):
    headers = {"Authorization": f"Bearer {issuer.token('ann-1', **ANN)}"}
    assert api.request("PROPFIND", "/dav/", headers=headers).status_code == 207


@pytest.fixture
def provider():
    """An OpenID Connect provider that others wrote, as a process: its URL."""
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port := free_port())]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(url, trust_env=False)
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_the_whole_road_with_a_provider_of_others(provider, house, client, ann):
    """Authorization code flow: a person logs in, a client gets an ID token, the API knows who it is."""
    from fastapi.testclient import TestClient

    back = "http://127.0.0.1/back"
    with httpx.Client(base_url=provider, trust_env=False) as browser:
        app = browser.post("/oauth2/clients", json={"redirect_uris": [back]}).json()
        said = {"email": "ann.smith@northwind.example", "email_verified": True}
        assert browser.put("/users/ann-at-provider", json=said).status_code == 204
        asked = {"client_id": app["client_id"], "redirect_uri": back, "response_type": "code", "scope": "openid email"}
        sent = browser.post("/oauth2/authorize", params=asked, data={"sub": "ann-at-provider"})
        [code] = parse_qs(urlsplit(sent.headers["Location"]).query)["code"]
        given = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        tokens = browser.post("/oauth2/token", data=given, auth=(app["client_id"], app["client_secret"])).json()
    changed = house.settings.model_copy(update={"oidc_issuer": provider, "oidc_audience": app["client_id"]})
    with TestClient(create_app(changed)) as api:
        me = api.get("/v1/me", headers={"Authorization": f"Bearer {tokens['id_token']}"})
        assert (me.status_code, me.json()["id"]) == (200, ann), me.text
