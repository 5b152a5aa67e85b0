"""Which addresses and names may stand in a message."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.mail.addresses import LONGEST_NAME, AddressError, clean_name, parse_address
from publish.mail.refusals import read_refusals


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("sari@tabanan.example", "sari@tabanan.example"),
        ("  Sari.Dewi@Diskominfo.TABANAN.example\n", "Sari.Dewi@diskominfo.tabanan.example"),
        ("o'neil+surat@mail.tabanan.example", "o'neil+surat@mail.tabanan.example"),
        ("humas@kötä.example", "humas@xn--kt-wia4e.example"),
        ("Postmaster@tabanan.example", "postmaster@tabanan.example"),
        (f"{'a' * 64}@tabanan.example", f"{'a' * 64}@tabanan.example"),
    ],
)
def test_an_address_is_taken_as_mail_servers_understand_it(written: str, address: str) -> None:
    assert parse_address(written) == address


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("sari", "no_at"),
        ("sari＠tabanan.example", "no_at"),
        ("@tabanan.example", "no_local"),
        ("sari@", "no_dot"),
        ("sari@localhost", "no_dot"),
        ("sari@tabanan.", "no_dot"),
        ("sari@tabanan.example\r\nBcc: dewi@tabanan.example", "control"),
        ("sari@tabanan.example\0", "control"),
        ("sari\u202e@tabanan.example", "control"),
        ("sari@tabanan.example, dewi@tabanan.example", "several"),
        ("sari@tabanan.example;dewi@tabanan.example", "several"),
        ("sari@tabanan.example@tabanan.example", "several"),
        ("Sari Dewi <sari@tabanan.example>", "named"),
        ("<sari@tabanan.example>", "named"),
        ("sari dewi@tabanan.example", "space"),
        ('"sari dewi"@tabanan.example', "space"),
        ('"sari"@tabanan.example', "local"),
        ("sari..dewi@tabanan.example", "local"),
        ("sari,dewi@tabanan.example", "local"),
        ("sári@tabanan.example", "foreign"),
        ("=?utf-8?q?sari=0d=0abcc?=@tabanan.example", "encoded"),
        ("sari@[192.0.2.1]", "literal"),
        ("sari@192.0.2.1", "domain"),
        ("sari@tabanan.test", "domain"),
        ("sari@kantor.local", "domain"),
        ("sari@tabanan..example", "domain"),
        ("sari@-tabanan.example", "domain"),
        ("sari@tabanan.example.", "domain"),
        ("sari@" + "a" * 64 + ".example", "domain"),
        ("a" * 65 + "@tabanan.example", "long"),
        ("sari@" + "tabanan." * 40 + "example", "long"),
        ("a" * 1_000_000, "no_at"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence(written: str, problem: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(written)
    assert caught.value.key == f"address.{problem}"
    assert all(caught.value.say(lang).endswith(".") and "{" not in caught.value.say(lang) for lang in ("id", "en"))


@given(written=st.text(max_size=80) | st.from_regex(r"[^@]{1,70}@[^@]{1,70}", fullmatch=True))
def test_whatever_is_written_gives_one_plain_address_or_a_refusal(written: str) -> None:
    try:
        address = parse_address(written)
    except AddressError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set(' ,;:<>()[]"\\')
    assert address.count("@") == 1
    assert parse_address(address) == address


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Sari Dewi", "Sari Dewi"),
        ("  Sari\t\tDewi  ", "Sari Dewi"),
        ("Sari\r\nBcc: dewi", "Sari Bcc: dewi"),
        ("Sari\u2028Dewi\u0085Putri", "Sari Dewi Putri"),
        ("Sari\u202eiweD\u200b", "SariiweD"),
        ("Sari \ue000berhenti\ue001", "Sari berhenti"),
        ("Sari \ud800", "Sari"),
        ("e\u0301" * 90, "é" * LONGEST_NAME),
        ("عبد الرحمن", "عبد الرحمن"),
        ("Dr. Ir. Yusran, M.T.", "Dr. Ir. Yusran, M.T."),
        (None, None),
        ("\r\n", None),
        ("Klik https://judi.example", None),
        ("WWW.judi.example", None),
        ("dewi@judi.example", None),
    ],
)
def test_a_name_is_one_line_that_can_be_read(written: str | None, name: str | None) -> None:
    assert clean_name(written) == name


@given(written=st.text(max_size=200))
def test_no_name_breaks_a_line_or_turns_it(written: str) -> None:
    name = clean_name(written)
    assert name is None or (len(name) <= LONGEST_NAME and name.isprintable() and clean_name(name) == name)


def test_every_refusal_takes_the_same_values_in_both_languages() -> None:
    for key, text in read_refusals().items():
        assert sorted(re.findall(r"{\w+}", text.id)) == sorted(re.findall(r"{\w+}", text.en)), key
