"""A real SMTP server on loopback for tests, that does wrong what a test asks of it."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Step = Literal["connect", "mail", "rcpt", "data"]
USER, PASSWORD = "pantau", "rahasia-uji"


@dataclass(slots=True)
class Inbox:
    """What a server got, and what it is to do wrong."""

    port: int = 0
    messages: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Envelope sender, recipient, content with its line ends."""
    is_kept: bool = True
    """Without, messages are counted only."""
    taken: int = 0
    connections: int = 0
    logins: list[str] = field(default_factory=list)
    """The way of each login that was let in: PLAIN or LOGIN."""
    _faults: dict[tuple[Step, str], list[str]] = field(default_factory=dict)
    _calls: dict[tuple[Step, str], Callable[[], object]] = field(default_factory=dict)

    def fail(self, step: Step, *faults: str, to: str = "") -> None:
        """Do wrong at this step, once for each fault, to one recipient or to anybody.

        `drop` closes the connection and `silence` says nothing any more; with `-after` the message is taken before.
        `slow` answers after a second. Anything else is what the server answers.
        """
        self._faults[step, to] = list(faults)

    def call(self, step: Step, what: Callable[[], object], to: str) -> None:
        """Let something happen when the server is at this step."""
        self._calls[step, to] = what

    def happen(self, step: Step, to: str) -> None:
        self._calls.pop((step, to), lambda: None)()

    def recipients(self) -> list[str]:
        return [to for _, to, _ in self.messages]

    def next_fault(self, step: Step, to: str = "") -> str | None:
        waiting = self._faults.get((step, to)) or self._faults.get((step, ""))
        return waiting.pop(0) if waiting else None


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, inbox: Inbox, open_connections: set[asyncio.BaseTransport]) -> None:
        self.inbox = inbox
        self.open_connections = open_connections

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self._answer(server, "mail", address)
        if said.startswith("250"):
            envelope.mail_from = address
        return said

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self._answer(server, "rcpt", address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        return await self._answer(server, "data", to, (str(envelope.mail_from), to, bytes(envelope.original_content)))

    async def _answer(self, server: SMTP, step: Step, to: str, message: tuple[str, str, bytes] | None = None) -> str:
        self.inbox.happen(step, to)
        fault = self.inbox.next_fault(step, to)
        if fault == "slow":
            await asyncio.sleep(1)
            fault = None
        if message and (fault is None or fault.endswith("-after")):
            self.inbox.taken += 1
            if self.inbox.is_kept:
                self.inbox.messages.append(message)
        if fault and fault.startswith("drop"):
            server.transport.abort()
        if fault and fault.startswith(("drop", "silence")):
            # The server cancels this when the connection is gone.
            await asyncio.Event().wait()
        return fault or "250 2.0.0 OK"


class _Server(SMTP):
    """Counts its connections, and turns one away where it is told so."""

    is_new = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.open_connections.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open_connections.discard(self.transport)
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        inbox: Inbox = self.event_handler.inbox
        if self.is_new:
            self.is_new = False
            inbox.connections += 1
            if fault := inbox.next_fault("connect"):
                if fault == "silence":
                    await asyncio.Event().wait()
                status = fault
        await super().push(status)


@contextmanager
def mail_server(
    *,
    tls: Literal["none", "starttls", "tls"] = "none",
    certificate: Path | None = None,
    login: bool = False,
    ways: tuple[str, ...] = ("PLAIN", "LOGIN"),
    inbox: Inbox | None = None,
) -> Iterator[Inbox]:
    """A server in a thread of its own, on a port of its own; `certificate` is a file of `make_certificate`."""
    inbox = inbox or Inbox()
    open_connections: set[asyncio.BaseTransport] = set()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        if is_right:
            inbox.logins.append(mechanism)
        return AuthResult(success=is_right, handled=False)

    def build() -> SMTP:
        with warnings.catch_warnings():
            # Of TLS from the first byte aiosmtpd knows nothing, and warns of a login without it.
            warnings.simplefilter("ignore", UserWarning)
            return _Server(
                _Handler(inbox, open_connections),
                hostname="mail.contoh.example",
                tls_context=context if tls == "starttls" else None,
                require_starttls=tls == "starttls",
                authenticator=authenticate,
                auth_required=login,
                auth_require_tls=tls == "starttls",
                auth_exclude_mechanism=[way for way in ("PLAIN", "LOGIN") if way not in ways],
            )

    with socket.create_server(("127.0.0.1", inbox.port)) as listening:
        inbox.port = listening.getsockname()[1]
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(
            loop.create_server(build, sock=listening, ssl=context if tls == "tls" else None)
        )
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield inbox
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.run_until_complete(_close(server, open_connections))
            loop.close()


async def _close(server: asyncio.Server, open_connections: set[asyncio.BaseTransport]) -> None:
    for transport in list(open_connections):
        transport.abort()
    server.close()
    await server.wait_closed()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


def make_certificate(path: Path, *names: str) -> Path:
    """A key and a certificate that it signed itself, in one PEM file, for hosts by name or address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Pantau uji")])
    hosts: list[x509.GeneralName] = []
    for each in names:
        try:
            hosts.append(x509.IPAddress(ipaddress.ip_address(each)))
        except ValueError:
            hosts.append(x509.DNSName(each))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    return path
