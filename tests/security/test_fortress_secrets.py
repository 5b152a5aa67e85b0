"""No secret of the environment is said anywhere: words fail in many ways, and what they leave is looked through."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fortress import EXAMPLE, Fortress, build_fortress, open_fortress, sign_in
from mailserver import mail_server

from publish.serve import SITE

PASSWORD, KEY, SIGNING, METRICS = "RAHASIA-SANDI-1a2b", "RAHASIA-KUNCI-3c4d", "RAHASIA-TANDA-5e6f", "RAHASIA-ANGKA-7a8b"
MARKS = (PASSWORD, KEY, SIGNING, METRICS)
BROKEN_PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----"
SECRETS = {"PANTAU_SMTP_PASSWORD": PASSWORD, "DATASETTE_SECRET": SIGNING, "PANTAU_METRICS_TOKEN": METRICS}
LOUD = {"PANTAU_LOG_LEVEL": "debug", "PANTAU_LOG": "json", "PANTAU_SITE": EXAMPLE}
DKIM = "dkim: {domain: pantau.example, selector: s}\n"
SENDER = "from: {address: surat@pantau.example}\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("rahasia")
    return folder, build_fortress(folder)


def spoken(mark: str) -> tuple[bytes, ...]:
    """A secret as it is, and as SMTP tells it."""
    told = [mark.encode(), base64.b64encode(mark.encode()), base64.b64encode(b"\0surat\0" + mark.encode())]
    return tuple(one.rstrip(b"=") for one in told)


def leaks(data: Path, *said: str) -> list[str]:
    """The marks that stand in what was said, or in any file."""
    places = {"what was said": "\n".join(said).encode()}
    places |= {str(file.relative_to(data)): file.read_bytes() for file in data.rglob("*") if file.is_file()}
    return [
        f"{mark} in {where}"
        for where, told in places.items()
        for mark in MARKS
        if any(one in told for one in spoken(mark))
    ]


def say(data: Path, *words: str, **environment: str) -> str:
    """All that a word says on both streams."""
    done = subprocess.run(
        [sys.executable, "-m", "pantau", "--data", str(data), *words],
        cwd=SITE.parents[1],
        env={**os.environ, **SECRETS, **LOUD, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.stdout + done.stderr


FAILURES: dict[str, Callable[[Path, int], dict[str, str]]] = {
    "login-refused": lambda data, port: mail(data, f"host: 127.0.0.1\nport: {port}\nsecurity: none\nuser: surat\n"),
    "nobody-listens": lambda data, port: mail(data, "host: 127.0.0.1\nport: 1\nsecurity: none\nuser: surat\n"),
    "no-tls": lambda data, port: mail(data, f"host: 127.0.0.1\nport: {port}\nsecurity: starttls\nuser: surat\n"),
    "broken-key": lambda data, port: mail(
        data, f"host: 127.0.0.1\nport: {port}\nsecurity: none\nuser: surat\n{DKIM}",
        PANTAU_DKIM_KEY=BROKEN_PEM,
    ),
    "key-nowhere": lambda data, port: mail(data, "dkim: {domain: pantau.example, selector: s}\n", PANTAU_DKIM_KEY=KEY),
    "no-user": lambda data, port: mail(data, f"host: 127.0.0.1\nport: {port}\n"),
    "beyond-ascii": lambda data, port: mail(
        data, f"host: 127.0.0.1\nport: {port}\nsecurity: none\nuser: surat\n", PANTAU_SMTP_PASSWORD=f"{PASSWORD}é"
    ),
}  # fmt: skip


def mail(data: Path, settings: str, **environment: str) -> dict[str, str]:
    (data / "mail.yml").write_text(SENDER + settings)
    return environment


@pytest.mark.parametrize("failure", FAILURES)
def test_sending_that_fails_tells_no_secret(built: tuple[Path, dict[str, str]], tmp_path: Path, failure: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(built[0], data)
    with mail_server(login=True) as inbox:
        environment = FAILURES[failure](data, inbox.port)
        said = say(data, "send", **environment)
    assert "Error" in said or "error" in said.lower() or "refused" in said, said[-500:]
    assert leaks(data, said) == []


def test_a_secret_in_the_settings_file_is_not_repeated(built: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(built[0], data)
    for line in (f"password: {PASSWORD}", f"password: [{PASSWORD}", f"user: {{x: {PASSWORD}}}"):
        (data / "mail.yml").write_text(f"{SENDER}host: 127.0.0.1\n{line}\n")
        assert PASSWORD not in say(data, "send")


def test_the_served_site_tells_no_secret_in_pages_logs_or_to_its_processes(built: tuple[Path, dict[str, str]]) -> None:
    data, tokens = built
    said: list[str] = []
    with open_fortress(data, tokens, **SECRETS, **LOUD) as site:
        with site.client() as client:
            said += [client.get(path).text for path in ("/", "/masuk", "/-/health", "/-/metrics", "/-/settings.json")]
            said.append(client.get("/-/metrics", headers={"authorization": f"Bearer {METRICS}"}).text)
            said.append(sign_in(client, password="keliru sekali").text)
            said.append(sign_in(client).text)
            said += [
                client.get(path).text
                for path in ("/tinjauan", "/tidak-ada", "/public?sql=select+x", "/public.json?sql=)")
            ]
            said += [client.get(f"/langganan/{page}/{token}").text for page, token in tokens.items()]
        commands, environments = _processes(site)
    assert len(commands) > 1
    assert leaks(data, *said, *commands) == []
    told = (data / "said.txt").read_text()
    assert "request answered" in told, "loud enough to hear"
    for token in tokens.values():
        assert token not in told, "nor a token by which a reader is known"
    for environment in environments:
        assert PASSWORD not in environment, "the site sends no letters"


def _processes(site: Fortress) -> tuple[list[str], list[str]]:
    """The command lines of the site's processes, and the environments of those that answer readers."""
    parent = Path(f"/proc/{site.process.pid}")
    children = (parent / "task" / parent.name / "children").read_text().split()
    lines = [Path(f"/proc/{one}/cmdline").read_text() for one in (parent.name, *children)]
    return lines, [Path(f"/proc/{one}/environ").read_text() for one in children]
