"""One word at a time writes pantau.db: the others say who is at it and leave, and the lock ends with its process."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from test_pantau import ROOT, command, pantau

from pantau import main
from pantau.house import House, alone, who_holds

WORDS = (
    ["crawl"],
    ["parse"],
    ["extract"],
    ["publish"],
    ["digest"],
    ["run"],
    ["ingest", "README.md"],
)


def house(data: Path, wait: float = 0) -> House:
    return House(data, data / "sources", data / "outbox", wait)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[0])
def test_a_word_that_writes_says_who_is_at_it_since_when_and_leaves(tmp_path: Path, words: list[str]) -> None:
    with alone(house(tmp_path), "crawl"):
        done = CliRunner().invoke(main, ["--data", str(tmp_path), *words])
    assert (done.exit_code, done.stdout) == (os.EX_TEMPFAIL, "")
    (line,) = done.stderr.splitlines()
    who = f"`pantau crawl` (process {os.getpid()}) is at it since 20"
    assert line.startswith(f"Error: {tmp_path}/run.lock: {who}")
    assert line.endswith("+00:00; nothing was done")
    assert [path.name for path in tmp_path.iterdir()] == ["run.lock"]


@pytest.mark.parametrize("words", [["sources", "list"], ["export"], ["subscribers", "list"], ["review", "status"]])
def test_a_word_that_does_not_make_the_news_need_not_wait(tmp_path: Path, words: list[str]) -> None:
    with alone(house(tmp_path), "crawl"):
        assert CliRunner().invoke(main, ["--data", str(tmp_path), *words]).exit_code != os.EX_TEMPFAIL


def test_of_two_runs_at_once_the_second_leaves_and_the_first_goes_on(tmp_path: Path) -> None:
    with silent_source(tmp_path / "sources") as asked:
        words = command("run", data=tmp_path, sources=tmp_path / "sources")
        first = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with asked.accept()[0]:  # it crawls
                second = pantau("run", data=tmp_path, sources=tmp_path / "sources")
                assert second.returncode == os.EX_TEMPFAIL
                assert f"`pantau run` (process {first.pid}) is at it since" in second.stderr
                assert first.poll() is None
                first.kill()
                first.wait()
        finally:
            first.kill()
            first.wait()
    # Killed, it holds the lock no more.
    with alone(house(tmp_path), "parse"):
        pass


@contextmanager
def silent_source(folder: Path) -> Iterator[socket.socket]:
    """The file of one source, at which somebody listens who never answers."""
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        source = {
            "outlet": "Kabar Bisu",
            "home": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "kind": "media",
            "family": "generic",
            "timezone": "Asia/Jakarta",
            "ways": [{"way": "feed", "url": "/feed/"}],
            "delay": 0,
            "knowledge": "to be confirmed",
        }
        (folder / "kabar_bisu.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
        yield listener


def test_who_waits_comes_next(tmp_path: Path) -> None:
    with alone(house(tmp_path), "run"):
        words = command("--wait", "60", "parse", data=tmp_path)
        waiting = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.communicate(timeout=3)
    said, complained = waiting.communicate(timeout=60)
    assert (waiting.returncode, complained) == (0, "")
    assert said.startswith("0 articles")


def test_another_program_that_holds_the_lock_is_no_word_of_ours(tmp_path: Path) -> None:
    with alone(house(tmp_path), "crawl"):
        pass
    with (tmp_path / "run.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = pantau("parse", data=tmp_path)
    assert (done.returncode, "another program holds it (flock?)" in done.stderr) == (os.EX_TEMPFAIL, True)


def test_a_word_of_another_user_is_said_to_be_at_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(process: int, number: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    with alone(house(tmp_path), "crawl"):
        monkeypatch.setattr(os, "kill", refuse)
        assert who_holds(tmp_path / "run.lock").startswith(f"`pantau crawl` (process {os.getpid()}) is at it since 20")


@pytest.mark.parametrize("told", ["", "7", "[]", '{"word": "crawl"}', '{"process": "x"}', "\udc80"])
def test_whatever_stands_in_the_lock_somebody_holds_it(tmp_path: Path, told: str) -> None:
    (tmp_path / "run.lock").write_bytes(told.encode("utf-8", "surrogateescape"))
    assert who_holds(tmp_path / "run.lock") == "another program holds it (flock?)"


def test_who_was_killed_is_not_said_to_be_at_it(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    code = f"import os, sys; sys.path.insert(0, {str(ROOT)!r})\n" + (
        "from pathlib import Path; from pantau.house import House, alone\n"
        "data = Path(sys.argv[1])\n"
        "with alone(House(data, data, data), 'crawl'): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text().startswith('{"word": "crawl"')
    assert who_holds(path) == "another program holds it (flock?)"
    with alone(house(tmp_path), "parse"):
        assert who_holds(path).startswith(f"`pantau parse` (process {os.getpid()})")
