"""What deploy/ has run by systemd or cron: every command of it runs here, on example data, as they would run it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dkim
import httpx
import pytest
import yaml
from build import build_example_db
from test_pantau import ROOT

from crawler.sampleweb.samples import ROOT as SAMPLEWEB
from crawler.sampleweb.server import running_sampleweb
from crawler.source import load_sources, relocate
from db.connect import open_read_only
from pantau.house import House, Stopped, alone
from publish.digest import WIB
from publish.mail.importing import read_table
from publish.mail.message import sign_message
from publish.mail.settings import DKIM_KEY_VARIABLE, PASSWORD_VARIABLE, MailSettings, load_settings

DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
COMMON = UNITS / "pantau-.service.d" / "common.conf"
SITE_UNIT = UNITS / "pantau-site.service"
CRONTAB = DEPLOY / "cron.d" / "pantau"
DOES = {
    "run": "publish ",
    "send": " handed over",
    "bounces": "0 messages",
}
"""What each prints when it did its work; the digest is looked for where it lies."""
PLACES = ("/opt/pantau", "/var/lib/pantau", "/etc/pantau")


@dataclass(frozen=True, slots=True)
class Machine:
    """A folder that has the places of an installation in it."""

    root: Path

    def moved(self, text: str) -> str:
        """The same with its places in this folder."""
        return re.sub("|".join(PLACES), lambda found: f"{self.root}{found[0]}", text)

    @property
    def data(self) -> Path:
        return self.root / "var/lib/pantau"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The program where the documentation puts it, its settings, example data, and one source, on loopback."""
    machine = Machine(tmp_path_factory.mktemp("mesin"))
    for place in PLACES:
        Path(machine.moved(place)).mkdir(parents=True)
    build_example_db(machine.data)
    for folder in ("new", "cur", "tmp"):
        (machine.data / "Maildir" / folder).mkdir(parents=True)
    program = machine.root / "opt/pantau/.venv/bin/pantau"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m pantau "$@"\n')
    program.chmod(0o755)
    with running_sampleweb() as addresses:
        folder = machine.root / "etc/pantau/sources"
        folder.mkdir()
        source = load_sources(SAMPLEWEB / "sources")[0]
        moved = relocate(source, addresses[source.name]).model_dump(mode="json", exclude={"name"})
        (folder / f"{source.name}.yml").write_text(yaml.safe_dump(moved), encoding="utf-8")
        # As EnvironmentFile= reads it and as the shell does.
        (folder.parent / "pantau.env").write_text(
            f"PANTAU_SITE='https://pantau.example'\nPANTAU_CONTACT='surat@pantau.example'\nPANTAU_SOURCES='{folder}'\n"
        )
        (folder.parent / "secrets.env").write_text("# PANTAU_SMTP_PASSWORD='…'\n")
        (folder.parent / "site.env").write_text("PANTAU_METRICS_TOKEN='kunci-angka'\n")
        yield machine


