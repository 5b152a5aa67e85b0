"""How letters leave the house: data/mail.yml, and what is secret from the environment alone."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import dkim
import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretBytes,
    SecretStr,
    ValidationError,
    model_validator,
)

from publish.mail.addresses import AddressError, parse_address
from publish.yaml_text import parse_yaml

PASSWORD_VARIABLE = "PANTAU_SMTP_PASSWORD"
DKIM_KEY_VARIABLE = "PANTAU_DKIM_KEY"
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""Submission, submission over TLS (both RFC 8314) and relay within one machine or network."""


class SettingsError(ValueError):
    """Why letters cannot be sent as they are set up; one line that says where to look."""


def _check_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("is one line of visible characters")
    return text.strip()


def _check_address(text: str) -> str:
    try:
        return parse_address(text)
    except AddressError as error:
        raise ValueError(str(error)) from None


def _check_domain(text: str) -> str:
    return _check_address(f"surat@{text}").partition("@")[2]


def _check_plain(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("is ASCII without spaces")
    return text


Line = Annotated[str, AfterValidator(_check_line)]
EmailAddress = Annotated[str, AfterValidator(_check_address)]
Domain = Annotated[str, AfterValidator(_check_domain)]
Plain = Annotated[str, AfterValidator(_check_plain)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class From(_Part):
    """Whom a letter is from."""

    name: Line = "Pantau Kota Cerdas"
    address: EmailAddress


class Dkim(_Part):
    """Where receivers find the key that proves a letter (RFC 6376): the TXT record <selector>._domainkey.<domain>."""

    domain: Domain
    selector: Plain


class MailSettings(_Part):
    """data/mail.yml and the secrets. Without a `host` letters are written to the outbox."""

    sender: From = Field(alias="from")
    reply_to: EmailAddress | None = None
    bounce_address: EmailAddress | None = None
    """A mailbox that takes what follows a plus: bounces come to bounce+<reader>.<key>@…; without it, to the sender."""
    unsubscribe_address: EmailAddress | None = None
    """Somebody reads what comes here and takes readers off the list; beside the one-click address, never instead."""
    dkim: Dkim | None = None

    host: Plain | None = None
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Plain | None = None
    letters_per_minute: int = Field(60, ge=1)
    letters_per_connection: int = Field(100, ge=1)
    timeout: float = Field(60, gt=0, allow_inf_nan=False)
    """Seconds that the server may take over one answer; ten times as many when it has the whole message."""

    password: SecretStr | None = None
    dkim_key: SecretBytes | None = None
    """An RSA key in PEM."""

    @property
    def smtp_port(self) -> int:
        return self.port or PORTS[self.security]

    @model_validator(mode="after")
    def _check_login(self) -> MailSettings:
        if self.user and self.security == "none" and not _is_loopback(self.host):
            raise ValueError("`user` with `security: none` would tell the password to the network; use starttls or tls")
        if self.user and not self.password:
            raise ValueError(f"`user` is set, but {PASSWORD_VARIABLE} is not")
        if self.password and not self.password.get_secret_value().isascii():
            raise ValueError(f"{PASSWORD_VARIABLE} has characters beyond ASCII, which SMTP's login cannot tell")
        if self.password and not self.user:
            raise ValueError(f"{PASSWORD_VARIABLE} is set, but `user` is not")
        return self

    @model_validator(mode="after")
    def _check_dkim(self) -> MailSettings:
        if not self.dkim:
            if self.dkim_key:
                raise ValueError(f"{DKIM_KEY_VARIABLE} is set, but `dkim` (its domain and selector) is not")
            return self
        if not self.dkim_key:
            raise ValueError(f"`dkim` is set, but {DKIM_KEY_VARIABLE} (the key in PEM, or the path of its file) is not")
        # What DMARC calls aligned (RFC 7489, 3.1.1): a signature of somebody else's domain proves nothing.
        if not f".{self.sender.address.partition('@')[2]}".endswith(f".{self.dkim.domain}"):
            raise ValueError("`dkim.domain` is not the domain of `from.address` nor one above it")
        try:
            dkim.sign(b"From: a@b.example\r\n\r\n", b"s", b"b.example", self.dkim_key.get_secret_value())
        except Exception:  # dkimpy lets whatever its reading of ASN.1 meets pass
            raise ValueError(f"{DKIM_KEY_VARIABLE} is no RSA key in PEM without a password") from None
        return self


def load_settings(path: Path, site_url: str, environ: Mapping[str, str] = os.environ) -> MailSettings:
    """How letters are sent; without the file, to the outbox, from surat@ the site's host.

    Passwords and keys are read from the environment only, so the file may be shown and kept. Raises SettingsError.
    """
    if not path.exists():
        # Not through the checks: a site at localhost has no address that one could write to, and needs none.
        sender = From.model_construct(name="Pantau Kota Cerdas", address=f"surat@{_host(site_url)}")
        return MailSettings.model_construct(sender=sender)
    written = _read_yaml(path)
    for secret, variable in (("password", PASSWORD_VARIABLE), ("dkim_key", DKIM_KEY_VARIABLE)):
        if secret in written:
            raise SettingsError(f"{path}: `{secret}` does not belong in a file; set {variable} in the environment")
    secrets = {"password": environ.get(PASSWORD_VARIABLE) or None, "dkim_key": _read_key(environ)}
    try:
        return MailSettings.model_validate(written | secrets)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_problem(error)}") from None


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        written = parse_yaml(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        # Its own words show the line, which may be a password.
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}: not YAML at line {line}") from None
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__})") from None
    if not isinstance(written, dict):
        raise SettingsError(f"{path}: not a list of settings such as `host: smtp.contoh.go.id`")
    return written


def _read_key(environ: Mapping[str, str]) -> bytes | None:
    """The PEM text itself, or what the file holds whose path it is."""
    given = environ.get(DKIM_KEY_VARIABLE)
    if not given:
        return None
    if "-----BEGIN" not in given:
        try:
            given = Path(given).read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise SettingsError(f"{DKIM_KEY_VARIABLE}: its file cannot be read ({type(error).__name__})") from None
    # Unix line ends and nothing around it, as dkimpy reads keys.
    return "\n".join(given.split("\r\n")).strip().encode()


def _problem(error: ValidationError) -> str:
    """The first thing that is wrong, without the value that was written."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        what = "is no setting"
    return f"`{where}`: {what}" if where else what


def _is_loopback(host: str | None) -> bool:
    if not host:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _host(site_url: str) -> str:
    host = urlsplit(site_url).hostname or "localhost"
    return host if re.fullmatch(r"[a-z0-9.-]+", host) else "localhost"
