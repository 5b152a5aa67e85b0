"""A real WordPress on loopback, with posts of our own, for as long as a block runs.

Debian's packages: PHP and MariaDB are installed (`PACKAGES`), WordPress itself is downloaded and unpacked in a folder
that is thrown away. The database listens on a socket in that folder, PHP on 127.0.0.1; nothing else is touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener
from zoneinfo import ZoneInfo

import yaml

HERE = Path(__file__).parent
CACHE = HERE.parent.parent / "data" / "wordpress"
"""Where the downloaded packages stay for the next time; git ignores it."""
PACKAGES = ("php-cli", "php-mysql", "php-xml", "php-mbstring", "mariadb-server-core")
"""To be installed, by root: .ci/run does."""
_UNPACKED = (
    "wordpress",
    "wordpress-l10n",
    "wordpress-theme-twentytwentyone",
    "wordpress-theme-twentytwentythree",
    "php-getid3",
)
NEXT_PAGE = "<!-- wp:nextpage --><!--nextpage--><!-- /wp:nextpage -->"
"""Themes of blocks link the pages of a post only where this is a block."""
ZONE = ZoneInfo("Asia/Makassar")
_PATIENCE = 60.0  # seconds; a slow machine takes ten


class NoWordpressError(Exception):
    """WordPress cannot be had on this machine. The message says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post as posts.yml tells it, and where it stands."""

    id: int
    title: str
    path: str
    """With pretty links; `/?p=<id>` without them."""
    published_at: datetime
    texts: tuple[str, ...]
    """Its paragraphs, items and cells in order, without HTML."""
    pages: int
    is_article: bool
    """False for what a reader is not to see, and for what is no post."""


@dataclass(frozen=True, slots=True)
class Wordpress:
    """A running WordPress."""

    homes: dict[str, str]
    """Addresses of the same posts, by the habits that were asked for."""
    posts: tuple[Post, ...]
    _folder: Path

    @property
    def articles(self) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if post.is_article)

    def edit(self, *changes: dict[str, Any]) -> None:
        """Change posts as an editor does; each change has `ID` and what wp_update_post takes."""
        _php(self._folder, "edit.php", changes)

    def asked(self, habits: str) -> list[str]:
        """Paths and queries that a site was asked for since it was started, in order."""
        log = (self._folder / f"web-{list(self.homes).index(habits)}.log").read_text(errors="replace")
        return re.findall(r"\] GET (\S+)$", log, re.MULTILINE)


@contextlib.contextmanager
def running_wordpress(habits: tuple[str, ...] = ("",)) -> Iterator[Wordpress]:
    """A WordPress that answers at one address for each of `habits` (words of habits.php with spaces between them).

    Raises NoWordpressError where the packages cannot be had; RuntimeError with the log of what did not start.
    """
    _need_commands()
    packages = _download()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wordpress-")))
        _unpack(packages, folder)
        stack.enter_context(_running_database(folder))
        posts = _install(folder)
        homes = {words: stack.enter_context(_running_site(folder, n, words)) for n, words in enumerate(habits)}
        yield Wordpress(homes, posts, folder)


def _need_commands() -> None:
    missing = [command for command in ("php", "mariadbd", "apt-get", "dpkg-deb", "tar") if not _which(command)]
    if not missing:
        modules = subprocess.run(["php", "-m"], capture_output=True, text=True, timeout=30, check=True).stdout.split()
        missing = [f"{module} of PHP" for module in ("mysqli", "SimpleXML", "mbstring") if module not in modules]
    if missing:
        raise NoWordpressError(f"no {', '.join(missing)} here: apt-get install {' '.join(PACKAGES)}")


def _which(command: str) -> str | None:
    return shutil.which(command, path=f"{os.environ['PATH']}:/usr/sbin")


def _download() -> list[Path]:
    """The packages of WordPress; those that an earlier run has downloaded are taken as they are."""
    CACHE.mkdir(parents=True, exist_ok=True)
    found = {name: next(CACHE.glob(f"{name}_*.deb"), None) for name in _UNPACKED}
    if None in found.values():
        done = subprocess.run(
            ["apt-get", "download", "-qq", *(name for name, path in found.items() if path is None)],
            cwd=CACHE,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0:
            raise NoWordpressError(f"apt-get download: {' '.join(done.stderr.split())[:300]}; try apt-get update")
        found = {name: next(CACHE.glob(f"{name}_*.deb"), None) for name in _UNPACKED}
    return [path for path in found.values() if path is not None]


def _unpack(packages: list[Path], folder: Path) -> None:
    """One plain tree, `site`: Debian spreads WordPress over the system and ties it together with links."""
    root = folder / "root"
    root.mkdir()
    for package in packages:
        # Of 40 languages one is needed.
        wanted = ["--wildcards", "*/id_ID*"] if package.name.startswith("wordpress-l10n_") else []
        packed = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", root, *wanted], stdin=packed.stdout, timeout=60, check=True)
        if packed.stdout is not None:
            packed.stdout.close()
        packed.wait(timeout=60)
    tree, site = root / "usr/share/wordpress", folder / "site"
    for link in [path for path in tree.rglob("*") if path.is_symlink()]:
        _untie(link, root)
    tree.rename(site)
    shutil.rmtree(root)
    for place in ("wp-content/uploads", "wp-content/mu-plugins"):
        (site / place).mkdir(parents=True, exist_ok=True)
    config = (HERE / "config.php").read_text().replace("SOCKET", str(folder / "db.sock"))
    (site / "wp-config.php").write_text(config)
    shutil.copy(HERE / "habits.php", site / "wp-content/mu-plugins")


def _untie(link: Path, root: Path) -> None:
    """The file in place of a link to it; links that lead out of what was unpacked go."""
    to = link.readlink()
    target = root / str(to).lstrip("/") if to.is_absolute() else link.parent / to
    link.unlink()
    if target.is_dir():
        shutil.copytree(target, link)
    elif target.is_file():
        shutil.copy(target, link)


@contextlib.contextmanager
def _running_database(folder: Path) -> Iterator[None]:
    """MariaDB on a socket alone; without grants, for the folder is ours alone."""
    (folder / "db").mkdir()
    (folder / "create.sql").write_text("create database wordpress character set utf8mb4;\n")
    command = [
        _which("mariadbd") or "mariadbd",
        "--no-defaults",
        f"--datadir={folder / 'db'}",
        f"--socket={folder / 'db.sock'}",
        f"--pid-file={folder / 'db.pid'}",
        f"--init-file={folder / 'create.sql'}",
        "--skip-networking",
        "--skip-grant-tables",
        "--innodb-buffer-pool-size=64M",
        "--innodb-flush-log-at-trx-commit=0",
    ]
    if os.geteuid() == 0:
        command.append("--user=root")
    with _running(command, folder / "db.log", lambda: (folder / "db.sock").exists()):
        yield


@contextlib.contextmanager
def _running_site(folder: Path, number: int, habits: str) -> Iterator[str]:
    """Address of a web server on the same files and database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    site = folder / "site"
    command = ["php", "-d", "opcache.enable_cli=1", "-S", place, "-t", str(site), str(HERE / "router.php")]
    environment = {**os.environ, "PHP_CLI_SERVER_WORKERS": "2", "PANTAU_HABITS": habits}
    with _running(
        command, folder / f"web-{number}.log", lambda: _answers(f"http://{place}/?rest_route=/"), environment
    ):
        yield f"http://{place}"


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=30) as response:
            return bool(response.status == 200)
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            return False
        raise RuntimeError(f"{url}: {error}") from error


