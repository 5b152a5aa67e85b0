"""What no page lets anybody do: script of others, frames, and methods that nothing answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from sitepages import Get, words

from publish.serve import SITE


def send(public: Path, method: str, path: str) -> Any:
    """The answer of the whole application, wrappers of plugins included."""
    site = Datasette(immutables=[str(public)], config_dir=SITE)
    return asyncio.run(site.client.request(method, path))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/peristiwa?halaman=2", "/public/events", "/nowhere"])
def test_a_method_that_nothing_answers_is_refused_in_words(public: Path, method: str, path: str) -> None:
    answer = send(public, method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "hanya dibaca" in words(answer)


@pytest.mark.parametrize("path", ["/salah", "/masuk", "/keluar", "/tinjauan", "/tinjauan/butir/x", "/tinjauan/urung"])
def test_forms_may_be_sent_to_the_pages_that_take_them(public: Path, path: str) -> None:
    assert send(public, "POST", path).status_code == 404, "nobody may sign in here, and no article is named"


def policy(get: Get, path: str) -> dict[str, str]:
    told = get(path).headers["content-security-policy"].split("; ")
    return {name: values for name, _, values in (part.partition(" ") for part in told)}


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/daerah/51.02", "/peristiwa", "/cari?q=bimtek", "/tentang", "/masuk", "/nowhere", "/peristiwa.json"),
        *("/public", "/public/events", "/public?sql=select+1", "/public.json?sql=select+1"),
    ],
)
def test_our_pages_run_only_our_script_and_stand_in_no_frame(get: Get, path: str) -> None:
    assert policy(get, path) == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
    }
    assert get(path).headers["x-content-type-options"] == "nosniff"


def test_a_letter_may_style_itself_and_runs_no_other_script(get: Get) -> None:
    told = policy(get, "/surat/2024-W47")
    assert (told["script-src"], told["style-src"]) == ("'self'", "'self' 'unsafe-inline'")


def test_a_name_that_is_too_long_for_a_file_is_one_that_is_not_there(get: Get) -> None:
    assert get(f"/static/{'a' * 3000}").status_code == 404