def lines_of(path: Path) -> list[str]:
    """What stands in a unit, without comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def values(path: Path, key: str) -> list[str]:
    """What a unit says under a key."""
    return [value for name, _, value in (line.partition("=") for line in lines_of(path)) if name == key]


def services() -> list[Path]:
    """Those that do what is pending and end."""
    return sorted(set(UNITS.glob("pantau-*.service")) - {SITE_UNIT})


def timers() -> list[Path]:
    return sorted(UNITS.glob("*.timer"))


def run_unit(service: Path, machine: Machine) -> subprocess.CompletedProcess[str]:
    """Run the command of a service as systemd does, to its end."""
    words, options = started(service, machine)
    return subprocess.run(words, **options, capture_output=True, text=True, timeout=120)


def started(service: Path, machine: Machine) -> tuple[list[str], dict[str, Any]]:
    """The command of a service, with the folder and the environment that systemd gives it, and no other."""
    (start,) = values(service, "ExecStart")
    words = shlex.split(machine.moved(start).replace("%%", "%").replace("$$", "$"))
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(machine.data), "USER": "pantau"}
    for said in values(COMMON, "Environment") + values(service, "Environment"):
        name, _, value = said.partition("=")
        environment[name] = machine.moved(value)
    for said in values(COMMON, "EnvironmentFile") + values(service, "EnvironmentFile"):
        for line in lines_of(Path(machine.moved(said.removeprefix("-")))):
            name, _, value = line.partition("=")
            environment[name] = shlex.split(value)[0]
    (folder,) = values(COMMON, "WorkingDirectory")
    return words, {"cwd": machine.moved(folder), "env": environment}


def cron_jobs() -> list[tuple[str, str, str]]:
    """When, as whom and what, of each line that is a job."""
    parted = [re.fullmatch(r"((?:\S+\s+){5})(\S+)\s+(.+)", line) for line in lines_of(CRONTAB)]
    return [(found[1].strip(), found[2], found[3]) for found in parted if found and found[1][0] in "*0123456789"]


def run_job(command: str, machine: Machine) -> subprocess.CompletedProcess[str]:
    """Run a line of the crontab as cron does: its variables, /bin/sh, from the home of its user."""
    variables = dict(re.findall(r"^([A-Z_]+)=(.*)$", machine.moved(CRONTAB.read_text(encoding="utf-8")), re.MULTILINE))
    environment = {"HOME": str(machine.data), "LOGNAME": "pantau", **variables}
    # An unescaped % ends the command and begins its input.
    words = re.split(r"(?<!\\)%", machine.moved(command))
    assert len(words) == 1, command
    return subprocess.run(
        [variables["SHELL"], "-c", words[0].replace("\\%", "%")],
        cwd=machine.data,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def word_of(command: str) -> str:
    """What a command has pantau do."""
    found = re.search(r"(?:bin/pantau|\$PANTAU) (\w+)", command)
    assert found, command
    return found[1]


@pytest.fixture(scope="module")
def done_by_systemd(machine: Machine) -> Mapping[str, subprocess.CompletedProcess[str]]:
    """What came of the command of each service, by the word that it says."""
    starts = {word_of(start): service for service in services() for start in values(service, "ExecStart")}
    return {word: run_unit(service, machine) for word, service in starts.items()}


@pytest.mark.parametrize("word", [*DOES, "digest"])
def test_the_command_of_a_service_does_its_work(
    word: str, done_by_systemd: Mapping[str, subprocess.CompletedProcess[str]]
) -> None:
    done = done_by_systemd[word]
    assert done.returncode == 0, done.stderr
    assert DOES.get(word, "") in done.stdout


@pytest.mark.usefixtures("done_by_systemd")
def test_the_letters_of_a_run_and_of_a_digest_lead_to_the_site_of_the_settings(machine: Machine) -> None:
    letters = [path.read_text(encoding="utf-8") for path in (machine.data / "outbox").glob("*.txt")]
    assert len(letters) == 2
    assert all("https://pantau.example/" in text and "127.0.0.1:8001" not in text for text in letters)


@pytest.mark.parametrize("command", [what for _, _, what in cron_jobs() if word_of(what) in DOES], ids=word_of)
def test_a_line_of_the_crontab_does_its_work_and_has_mailed_only_what_is_wrong(command: str, machine: Machine) -> None:
    assert command.endswith(" > /dev/null")
    done = run_job(command.removesuffix(" > /dev/null"), machine)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert DOES[word_of(command)] in done.stdout


def test_systemd_and_cron_have_the_same_said() -> None:
    by_systemd = {word_of(start) for service in services() for start in values(service, "ExecStart")}
    assert by_systemd == {word_of(what) for _, _, what in cron_jobs()} == {*DOES, "digest"}
    assert {path.stem for path in timers()} == {path.stem for path in services()}, "the site needs no timer"


@pytest.mark.usefixtures("done_by_systemd")
def test_the_letter_of_the_week_that_ended_is_written(machine: Machine) -> None:
    """By systemd and by cron, on whatever day: the week of yesterday."""
    letter = machine.data / "outbox" / f"{(datetime.now(WIB) - timedelta(days=1)):%G-W%V}.eml"
    letter.unlink()
    (job,) = [what for _, _, what in cron_jobs() if word_of(what) == "digest"]
    done = run_job(job, machine)
    assert (done.returncode, done.stderr) == (0, "")
    assert letter.exists()


def test_while_a_run_is_under_way_another_one_ends_at_once_and_is_no_failure(machine: Machine) -> None:
    (job,) = [what for _, _, what in cron_jobs() if word_of(what) == "run"]
    with alone(House(machine.data, machine.root, machine.root), "crawl"):
        by_systemd = run_unit(UNITS / "pantau-run.service", machine)
        by_cron = run_job(job.partition(" >")[0], machine)
    assert values(UNITS / "pantau-run.service", "SuccessExitStatus") == [f"{by_systemd.returncode} {Stopped.exit_code}"]
    assert by_systemd.returncode == 75
    assert by_systemd.stderr.startswith(f"Error: {machine.data}/run.lock: `pantau crawl` (process {os.getpid()}) is at")
    # Nothing that cron would mail.
    assert (by_cron.returncode, by_cron.stdout, by_cron.stderr) == (0, "", "")


@pytest.mark.usefixtures("done_by_systemd")
def test_the_letter_of_the_week_waits_for_a_run_that_is_under_way(machine: Machine) -> None:
    (job,) = [what for _, _, what in cron_jobs() if word_of(what) == "digest"]
    for say in (lambda: run_unit(UNITS / "pantau-digest.service", machine), lambda: run_job(job, machine)):
        with ThreadPoolExecutor(1) as pool, alone(House(machine.data, machine.root, machine.root), "run"):
            waiting = pool.submit(say)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=4)
        done = waiting.result()
        assert (done.returncode, done.stderr) == (0, "")


def test_a_mail_server_that_is_away_is_a_failure_that_somebody_is_told_of(machine: Machine) -> None:
    (machine.data / "mail.yml").write_text(
        "from:\n  address: surat@pantau.example\nhost: 127.0.0.1\nport: 1\nsecurity: none\n"
    )
    words = ["subscribers", "add", "sari@contoh.example"]
    program = machine.root / "opt/pantau/.venv/bin/pantau"
    subprocess.run([program, "--data", machine.data, *words], check=True, capture_output=True)
    try:
        done = run_unit(UNITS / "pantau-send.service", machine)
        (job,) = [what for _, _, what in cron_jobs() if word_of(what) == "send"]
        by_cron = run_job(job, machine)
    finally:
        (machine.data / "mail.yml").unlink()
    assert done.returncode == 1
    assert done.stderr.startswith("127.0.0.1:1: ")
    # cron sends what is said to MAILTO.
    assert by_cron.stderr == done.stderr
    assert by_cron.stdout == ""
    (told,) = values(COMMON, "OnFailure")
    assert (UNITS / f"{told.partition('@')[0]}@.service").exists()
    assert run_unit(UNITS / "pantau-send.service", machine).stdout.startswith("0 letters composed, 1 handed over")


def test_the_site_is_served_as_its_unit_says_and_ends_when_it_is_told_to(machine: Machine) -> None:
    words, options = started(SITE_UNIT, machine)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Another port than on the operator's machine, where somebody may have the site open.
    with subprocess.Popen([*words, "--port", str(port)], **options, stdout=subprocess.PIPE, text=True) as site:
        try:
            assert site.stdout is not None
            assert site.stdout.readline().startswith(f"Site: http://127.0.0.1:{port}/")
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
                assert client.get("/daerah").status_code == 200
                assert client.get("/-/live").text == "ok\n"
                sitemap = client.get("/robots.txt", headers={"host": "lain.example"}).text
                assert "https://pantau.example/sitemap.xml" in sitemap, "the settings of pantau.env"
                token = {"authorization": "Bearer kunci-angka"}
                assert client.get("/-/metrics").status_code == 403, "those of site.env"
                assert client.get("/-/metrics", headers=token).status_code == 200
        finally:
            site.terminate()
            site.wait(timeout=60)
    # Any other status is a failure that somebody is told of.
    assert values(SITE_UNIT, "SuccessExitStatus") == [str(site.returncode)]
    assert not list((machine.data / ".serving").glob("open-*"))
    assert "/etc/pantau/secrets.env" not in SITE_UNIT.read_text(encoding="utf-8"), "the secrets of mail"


def test_the_site_is_started_anew_and_the_other_units_run_to_their_end() -> None:
    """A setting of common.conf would hold for all of them: it is read after the unit's own."""
    assert values(COMMON, "Type") == values(COMMON, "Restart") == []
    assert (values(SITE_UNIT, "Type"), values(SITE_UNIT, "Restart")) == (["exec"], ["always"])
    assert values(SITE_UNIT, "WantedBy") == ["multi-user.target"]
    assert [values(service, "Type") for service in services()] == [["oneshot"]] * len(services())