@contextlib.contextmanager
def _running(
    command: list[str], log: Path, is_ready: Callable[[], bool], environment: dict[str, str] | None = None
) -> Iterator[None]:
    """A process in a group of its own, ended with all its children at the end of the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment, process_group=0)
    try:
        until = time.monotonic() + _PATIENCE
        while not is_ready():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait(timeout=20)


def _install(folder: Path) -> tuple[Post, ...]:
    written = yaml.safe_load((HERE / "posts.yml").read_text(encoding="utf-8"))
    for post in written:
        post.setdefault("slug", _slug(post["title"]))
        for key, value in {"status": "publish", "type": "post", "password": "", "category": ""}.items():
            post.setdefault(key, value)
        post.setdefault("tags", [])
        post.setdefault("sticky", False)
    by_slug = {post["slug"]: post for post in written}
    for post in written:
        post["content"] = "\n\n".join(_html(block, by_slug) for block in post["body"])
    ids = json.loads(_php(folder, "install.php", written))
    return tuple(_post(number, post) for number, post in zip(ids, written, strict=True))


def _php(folder: Path, script: str, data: Any) -> str:
    done = subprocess.run(
        ["php", str(HERE / script), str(folder / "site")],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"{script}: {done.stdout[-1000:]} {done.stderr[-1000:]}")
    return done.stdout


def _html(block: str | dict[str, str], by_slug: dict[str, dict[str, Any]]) -> str:
    if isinstance(block, dict) and "credit" in block:
        return f"<p>{block['credit']}</p>"
    if isinstance(block, dict):
        other = by_slug[block["baca"]]
        return f'<p>Baca juga: <a href="{_path(other)}">{other["title"]}</a></p>'
    if block == "---":
        return NEXT_PAGE
    return block if block.startswith("<") else f"<p>{block}</p>"


def _post(number: int, written: dict[str, Any]) -> Post:
    texts: list[str] = []
    for block in written["body"]:
        if isinstance(block, str) and block != "---":
            texts += [text.strip() for text in re.split(r"<[^>]+>", block) if text.strip()]
    return Post(
        id=number,
        title=written["title"],
        path=_path(written),
        published_at=datetime.fromisoformat(written["at"]).replace(tzinfo=ZONE),
        texts=tuple(texts),
        pages=1 + written["body"].count("---"),
        is_article=(written["status"], written["type"], written["password"]) == ("publish", "post", ""),
    )


def _path(post: dict[str, Any]) -> str:
    month = "" if post["type"] != "post" else f"/{post['at'][:4]}/{post['at'][5:7]}"
    return f"{month}/{post['slug']}/"


def _slug(title: str) -> str:
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", title.replace("–", "-")).strip()).casefold()
