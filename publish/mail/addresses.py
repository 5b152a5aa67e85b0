"""Readers' addresses and names as they may stand in the header of a message."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from publish.mail.refusals import RefusalError

LONGEST_ADDRESS = 254
"""Characters: RFC 5321, 4.5.3.1.3, less the angle brackets."""
LONGEST_LOCAL = 64
"""Characters before the @: RFC 5321, 4.5.3.1.1."""
LONGEST_NAME = 80


class AddressError(RefusalError):
    """What was written is not an address that a letter can be sent to."""


def parse_address(text: str) -> str:
    """The one address that was written, in ASCII, its domain in lower case; whether it exists is not asked.

    Taken are the addresses that every mail server understands: no letters beyond ASCII before the @ (RFC 6531 asks
    each server on the way to know them), no quoted part before it, no [192.0.2.1] after it, no domain that cannot be
    reached from elsewhere (RFC 6761: .test, .local, .localhost, .invalid). A domain may have other letters; it is
    returned as it is asked for, in Punycode (RFC 5891). Raises AddressError that says in one sentence what is wrong.

    >>> parse_address(" Sari.Dewi@Diskominfo.Tabanan.example ")
    'Sari.Dewi@diskominfo.tabanan.example'
    >>> parse_address("Sari Dewi <sari@tabanan.example>")
    Traceback (most recent call last):
        ...
    publish.mail.addresses.AddressError: Write the address alone, without a name and without < and >.
    """
    written = text.strip()
    if problem := _plain_problem(written):
        raise AddressError(f"address.{problem}")
    local, _, domain = written.partition("@")
    try:
        return _normalized(written)
    except EmailNotValidError:
        part = ("domain", domain) if not _is_taken(f"surat@{domain}") else ("local", local)
    raise AddressError(f"address.{part[0]}", part=part[1])


def _plain_problem(written: str) -> str | None:
    """What a person can put right at once, told before the library's finer rules."""
    local, at, domain = written.partition("@")
    problems = {
        "empty": not written,
        "control": not written.isprintable(),
        "several": "@" in domain,
        "named": "<" in written or ">" in written,
        "space": any(character.isspace() for character in written),
        "no_at": not at,
        "no_local": not local,
        "foreign": not local.isascii(),
        # Some programs decode it (RFC 2047), line breaks and all.
        "encoded": "=?" in local,
        "literal": domain.startswith("["),
        "no_dot": "." not in domain.strip("."),
        "long": len(local) > LONGEST_LOCAL or len(written) > LONGEST_ADDRESS,
    }
    return next((problem for problem, is_so in problems.items() if is_so), None)


def _normalized(written: str) -> str:
    """The address in ASCII; raises EmailNotValidError."""
    found = validate_email(written, check_deliverability=False, allow_smtputf8=False)
    if not found.ascii_email:
        raise EmailNotValidError(written)
    return found.ascii_email


def _is_taken(written: str) -> bool:
    try:
        return bool(_normalized(written))
    except EmailNotValidError:
        return False


def clean_name(text: str | None) -> str | None:
    """A name as a letter may say it: on one line, nothing that cannot be seen, LONGEST_NAME characters; None for none.

    An address of a page or a mailbox is no name: whoever asks for letters to others would write to them by it.

    >>> clean_name("Sari\\r\\nBcc: x  Dewi"), clean_name(" "), clean_name("Menang! https://judi.example")
    ('Sari Bcc: x Dewi', None, None)
    """
    spaced = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text or "")
    # Format characters turn the direction of what follows, private ones are our marks; neither is part of a name.
    seen = "".join(character for character in spaced if unicodedata.category(character) not in UNSEEN)
    name = unicodedata.normalize("NFC", " ".join(seen.split()))[:LONGEST_NAME].rstrip()
    return None if re.search(r"://|www\.|@", name, re.IGNORECASE) else name or None


UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode: control, format, surrogate, private, unassigned, breaks of lines and paragraphs."""
