"""data/mail.yml and the secrets, as an operator writes them, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from publish.mail.settings import MailSettings, SettingsError, load_settings

SITE = "https://pantau.contoh.example"
SECRET = {"PANTAU_SMTP_PASSWORD": "rahasia-uji"}
PLAIN = "from: {address: surat@pantau.contoh.example}\n"
SERVER = PLAIN + "host: smtp.contoh.example\nuser: pantau\n"
PEM, PKCS1, PKCS8 = (
    serialization.Encoding.PEM,
    serialization.PrivateFormat.TraditionalOpenSSL,
    serialization.PrivateFormat.PKCS8,
)
RSA = rsa.generate_private_key(65537, 2048)


def pem(form: serialization.PrivateFormat = PKCS8, password: bytes | None = None) -> str:
    algorithm = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return RSA.private_bytes(PEM, form, algorithm).decode()


def load(text: str, folder: Path, environ: dict[str, str] | None = None) -> MailSettings:
    (folder / "mail.yml").write_text(text, encoding="utf-8")
    return load_settings(folder / "mail.yml", SITE, environ or {})


def test_without_a_file_letters_go_to_the_outbox(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "mail.yml", SITE, {})
    assert settings.host is None
    assert settings.sender.address == "surat@pantau.contoh.example"
    assert load_settings(tmp_path / "mail.yml", "http://127.0.0.1:8001", {}).sender.address == "surat@127.0.0.1"
    assert load_settings(tmp_path / "mail.yml", "http://[::1]:8001", {}).sender.address == "surat@localhost"


def test_secrets_come_from_the_environment_and_show_nowhere(tmp_path: Path) -> None:
    settings = load(SERVER, tmp_path, SECRET)
    assert settings.password
    assert settings.password.get_secret_value() == "rahasia-uji"
    assert "rahasia-uji" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("text", "port"),
    [("", 587), ("security: tls\n", 465), ("security: starttls\nport: 2525\n", 2525)],
)
def test_a_port_is_the_usual_one_of_its_security(text: str, port: int, tmp_path: Path) -> None:
    assert load(SERVER + text, tmp_path, SECRET).smtp_port == port


@pytest.mark.parametrize("form", [PKCS1, PKCS8])
def test_a_key_is_given_as_text_or_as_the_path_of_its_file(form: serialization.PrivateFormat, tmp_path: Path) -> None:
    text = PLAIN + "dkim: {domain: contoh.example, selector: s2026}\n"
    (tmp_path / "dkim.pem").write_text(pem(form).replace("\n", "\r\n"), encoding="ascii", newline="")
    by_text = load(text, tmp_path, {"PANTAU_DKIM_KEY": pem(form)})
    by_path = load(text, tmp_path, {"PANTAU_DKIM_KEY": str(tmp_path / "dkim.pem")})
    assert by_text == by_path
    assert "PRIVATE" not in repr(by_text)


@pytest.mark.parametrize(
    ("text", "environ", "says"),
    [
        # What is secret
        (SERVER + "password: rahasia-uji\n", {}, "`password` does not belong in a file; set PANTAU_SMTP_PASSWORD"),
        (PLAIN + "dkim_key: rahasia-uji\n", {}, "`dkim_key` does not belong in a file; set PANTAU_DKIM_KEY"),
        (SERVER + "sandi: rahasia-uji\n", SECRET, "`sandi`: is no setting"),
        (SERVER, {}, "`user` is set, but PANTAU_SMTP_PASSWORD is not"),
        (PLAIN + "host: a.example\n", SECRET, "PANTAU_SMTP_PASSWORD is set, but `user` is not"),
        (SERVER, {"PANTAU_SMTP_PASSWORD": "rahasia–uji"}, "beyond ASCII"),
        # Logins in the clear
        (SERVER + "security: none\n", SECRET, "would tell the password to the network"),
        (SERVER + "security: plain\n", SECRET, "`security`: Input should be"),
        # Addresses and lines
        ("host: a.example\n", {}, "`from`: Field required"),
        ("from: {address: surat}\n", {}, "`from.address`: An e-mail address has an @"),
        ('from: {address: "a@b.example\\r\\nBcc: c@d.example"}\n', {}, "`from.address`: "),
        ('from: {name: "Pantau\\nBcc: c@d.example", address: a@b.example}\n', {}, "`from.name`: is one line"),
        (PLAIN + 'reply_to: "a@b.example\\n"\nhost: "a\\nb"\n', {}, "`host`: is ASCII without spaces"),
        (PLAIN + "bounce_address: bounce\n", {}, "`bounce_address`: An e-mail address has an @"),
        # Numbers
        (PLAIN + "letters_per_minute: 0\n", {}, "`letters_per_minute`: Input should be greater than"),
        (PLAIN + "timeout: .inf\n", {}, "`timeout`: Input should be a finite number"),
        (PLAIN + "port: 70000\n", {}, "`port`: Input should be less than"),
        # The key
        (PLAIN + "dkim: {domain: contoh.example, selector: s}\n", {}, "`dkim` is set, but PANTAU_DKIM_KEY"),
        (PLAIN, {"PANTAU_DKIM_KEY": pem()}, "PANTAU_DKIM_KEY is set, but `dkim`"),
        (PLAIN, {"PANTAU_DKIM_KEY": "/tidak/ada/kunci.pem"}, "PANTAU_DKIM_KEY: its file cannot be read"),
        (
            PLAIN + "dkim: {domain: lain.example, selector: s}\n",
            {"PANTAU_DKIM_KEY": pem()},
            "`dkim.domain` is not the domain of `from.address`",
        ),
        (
            PLAIN + "dkim: {domain: oh.example, selector: s}\n",
            {"PANTAU_DKIM_KEY": pem()},
            "`dkim.domain` is not the domain of `from.address`",
        ),
        (
            PLAIN + "dkim: {domain: contoh.example, selector: s}\n",
            {"PANTAU_DKIM_KEY": pem(password=b"sandi")},
            "PANTAU_DKIM_KEY is no RSA key in PEM without a password",
        ),
        (
            PLAIN + "dkim: {domain: contoh.example, selector: s}\n",
            {
                "PANTAU_DKIM_KEY": ed25519.Ed25519PrivateKey.generate()
                .private_bytes(PEM, PKCS8, serialization.NoEncryption())
                .decode()
            },
            "PANTAU_DKIM_KEY is no RSA key",
        ),
        # The file itself
        ("from: {address: a@b.example\nhost rahasia-uji: [", {}, "not YAML at line "),
        ("- surat\n", {}, "not a list of settings"),
        ("", {}, "not a list of settings"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_without_the_secret(
    text: str, environ: dict[str, str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as raised:
        load(text, tmp_path, environ)
    said = str(raised.value)
    assert says in said
    assert "\n" not in said
    assert "rahasia" not in said
    assert "PRIVATE" not in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3", "'::1'"])
def test_a_login_on_this_machine_needs_no_tls(host: str, tmp_path: Path) -> None:
    text = PLAIN + f"host: {host}\nuser: pantau\nsecurity: none\n"
    assert load(text, tmp_path, SECRET).smtp_port == 25


@pytest.mark.parametrize("host", ["127.0.0.1.contoh.example", "localhost.contoh.example", "10.0.0.1", "0.0.0.0"])
def test_a_login_on_what_only_looks_like_this_machine_does(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="would tell the password"):
        load(PLAIN + f"host: {host}\nuser: pantau\nsecurity: none\n", tmp_path, SECRET)
