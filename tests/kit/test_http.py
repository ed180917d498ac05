"""Calls to addresses that a customer chose: a table of hostile URLs, and receivers that misbehave on a real socket."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from app.kit import http
from app.kit.http import Allowed, Client, Refused, Unreached, check_url, is_public

NOTHING = Allowed.of(())
LOOPBACK = Allowed.of(["127.0.0.0/8", "::1"])
MUCH_LATER = 20
"""Seconds: beyond any deadline below, also on a busy machine, and short of what a receiver here holds on for."""

HOSTILE = [
    ("http://example.com/", "scheme_refused"),
    ("ftp://example.com/", "scheme_refused"),
    ("file:///etc/passwd", "url_malformed"),
    ("file://example.com/etc/passwd", "scheme_refused"),
    ("gopher://example.com/_x", "scheme_refused"),
    ("unix:///run/docker.sock", "url_malformed"),
    ("//example.com/", "scheme_refused"),
    ("example.com", "url_malformed"),
    ("", "url_malformed"),
    ("https://", "url_malformed"),
    ("https:///path", "url_malformed"),
    ("https:example.com", "url_malformed"),
    ("https://user:password@example.com/", "url_malformed"),
    ("https://example.com@127.0.0.1/", "url_malformed"),
    ("https://example.com\\@127.0.0.1/", "url_malformed"),
    ("https://example.com\r\nHost: internal/", "url_malformed"),
    ("https://exa mple.com/", "url_malformed"),
    ("https://example.com/\t", "url_malformed"),
    ("https://example.com:0/", "url_malformed"),
    ("https://example.com:99999/", "url_malformed"),
    ("https://example.com:443:80/", "url_malformed"),
    ("https://example.com:22/", "port_refused"),
    ("https://example.com:80/", "port_refused"),
    ("https://example.com:6379/", "port_refused"),
    ("https://" + "a" * 64 + ".com/", "url_malformed"),
    ("https://" + "a." * 130 + "com/", "url_malformed"),
    ("https://example.com/" + "a" * 2000, "url_malformed"),
    ("https://xn--/", "url_malformed"),
    ("https://①②⑦.⓪.⓪.①/", "url_malformed"),
    ("https://127.1/", "url_malformed"),
    ("https://2130706433/", "url_malformed"),
    ("https://0x7f000001/", "url_malformed"),
    ("https://0x7f.1/", "url_malformed"),
    ("https://0177.0.0.1/", "url_malformed"),
    ("https://0/", "url_malformed"),
    ("https://a%00b.com/", "url_malformed"),
    ("https://[::1", "url_malformed"),
    ("https://127.0.0.1/", "address_refused"),
    ("https://127.8.9.10/", "address_refused"),
    ("https://0.0.0.0/", "address_refused"),
    ("https://10.0.0.1/", "address_refused"),
    ("https://172.16.0.1/", "address_refused"),
    ("https://192.168.1.1/", "address_refused"),
    ("https://100.64.0.1/", "address_refused"),
    ("https://169.254.169.254/latest/meta-data/", "address_refused"),
    ("https://192.0.0.192/opc/v2/", "address_refused"),
    ("https://100.100.100.200/", "address_refused"),
    ("https://168.63.129.16/", "address_refused"),
    ("https://192.88.99.1/", "address_refused"),
    ("https://198.18.0.1/", "address_refused"),
    ("https://203.0.113.5/", "address_refused"),
    ("https://224.0.0.1/", "address_refused"),
    ("https://255.255.255.255/", "address_refused"),
    ("https://[::]/", "address_refused"),
    ("https://[::1]/", "address_refused"),
    ("https://[fe80::1]/", "address_refused"),
    ("https://[fe80::1%25eth0]/", "address_refused"),
    ("https://[fc00::1]/", "address_refused"),
    ("https://[fd00:ec2::254]/", "address_refused"),
    ("https://[fec0::1]/", "address_refused"),
    ("https://[ff02::1]/", "address_refused"),
    ("https://[2001:db8::1]/", "address_refused"),
    ("https://[::ffff:127.0.0.1]/", "address_refused"),
    ("https://[::ffff:a9fe:a9fe]/", "address_refused"),
    ("https://[::127.0.0.1]/", "address_refused"),
    ("https://[64:ff9b::7f00:1]/", "address_refused"),
    ("https://[64:ff9b::10.0.0.1]/", "address_refused"),
    ("https://[64:ff9b:1::7f00:1]/", "address_refused"),
    ("https://[2002:7f00:1::]/", "address_refused"),
    ("https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", "address_refused"),
]


@pytest.mark.parametrize(("url", "code"), HOSTILE, ids=[repr(url[:60]) for url, _ in HOSTILE])
def test_a_hostile_url_is_refused_and_never_called(url, code):
    with pytest.raises(Refused) as refused:
        check_url(url, NOTHING)
    assert refused.value.code == code
    with Client(NOTHING, 2, resolve=_must_not_be_asked) as client, pytest.raises(Unreached) as unreached:
        client.post(url, {}, b"{}")
    assert unreached.value.code == code


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com:443/hooks?a=b",
        "https://EXAMPLE.com.:8443/ä",
        "https://bücher.example/",
        "https://_dmarc.a-b.example.co/",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://[64:ff9b::5db8:d822]/",
    ],
)
def test_an_ordinary_url_is_fine(url):
    check_url(url, NOTHING)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://127.0.0.1:9000/", True),
        ("http://[::ffff:127.0.0.1]:9000/", True),
        ("http://[::1]:9000/", True),
        ("http://crm.lan:8069/jsonrpc", True),
        ("http://CRM.lan./", True),
        ("http://10.1.2.3/", True),
        ("http://10.1.2.4/", False),
        ("http://evil.crm.lan/", False),
        ("http://crm.lan.evil.com/", False),
        ("file://crm.lan/etc/passwd", False),
        ("http://user@crm.lan/", False),
        ("http://localhost/", False),
    ],
)
def test_what_the_operator_allows(url, good):
    allowed = Allowed.of(["127.0.0.0/8", "::1", "10.1.2.3", "crm.lan"])
    if good:
        check_url(url, allowed)
    else:
        with pytest.raises(Refused):
            check_url(url, allowed)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_any_disguise_is_judged_as_itself(address):
    plain = is_public(address)
    for disguise in (f"::ffff:{address}", f"64:ff9b::{address}"):
        try:
            check_url(f"https://[{disguise}]/", NOTHING)
        except Refused:
            assert not plain
        else:
            assert plain


@pytest.mark.parametrize(
    "network", ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "fc00::/7", "fe80::/10", "::/8"]
)
@given(data=st.data())
def test_nothing_in_a_private_network_is_public(network, data):
    net = ip_network(network)
    offset = data.draw(st.integers(0, net.num_addresses - 1))
    assert not is_public(ip_address(int(net.network_address) + offset) if net.version == 4 else net[offset])


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["10.0.0.7", "::1"], ["169.254.169.254"], ["::ffff:127.0.0.1"]])
def test_a_name_that_leads_inside_is_refused(answer):
    with Client(NOTHING, 2, resolve=lambda host, port: answer) as client, pytest.raises(Unreached) as unreached:
        client.post("https://rebound.example/", {}, b"{}")
    assert unreached.value.code == "address_refused"


def test_the_connection_goes_to_the_address_that_was_checked():
    """A name that answers something else the second time is asked once only."""
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with _serving(_answer(b"200 OK", b"fine")) as port, Client(LOOPBACK, 2, resolve=rebinding) as client:
        # The name itself is not allowed, the network is: so https, which this receiver does not speak.
        with pytest.raises(Unreached) as unreached:
            client.post("https://rebound.example:8443/", {}, b"{}")
        assert unreached.value.code == "connection_failed"
        assert asked == ["rebound.example"]
        named = Client(Allowed.of(["rebound.example"]), 2, resolve=lambda host, _port: ["127.0.0.1"])
        with named:
            assert named.post(f"http://rebound.example:{port}/", {}, b"{}").status == 200


def test_an_unknown_name():
    def nothing(host, port):
        raise socket.gaierror

    with Client(NOTHING, 2, resolve=nothing) as client, pytest.raises(Unreached) as unreached:
        client.post("https://nowhere.example/", {}, b"{}")
    assert unreached.value.code == "name_unknown"


def test_a_resolver_that_hangs_is_waited_for_no_longer_than_the_deadline():
    release = threading.Event()

    def hang(host, port):
        release.wait(30)
        return []

    with Client(NOTHING, 0.2, resolve=hang) as client:
        started = time.monotonic()
        with pytest.raises(Unreached) as unreached:
            client.post("https://slow.example/", {}, b"{}")
        release.set()
    assert unreached.value.code == "timeout"
    assert time.monotonic() - started < MUCH_LATER


def test_an_answer_with_its_retry_after_and_the_beginning_of_its_body():
    body = ("ä\0" + "x" * 10_000).encode()
    with _serving(_answer(b"429 Slow down", body, b"Retry-After: 7")) as port, Client(LOOPBACK, 2) as client:
        answer = client.post(f"http://127.0.0.1:{port}/hook?a=b", {"webhook-id": "msg_1"}, b"{}")
    assert (answer.status, answer.retry_after) == (429, "7")
    assert answer.body == "ä\ufffd" + "x" * 4093


def test_one_connection_serves_many_posts():
    with _serving(_answer(b"200 OK", b"", keep=True)) as port, Client(LOOPBACK, 2) as client:
        for _ in range(5):
            assert client.post(f"http://127.0.0.1:{port}/", {}, b"{}").status == 200
        assert _connections(port) == 1


def test_a_kept_connection_that_has_ended_or_is_spoilt_is_replaced():
    def once(line: socket.socket) -> None:
        _read_request(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger than it says")
        _read_request(line)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with _serving(once) as port, Client(LOOPBACK, 2) as client:
        for _ in range(4):
            assert client.post(f"http://127.0.0.1:{port}/", {}, b"{}").status == 200


def test_a_redirect_is_an_answer_and_nobody_follows_it():
    asked = []
    with _serving(_answer(b"200 OK", b"", seen=asked)) as inside:
        there = f"Location: http://127.0.0.1:{inside}/".encode()
        with _serving(_answer(b"302 Found", b"", there)) as port, Client(LOOPBACK, 2) as client:
            assert client.post(f"http://127.0.0.1:{port}/", {}, b"{}").status == 302
    assert asked == []


def test_no_proxy_of_the_environment_is_used(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with _serving(_answer(b"200 OK", b"")) as port, Client(LOOPBACK, 2) as client:
        assert client.post(f"http://127.0.0.1:{port}/", {}, b"{}").status == 200


def _silent(line: socket.socket) -> None:
    _read_request(line)
    time.sleep(60)


def _dripping_head(line: socket.socket) -> None:
    _read_request(line)
    for byte in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 1000:
        line.sendall(bytes([byte]))
        time.sleep(0.05)


def _endless_head(line: socket.socket) -> None:
    _read_request(line)
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"X-A: " + b"a" * 1000 + b"\r\n")


def _endless_interim(line: socket.socket) -> None:
    _read_request(line)
    while True:
        line.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)


def _reset(line: socket.socket) -> None:
    _read_request(line)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def _nonsense(line: socket.socket) -> None:
    _read_request(line)
    line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


def _closing(line: socket.socket) -> None:
    _read_request(line)


@pytest.mark.parametrize(
    ("behave", "codes"),
    [
        (_silent, {"timeout"}),
        (_dripping_head, {"timeout"}),
        (_endless_head, {"protocol_error"}),
        (_endless_interim, {"timeout"}),
        (_reset, {"connection_lost"}),
        (_nonsense, {"protocol_error"}),
        (_closing, {"protocol_error", "connection_lost"}),
    ],
)
def test_a_receiver_that_misbehaves_is_left_at_the_deadline(behave, codes):
    with _serving(behave) as port, Client(LOOPBACK, 0.5) as client:
        started = time.monotonic()
        with pytest.raises(Unreached) as unreached:
            client.post(f"http://127.0.0.1:{port}/", {}, b"{}")
        assert time.monotonic() - started < MUCH_LATER
    assert unreached.value.code in codes


def test_a_port_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Client(LOOPBACK, 2) as client, pytest.raises(Unreached) as unreached:
        client.post(f"http://127.0.0.1:{port}/", {}, b"{}")
    assert unreached.value.code == "connection_failed"


def test_a_receiver_that_speaks_no_tls():
    def answer_anything(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with _serving(answer_anything) as port, Client(LOOPBACK, 2) as client, pytest.raises(Unreached) as unreached:
        client.post(f"https://127.0.0.1:{port}/", {}, b"{}")
    assert unreached.value.code == "tls_failed"


def test_the_certificate_has_to_be_for_the_name_and_from_somebody_trusted(tmp_path, monkeypatch):
    certificate, key = _certificate("crm.example")
    (tmp_path / "certificate.pem").write_bytes(certificate)
    (tmp_path / "both.pem").write_bytes(certificate + key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "both.pem")
    answer = _answer(b"200 OK", b"")

    def behave(line: socket.socket) -> None:
        with suppress(ssl.SSLError), context.wrap_socket(line, server_side=True) as secured:
            answer(secured)

    def code_of(name: str) -> str | int:
        allowed = Allowed.of(["crm.example", "other.example"])
        with Client(allowed, 2, resolve=lambda host, _port: ["127.0.0.1"]) as client:
            try:
                return client.post(f"https://{name}:{port}/", {}, b"{}").status
            except Unreached as unreached:
                return unreached.code

    with _serving(behave) as port:
        http._tls.cache_clear()
        assert code_of("crm.example") == "tls_failed"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        http._tls.cache_clear()
        assert code_of("crm.example") == 200
        assert code_of("other.example") == "tls_failed"
    http._tls.cache_clear()


@pytest.mark.parametrize(
    "body",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger than it says",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_body_that_lies_about_its_length_does_not_change_the_status(body):
    def lie(line: socket.socket) -> None:
        _read_request(line)
        line.sendall(body)

    with _serving(lie) as port, Client(LOOPBACK, 2) as client:
        for _ in range(2):
            assert client.post(f"http://127.0.0.1:{port}/", {}, b"{}").status == 200


def test_a_body_that_drips_is_read_until_the_deadline_and_the_status_counts():
    def drip(line: socket.socket) -> None:
        _read_request(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
        for _ in range(4000):
            line.sendall(b"x")
            time.sleep(0.02)

    with _serving(drip) as port, Client(LOOPBACK, 0.4) as client:
        started = time.monotonic()
        answer = client.post(f"http://127.0.0.1:{port}/", {}, b"{}")
    assert answer.status == 200
    assert set(answer.body) == {"x"}
    assert time.monotonic() - started < MUCH_LATER


def test_a_body_without_end_is_cut():
    def pour(line: socket.socket) -> None:
        _read_request(line)
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)

    with _serving(pour) as port, Client(LOOPBACK, 60) as client:
        started = time.monotonic()
        assert len(client.post(f"http://127.0.0.1:{port}/", {}, b"{}").body) == 4096
    assert time.monotonic() - started < MUCH_LATER


def test_a_receiver_that_does_not_take_the_request():
    release = threading.Event()
    with _serving(lambda line: release.wait(30)) as port, Client(LOOPBACK, 0.5) as client:
        started = time.monotonic()
        with pytest.raises(Unreached) as unreached:
            client.post(f"http://127.0.0.1:{port}/", {}, bytes(50_000_000))
        release.set()
    assert unreached.value.code == "timeout"
    assert time.monotonic() - started < MUCH_LATER


def _certificate(name: str) -> tuple[bytes, bytes]:
    """A certificate that vouches for itself, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    moment = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signed.public_bytes(serialization.Encoding.PEM), key.private_bytes(*plain)


def _must_not_be_asked(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host}:{port} was resolved")


_seen_connections: dict[int, int] = {}


def _connections(port: int) -> int:
    return _seen_connections[port]


@contextmanager
def _serving(behave: Callable[[socket.socket], object]) -> Iterator[int]:
    """A receiver on a free loopback port that treats every connection with `behave`, then closes it."""
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    _seen_connections[port] = 0

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = server.accept()
                _seen_connections[port] += 1
                threading.Thread(target=treat, args=(line,), daemon=True).start()

    def treat(line: socket.socket) -> None:
        with suppress(OSError), line:
            behave(line)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def _read_request(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(65536)
        if not piece:
            raise OSError("closed")
        data += piece
    while not data.endswith(b"{}"):
        data += line.recv(65536)
    return data


def _answer(
    status: bytes, body: bytes, *headers: bytes, keep: bool = False, seen: list[bytes] | None = None
) -> Callable[[socket.socket], None]:
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    whole = b"\r\n".join(head) + b"\r\n\r\n" + body

    def behave(line: socket.socket) -> None:
        while True:
            request = _read_request(line)
            if seen is not None:
                seen.append(request)
            line.sendall(whole)
            if not keep:
                return

    return behave
