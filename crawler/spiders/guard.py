"""Where a crawl may go: to the hosts of its source, and only where their names lead to public addresses.

Two locks, for an address that looks harmless can lead anywhere. `GuardMiddleware` looks at the address of every request
before it is sent: of articles, lists and robots.txt, and of each hop of a redirect. `PublicResolver` looks at what its
name is resolved to, each time that a connection is made; what it lets through is what is connected to, so that a name
which is answered differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Collection, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from twisted.internet._resolver import GAIResolver
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.source import is_loopback

MOST_URL = 2000
"""Characters of an address; what is longer is made by machines for machines."""
MOST_REDIRECTS = 5
"""As many as RFC 9309 (2.3.1.2) has for robots.txt."""
TOO_MANY_REDIRECTS = "max redirections reached"
"""What Scrapy says then."""
WEB_PORTS = (80, 443)
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
_NUMBER = r"(?:0x[0-9a-f]*|\d+)"
_NUMBERS = re.compile(rf"{_NUMBER}(?:\.{_NUMBER}){{0,3}}")
_NEVER = tuple(ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "2002::/16", "64:ff9b::/32"))
"""Special by RFC 6890 and its successors, and still public to Python 3.11; the last two hide an IPv4 address."""


class OutsideError(IgnoreRequest):
    """An address that is none of the source's; it was not asked for."""


class PrivateAddressError(IgnoreRequest):
    """An address that is not public, by itself or by what its name leads to; nobody was connected to."""


def is_public(address: str) -> bool:
    """True for an IP address of the public internet; false for what is loopback, private, shared by a provider
    (RFC 6598), link-local, multicast, reserved, or an IPv4 address in an IPv6 one.

    >>> is_public("93.184.216.34"), is_public("100.64.0.1"), is_public("::ffff:93.184.216.34")
    (True, False, False)
    """
    ip = ip_address(address.partition("%")[0])
    is_odd = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    return ip.is_global and not is_odd and not any(ip.version == net.version and ip in net for net in _NEVER)


def written_address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is written as, in any spelling that a system understands; None for a name.

    >>> str(written_address("0x7f.1")), str(written_address("2130706433")), written_address("kabar.example")
    ('127.0.0.1', '127.0.0.1', None)
    """
    if ":" in host:
        return IPv6Address(host.partition("%")[0])
    if not _NUMBERS.fullmatch(host):
        return None
    return IPv4Address(socket.inet_aton(host))  # reads what getaddrinfo reads: octal, hexadecimal, short


def check_address(url: str, home: str | None, hosts: Collection[str] = (), is_redirected: bool = False) -> None:
    """Raise where an address may not be asked for: OutsideError or PrivateAddressError, whose text says why.

    `home` and `hosts` are those of the source; without `home` any public site may be asked. A home on loopback may be
    asked at its own port and nowhere else.
    """
    verb = "redirects to" if is_redirected else "leads to"
    short = url if len(url) <= 200 else f"{url[:200]}…"
    if len(url) > MOST_URL:
        raise OutsideError(f"{verb} an address of {len(url)} characters, {MOST_URL} at most: {short}")
    try:
        scheme, host, port, user = _parts(url)
    except ValueError:
        raise OutsideError(f"{verb} what is no web address: {short}") from None
    if scheme not in ("http", "https"):
        raise OutsideError(f"{verb} what is no web address: {short}")
    if user:
        raise OutsideError(f"{verb} an address with a user name in it: {short}")
    if home is not None and _is_of(host, port, home, hosts):
        return
    if _is_private(host) and not (home is None and host in LOOPBACK_NAMES):
        raise PrivateAddressError(f"{verb} {host}, an address that is not public")
    if home is not None:
        raise OutsideError(f"{verb} another site: {short}")
    if port not in WEB_PORTS and host not in LOOPBACK_NAMES:
        raise OutsideError(f"{verb} port {port}, which is none of the web: {short}")


def is_of_source(url: str, home: str, hosts: Collection[str]) -> bool:
    """True for an address on the hosts of a source: its home, subdomains of it, and what else its file names."""
    try:
        scheme, host, port, user = _parts(url)
    except ValueError:
        return False
    return scheme in ("http", "https") and not user and _is_of(host, port, home, hosts)


def loopback_places(urls: Collection[str]) -> frozenset[tuple[str, int]]:
    """Address and port of those homes that are on loopback: the only ones there that a crawl may connect to."""
    places: set[tuple[str, int]] = set()
    for url in filter(is_loopback, urls):
        _, host, port, _ = _parts(url)
        places |= {(address, port) for address in (("127.0.0.1", "::1") if host == "localhost" else (host,))}
    return frozenset(places)


@lru_cache(maxsize=4096)
def _place(host_and_port: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{host_and_port}")
    return _ascii(parts.hostname or ""), parts.port


@lru_cache(maxsize=4096)
def _home(url: str) -> tuple[str, int]:
    _, host, port, _ = _parts(url)
    return host, port


def _parts(url: str) -> tuple[str, str, int, bool]:
    """Scheme, host without a dot behind it, port, and whether a user is named. ValueError for what is no address."""
    parts = urlsplit(url)
    host = _ascii(parts.hostname or "")
    if not host:
        raise ValueError("no host")
    port = parts.port if parts.port is not None else (443 if parts.scheme == "https" else 80)
    return parts.scheme, host, port, "@" in parts.netloc


def _ascii(host: str) -> str:
    host = host.removesuffix(".")
    # UnicodeError is a ValueError.
    return host if host.isascii() else host.encode("idna").decode().lower()


def _is_of(host: str, port: int, home: str, hosts: Collection[str]) -> bool:
    home_host, home_port = _home(home)
    if is_loopback(home):
        is_home = (host, port) == (home_host, home_port)
    else:
        is_home = _is_same_site(host, home_host) and port in (home_port, *WEB_PORTS)
    return is_home or any(
        host == name and port in ((own_port,) if own_port is not None else WEB_PORTS)
        for name, own_port in map(_place, hosts)
    )


def _is_same_site(host: str, home: str) -> bool:
    host, home = host.removeprefix("www."), home.removeprefix("www.")
    return host == home or (host.endswith(f".{home}") and not _is_number(home))


def _is_number(host: str) -> bool:
    return ":" in host or _NUMBERS.fullmatch(host) is not None


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = written_address(host)
    except (ValueError, OSError):
        return True  # numbers that are no address: nobody knows where they lead
    return address is not None and not is_public(str(address))


class GuardMiddleware:
    """Lets no request out that is none of the source's; before all others, so that its robots.txt is not asked for."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Any) -> GuardMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        home, hosts = self._crawler.spider.asked_place()
        check_address(request.url, home, hosts, is_redirected=bool(request.meta.get("redirect_urls")))


