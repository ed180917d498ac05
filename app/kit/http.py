"""Calls to addresses that a customer chose (SSRF).

A name is resolved once and the connection goes to the address that was checked, so a name that changes its answer
between check and use (DNS rebinding) gains nothing. Only public addresses are reached, over https on ordinary ports;
hosts and networks that the operator allows may be anything else. Redirects are answers like any other, proxies of the
environment are not used, and everything together ends at one deadline, however slowly the other side drips.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from ssl import SSLContext, SSLError
from typing import Any

import httpcore
import httpx

_PORTS = (443, 8443)
_KEPT_BYTES = 4096
_MOST_BYTES = 4_000_000
_REPEATABLE = ("GET", "PUT", "DELETE")
_MAX_URL = 2000
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.I)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.I)

_PUBLIC_V6 = IPv6Network("2000::/3")
_TRANSLATED_V4 = IPv6Network("64:ff9b::/96")
# Special by the IANA registries or by what a cloud answers there, and yet `is_global` in one Python or another.
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is a cloud's metadata
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # a cloud's host agent
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: any IPv4 address in disguise
        "3fff::/20",  # documentation
    )
)

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses; raises OSError when there are none."""


class Refused(ValueError):
    """This URL must not be called. `code`: `url_malformed`, `scheme_refused`, `port_refused`, `address_refused`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreached(Exception):
    """No answer came.

    `code`: one of `Refused`, or `name_unknown`, `connection_failed`, `connection_lost`, `tls_failed`,
    `protocol_error`, `timeout`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hosts and networks of the operator's own that may be called, over http and on any port as well."""

    hosts: frozenset[str]
    networks: tuple[Any, ...]

    @classmethod
    def of(cls, entries: Iterable[str]) -> Allowed:
        """From settings such as `127.0.0.0/8`, `10.1.2.3` and `crm.lan`."""
        hosts, networks = set(), []
        for entry in entries:
            try:
                networks.append(ip_network(entry, strict=False))
            except ValueError:
                hosts.add(_plain(entry))
        return cls(frozenset(hosts), tuple(networks))

    def names(self, host: str) -> bool:
        """Whether this host, a name or an address, is on the list."""
        address = _literal(host)
        return _plain(host) in self.hosts if address is None else self.holds(address)

    def holds(self, address: Address) -> bool:
        """Whether this address is in one of the networks."""
        return any(address.version == network.version and address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    retry_after: str | None
    body: str
    """Its beginning, as far as it came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; of several with one name the last."""


def is_public(address: Address) -> bool:
    """Whether everybody on the internet sees the same machine there."""
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED_V4:
            return is_public(IPv4Address(address.packed[-4:]))
        if address not in _PUBLIC_V6:
            return False
    special = any(address.version == network.version and address in network for network in _NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not special


def check_url(url: str, allowed: Allowed) -> httpx.URL:
    """The parsed URL, when nothing speaks against it before its name is resolved.

    Raises:
        Refused: malformed, with a user name or password, neither https nor allowed, on an odd port, or naming an
            address that is not public.
    """
    parsed, host = _parsed(url)
    if parsed.scheme not in ("http", "https"):
        raise Refused("scheme_refused")
    if allowed.names(host):
        return parsed
    if parsed.scheme != "https":
        raise Refused("scheme_refused")
    if parsed.port not in (None, *_PORTS):
        raise Refused("port_refused")
    address = _literal(host)
    if address is not None and not is_public(address):
        raise Refused("address_refused")
    return parsed


def _parsed(url: str) -> tuple[httpx.URL, str]:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as wrong:
        raise Refused("url_malformed") from wrong
    host = parsed.raw_host.decode("ascii")
    odd = "\\" in url or any(char.isspace() for char in url) or parsed.userinfo or parsed.port == 0
    if odd or len(url) > _MAX_URL or (parsed.port or 1) > 65535 or not (_is_name(host) or _literal(host)):
        raise Refused("url_malformed")
    return parsed, host


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the operating system."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Client:
    """Calls checked addresses over one connection that is kept open. For one thread at a time."""

    def __init__(self, allowed: Allowed, seconds: float, resolve: Resolve = system_resolver) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._clock = _Clock()
        self._target: tuple[str, httpx.URL] | None = None
        self._backend = _CheckedBackend(allowed, self._clock, resolve)
        self._pool = httpcore.ConnectionPool(_tls(), max_connections=1, network_backend=self._backend)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post `body`; whatever status comes back is an answer, of which the first 4 KB are kept.

        Raises:
            Unreached: nothing came back in time, or the URL must not be called.
        """
        return self._ask("POST", url, headers, body, _KEPT_BYTES)

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Call with any method, at most once where that matters; of the answer 4 MB are kept.

        Raises:
            Unreached: nothing came back in time, or the URL must not be called.
        """
        return self._ask(method, url, headers, body, _MOST_BYTES)

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer:
        self._clock.start(self._seconds)
        before = self._backend.connected
        try:
            try:
                return self._exchange(method, url, headers, body, most)
            except (httpcore.NetworkError, httpcore.ProtocolError):
                if self._backend.connected > before or (most > _KEPT_BYTES and method not in _REPEATABLE):
                    raise
                # The kept connection had ended, or what came before on it spoilt it: no fault of this request.
                return self._exchange(method, url, headers, body, most)
        except Refused as refused:
            raise Unreached(refused.code) from refused
        except httpcore.TimeoutException as late:
            raise Unreached("timeout") from late
        except httpcore.NetworkError as lost:
            raise Unreached("connection_lost") from lost
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as nonsense:
            raise Unreached("protocol_error") from nonsense

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer:
        if self._target is None or self._target[0] != url:
            self._target = url, check_url(url, self._allowed)
        to = self._target[1]
        where = httpcore.URL(scheme=to.raw_scheme, host=to.raw_host, port=to.port, target=to.raw_path)
        with self._pool.stream(method, where, headers=[*headers.items()], content=body) as response:
            named = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
            kept = _beginning(response.iter_stream(), most).decode("utf-8", "replace").replace("\0", "\ufffd")
            return Answer(response.status, named.get("retry-after"), kept, named)


def _beginning(chunks: Iterable[bytes], most: int) -> bytes:
    """The first bytes. The status is known by now: a body that breaks off or lies about its length changes nothing."""
    kept = bytearray()
    try:
        for chunk in chunks:
            kept += chunk
            if len(kept) >= most:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    return bytes(kept[:most])


class _Clock:
    """When the exchange at hand has to be over."""

    def __init__(self) -> None:
        self._ends = 0.0

    def start(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, more than 0."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to addresses that it has checked itself."""

    def __init__(self, allowed: Allowed, clock: _Clock, resolve: Resolve) -> None:
        self._allowed = allowed
        self._clock = clock
        self._resolve = resolve
        self._plain = httpcore.SyncBackend()
        self.connected = 0
        """How often."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  the clock decides
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        for address in self._checked(host, port):
            try:
                stream = self._plain.connect_tcp(address, port, self._clock.left(), local_address, socket_options)
            except httpcore.ConnectError:
                continue
            self.connected += 1
            return _TimedStream(stream, self._clock)
        raise Unreached("connection_failed")

    def _checked(self, host: str, port: int) -> list[str]:
        found = [ip_address(text) for text in self._addresses(host, port)]
        named = self._allowed.names(host)
        good = [str(address) for address in map(_unmapped, found) if named or self._may_be_reached(address)]
        if not good:
            raise Unreached("address_refused")
        return good

    def _may_be_reached(self, address: Address) -> bool:
        return is_public(address) or self._allowed.holds(address)

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        if _literal(host) is not None:
            return [host]
        answers: SimpleQueue[Sequence[str]] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError):
                answers.put(())

        # The system's resolver knows no deadline: whoever waits for it does so in a thread of its own.
        threading.Thread(target=ask, name="resolver", daemon=True).start()
        try:
            found = answers.get(timeout=self._clock.left())
        except Empty as late:
            raise httpcore.ConnectTimeout from late
        if not found:
            raise Unreached("name_unknown")
        return found


class _TimedStream(httpcore.NetworkStream):
    """A stream each of whose operations ends when the clock does. What is written leaves at the next read, in one."""

    def __init__(self, inner: httpcore.NetworkStream, clock: _Clock) -> None:
        self._inner = inner
        self._clock = clock
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        self._send()
        return self._inner.read(max_bytes, self._clock.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._unsent += buffer

    def _send(self) -> None:
        line: socket.socket = self._inner.get_extra_info("socket")
        unsent, self._unsent = memoryview(self._unsent), bytearray()
        try:
            while unsent:
                line.settimeout(self._clock.left())
                unsent = unsent[line.send(unsent) :]
        except TimeoutError as late:
            raise httpcore.WriteTimeout from late
        except OSError:
            return  # it may have answered before it hung up: the read tells

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        try:
            secured = self._inner.start_tls(ssl_context, server_hostname, self._clock.left())
        except httpcore.ConnectError as failure:
            raise Unreached("tls_failed" if _is_about_tls(failure) else "connection_lost") from failure
        return _TimedStream(secured, self._clock)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _is_about_tls(failure: BaseException) -> bool:
    return isinstance(failure.__cause__, SSLError) or isinstance(failure.__context__, SSLError)


@cache
def _tls() -> SSLContext:
    # Reading the certificates takes 20 ms: once a process.
    return httpx.create_ssl_context()


def _plain(host: str) -> str:
    return host.casefold().rstrip(".")


def _is_name(host: str) -> bool:
    # `127.1` and `0x7f000001` look like names and are addresses to a resolver: a name does not end in a number.
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(map(_LABEL.fullmatch, labels)) and not _NUMBER.fullmatch(labels[-1])


def _literal(host: str) -> Address | None:
    try:
        return _unmapped(ip_address(host.strip("[]")))
    except ValueError:
        return None


def _unmapped(address: Address) -> Address:
    """An IPv4 address that dresses as IPv6 is the IPv4 address."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