def test_the_files_name_no_other_place_than_those_of_the_documentation() -> None:
    for path in [*UNITS.rglob("*.*"), CRONTAB]:
        if path.is_file():
            named = re.findall(r"(?<![\w*.])/[a-z][\w./-]*", "\n".join(lines_of(path)))
            assert [name for name in named if not name.startswith((*PLACES, "/usr/bin", "/bin", "/dev/null"))] == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not there")
def test_systemd_understands_the_units(machine: Machine, tmp_path: Path) -> None:
    for path in UNITS.rglob("*"):
        if path.is_file():
            moved = tmp_path / path.relative_to(UNITS)
            moved.parent.mkdir(exist_ok=True)
            moved.write_text(machine.moved(path.read_text(encoding="utf-8")), encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.glob("*.*") if path.is_file())
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not there")
@pytest.mark.parametrize("timer", timers(), ids=lambda path: path.stem)
def test_systemd_understands_when(timer: Path) -> None:
    (when,) = values(timer, "OnCalendar")
    done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert values(timer, "Persistent") == ["true"]


@pytest.mark.skipif(not Path("/var/spool/cron").exists(), reason="cron is not installed")
def test_cron_understands_the_crontab(tmp_path: Path) -> None:
    """The check of Debian's crontab, which knows no column of users."""
    plain = re.sub(
        r"^((?:[*\d][\S]*\s+)(?:\S+\s+){4})pantau ", r"\1", CRONTAB.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    (tmp_path / "crontab").write_text(plain)
    done = subprocess.run(["crontab", "-n", tmp_path / "crontab"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


@pytest.mark.parametrize("when", [when for when, _, _ in cron_jobs()])
def test_the_five_fields_of_a_line_of_the_crontab_are_times(when: str) -> None:
    fields = when.split()
    assert len(fields) == len(FIELDS)
    for field, (least, most) in zip(fields, FIELDS, strict=True):
        first, _, step = field.partition("/")
        assert first == "*" or least <= int(first) <= most
        assert not step or (first == "*" and 1 <= int(step) <= most)


def test_cron_is_given_lines_that_end_and_a_user_that_the_units_have_too() -> None:
    assert CRONTAB.read_text(encoding="utf-8").endswith("\n")
    assert {who for _, who, _ in cron_jobs()} == set(values(COMMON, "User")) == {"pantau"}


# The documentation


def blocks(name: str, language: str) -> list[str]:
    """What stands between ``` of a language."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not there")
def test_the_key_and_the_settings_of_the_documentation_are_taken(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "letters.md").read_text(encoding="utf-8")
    made, shown = re.findall(r"^ {4}(openssl .+)$", text, re.MULTILINE)
    subprocess.run(made.replace("/etc/pantau", str(tmp_path)), shell=True, check=True, capture_output=True)
    public = subprocess.run(
        shown.replace("/etc/pantau", str(tmp_path)), shell=True, check=True, capture_output=True, text=True
    ).stdout
    (written,) = blocks("letters.md", "yaml")
    (tmp_path / "mail.yml").write_text(written, encoding="utf-8")
    secrets = {PASSWORD_VARIABLE: "rahasia", DKIM_KEY_VARIABLE: str(tmp_path / "dkim.pem")}
    settings = load_settings(tmp_path / "mail.yml", "https://pantau.example", secrets)
    signed = sign_message(b"From: surat@pantau.example\r\nTo: sari@contoh.example\r\n\r\nSurat.\r\n", settings)
    record = f"v=DKIM1; k=rsa; p={public}".encode()
    assert dkim.verify(signed, dnsfunc=lambda name, **_: record if name.startswith(b"pantau._domainkey.") else None)


def test_every_setting_is_explained() -> None:
    (table,) = re.findall(r"^\| setting .*?\n\n", (ROOT / "docs/letters.md").read_text(), re.MULTILINE | re.DOTALL)
    explained = set(re.findall(r"`([a-z_]+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if line)))
    fields = {field.alias or name for name, field in MailSettings.model_fields.items()}
    assert explained == fields - {"password", "dkim_key"}


def test_the_table_of_readers_of_the_documentation_is_taken(machine: Machine) -> None:
    (table,) = blocks("letters.md", "csv")
    with closing(open_read_only(machine.data / "public.db")) as db:
        readers = read_table(db, table.encode())
    assert [(reader.email, len(reader.choices)) for reader in readers] == [
        ("sari@diskominfo.example", 2), ("made@kampus.example", 1)
    ]  # fmt: skip
