"""Who may review: the operator's accounts beside pantau.db, and how often one may try.

Accounts stand in `reviewers.yml`, a name and the hash of a password each; its owner alone can read it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml
from datasette_auth_passwords.utils import hash_password, verify_password
from pydantic import TypeAdapter, ValidationError

from publish.site.limits import DATA, Limit
from publish.yaml_text import parse_yaml

ITERATIONS = 600_000
"""Of PBKDF2-HMAC-SHA256, as OWASP's password storage cheat sheet has it (2023)."""
LONGEST_NAME = 60
LONGEST_PASSWORD = 200
SHORTEST_PASSWORD = 10
LOCKED_SECONDS = 900
TRIES = Limit("sign-in by name and address", 6, LOCKED_SECONDS)
TRIES_FROM_AN_ADDRESS = Limit("sign-in by address", 30, LOCKED_SECONDS)
TRIES_OF_A_NAME = Limit("sign-in by name", 60, LOCKED_SECONDS)
"""From all addresses together: more than one who forgot needs, so that nobody locks another out at once."""
HINTS = Limit("hint", 6, 3600)
"""That one address may send."""


class AccountError(ValueError):
    """An account that cannot be, or a file of accounts that cannot be read. The message says why."""


def private_db() -> Path | None:
    """The private database that the running site may write to, or None."""
    folder = os.environ.get(DATA)
    path = Path(folder) / "pantau.db" if folder else None
    return path if path and path.is_file() else None


def can_sign_in() -> bool:
    """Whether the running site has a private database and somebody who may review it."""
    return bool(site_accounts())


def site_accounts() -> Mapping[str, str]:
    """Names and hashes of those who may review on the running site; none where the file is missing or broken."""
    private = private_db()
    try:
        return read_accounts(accounts_file(private)) if private else {}
    except AccountError:
        return {}


def accounts_file(private: Path) -> Path:
    """Where the accounts of an installation stand."""
    return private.with_name("reviewers.yml")


def read_accounts(path: Path) -> Mapping[str, str]:
    """Names and password hashes, in the order of the names; none where there is no file.

    Raises AccountError for a file that is something else.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        return {}
    return _read_accounts(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _read_accounts(path: Path, changed: int, size: int) -> Mapping[str, str]:
    try:
        told = parse_yaml(path.read_text(encoding="utf-8")) or {}
        return TypeAdapter(dict[str, str]).validate_python(told)
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise AccountError(f"{path}: one reads `name: hash` in each line; `pantau reviewer add` writes them") from error


def add_account(path: Path, name: str, password: str) -> bool:
    """Keep an account, or a new password of one; whether it is new. Raises AccountError for a name or password."""
    name = account_name(name)
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"a password has at least {SHORTEST_PASSWORD} characters")
    if len(password) > LONGEST_PASSWORD:
        raise AccountError(f"a password has at most {LONGEST_PASSWORD} characters")
    accounts = dict(read_accounts(path))
    known = find_name(accounts, name)
    accounts[known or name] = hash_password(password, iterations=ITERATIONS)
    _write_accounts(path, accounts)
    return known is None


def remove_account(path: Path, name: str) -> None:
    """Forget an account; its sessions end. Raises AccountError where there is none of that name."""
    accounts = dict(read_accounts(path))
    known = find_name(accounts, name)
    if known is None:
        raise AccountError(f"no reviewer {name!r}; `pantau reviewer list` names them")
    del accounts[known]
    _write_accounts(path, accounts)


def account_name(name: str) -> str:
    """A name as it is kept: that of a person, as it stands beside decisions. Raises AccountError for what is none.

    >>> account_name("  Rahmi   Sari ")
    'Rahmi Sari'
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccountError(f"a name has 1 to {LONGEST_NAME} characters that can be printed")
    if name.casefold() == "root":
        raise AccountError("Datasette lets `root` see more than a reviewer does; take the person's name")
    return name


def find_name(accounts: Mapping[str, str], name: str) -> str | None:
    """The name of an account as it is kept; case and spaces do not matter."""
    wanted = " ".join(name.split()).casefold()
    return next((known for known in accounts if known.casefold() == wanted), None)


def _write_accounts(path: Path, accounts: Mapping[str, str]) -> None:
    text = "# Written by `pantau reviewer`; name: hash of the password.\n" + yaml.safe_dump(
        dict(sorted(accounts.items())), allow_unicode=True, width=1000
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


# Signing in


def check_password(accounts: Mapping[str, str], name: str, password: str) -> str | None:
    """The name of the account that name and password open, or None; as slow for a name that there is not."""
    known = find_name(accounts, name)
    told = accounts[known] if known else _hash_of_nobody()
    is_right = len(password) <= LONGEST_PASSWORD and verify_password(password, told)
    return known if is_right else None


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return hash_password(secrets.token_hex(16), iterations=ITERATIONS)


def fingerprint(told: str) -> str:
    """What a session knows of its password, so that a new one ends it.

    >>> len(fingerprint("pbkdf2_sha256$600000$…"))
    16
    """
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def is_current(told: str, known: object) -> bool:
    """Whether a session's fingerprint is that of the present password."""
    return isinstance(known, str) and hmac.compare_digest(fingerprint(told), known)