class PrivateNameMiddleware:
    """Says that a name led to addresses which are not public, and does not ask again."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> PrivateNameMiddleware:
        return cls()

    def process_exception(self, request: Request, exception: Exception) -> None:
        from twisted.internet import reactor  # only after the process has chosen it

        if not isinstance(exception, CannotResolveHostError):
            return
        host = urlsplit(request.url).hostname or ""
        if (refused := getattr(reactor, "nameResolver").refused.get(host)) is not None:  # noqa: B009
            raise PrivateAddressError(f"{host} leads to {refused}, an address that is not public") from exception


@implementer(IHostnameResolver)
class PublicResolver:
    """Twisted's own resolver, without the addresses that are not public; TWISTED_DNS_RESOLVER of the settings.

    Twisted's HostnameEndpoint connects to the addresses that it is given here and looks nothing up again.
    """

    def __init__(self, reactor: Any, loopback: Collection[tuple[str, int]]) -> None:
        self._reactor, self._loopback = reactor, loopback
        # The module's own name, looked up now: the system's resolver as it is when the crawl begins.
        self._inner = GAIResolver(reactor, reactor.getThreadPool, socket.getaddrinfo)
        self.refused: dict[str, str] = {}
        """An address that each name led to and that was refused."""

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:
        return cls(reactor, frozenset(map(tuple, crawler.settings.getlist("LOOPBACK_PLACES"))))

    def install_on_reactor(self) -> None:
        """Resolve every name for the reactor from now on."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """See IHostnameResolver.resolveHostName."""
        self.refused.pop(hostName, None)
        sieve: Any = _Sieve(resolutionReceiver, self, hostName, portNumber)
        return self._inner.resolveHostName(sieve, hostName, portNumber, addressTypes, transportSemantics)

    def may_connect(self, name: str, address: str, port: int) -> bool:
        """True for a public address, and for a home on loopback at its own port."""
        return is_public(address) or (name in LOOPBACK_NAMES and (address, port) in self._loopback)


@implementer(IResolutionReceiver)
class _Sieve:
    """Passes on what a name was resolved to, as far as it may be connected to."""

    def __init__(self, receiver: Any, resolver: PublicResolver, name: str, port: int) -> None:
        self._receiver, self._resolver, self._name, self._port = receiver, resolver, name, port

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if self._resolver.may_connect(self._name, address.host, self._port):
            self._receiver.addressResolved(address)
        else:
            self._resolver.refused[self._name] = address.host

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
