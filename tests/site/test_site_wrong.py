"""/salah: readers say what is wrong, and reviewers are led to correct it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from reviewdesk import Person, open_desk
from test_corrections import BASEL, fact, key

import pantau
from db.connect import open_db
from db.reviewing import hints
from db.reviewing.facts import read_facts
from publish.bake import bake
from publish.site.reviewing.accounts import HINTS

Ask = Callable[..., list[tuple[Any, ...]]]
SENTENCE = "Menurut panitia acaranya pindah ke hari Selasa"
EMAIL = "pembaca@contoh.example"


@pytest.fixture
def article(folder: Path) -> str:
    db = open_db(folder / "pantau.db")
    (found,) = db.execute("select id from articles where url like '%/basel/tiga'").fetchone()
    db.close()
    return str(found)


@pytest.fixture
def event(folder: Path, article: str) -> str:
    db = open_db(folder / "pantau.db")
    try:
        return fact(db, article, "event")
    finally:
        db.close()


@pytest.fixture
def form(folder: Path, desk_site: Datasette, article: str, event: str) -> Person:
    """A reader with the form for an event before them."""
    reader = Person(desk_site)
    assert reader.open(f"/salah?artikel={article}&fakta={event}").status_code == 200
    return reader


FORM = "form[method=post]"


def hints_of(ask: Ask, article: str) -> list[tuple[Any, ...]]:
    return ask("select fact, wrong, instead, source_url, email from reader_hints where article_id = ?", article)


def test_a_reader_sees_the_fact_and_the_sentence_that_proves_it(form: Person) -> None:
    assert "3 November 2023" in form.text(".panel")
    assert form.has("blockquote.proof")
    assert "noindex" in form.page.cssselect("meta[name=robots]")[0].get("content")
    form.open(form.at + "&lang=en")
    assert form.text("h1") == "Is something wrong?"


def test_a_hint_goes_to_the_desk_and_nowhere_else(
    folder: Path, form: Person, rahmi: Person, ask: Ask, article: str, event: str, tmp_path: Path
) -> None:
    answer = form.send(FORM, salah=SENTENCE, benar="7 November 2023", sumber="https://bappeda.example/a", surel=EMAIL)
    assert answer.status_code == 200
    assert "meja tinjauan" in form.text("[role=status]")
    assert hints_of(ask, article) == [(event, SENTENCE, "7 November 2023", "https://bappeda.example/a", EMAIL)]
    bake(folder / "pantau.db", tmp_path / "public.db")
    public = (tmp_path / "public.db").read_bytes()
    assert SENTENCE.encode() not in public
    assert EMAIL.encode() not in public
    rahmi.open("/tinjauan?jenis=hint")
    while SENTENCE not in rahmi.text(".hint-of-reader"):
        rahmi.open(rahmi.page.cssselect("[data-key=n]")[0].get("href"))
    assert EMAIL in rahmi.text(".hint-of-reader")
    assert "3 November 2023" in rahmi.text("#judul")
    assert rahmi.has(".passage .proving")


def test_a_hint_is_told_and_settled_by_the_command_too(
    folder: Path, form: Person, ask: Ask, article: str, event: str
) -> None:
    form.send(FORM, salah=SENTENCE, benar="7 November 2023", surel=EMAIL)
    (number,) = ask("select max(id) from reader_hints")[0]
    told = say(folder, "show", f"hint-{number}").output.splitlines()
    assert {f"fact\t{event}", f"wrong\t{SENTENCE}", "instead\t7 November 2023"} <= set(told)
    assert EMAIL not in "".join(told)
    done = say(folder, "correct", f"hint-{number}", "--by", "Rahmi", "--why", "benar", "--set", "start_date=2023-11-07")
    assert done.exit_code == 0, done.output
    assert hints_of(ask, article) == []


def say(folder: Path, *words: str) -> Any:
    return CliRunner().invoke(pantau.main, ["--data", str(folder), "review", *words])


@pytest.mark.parametrize("press", ["accept", "reject", "correct"])
def test_a_hint_is_deleted_with_a_decision_on_its_fact(
    folder: Path, form: Person, rahmi: Person, ask: Ask, article: str, event: str, press: str
) -> None:
    form.send(FORM, salah=SENTENCE, surel=EMAIL)
    (number,) = ask("select max(id) from reader_hints")[0]
    rahmi.open(f"/tinjauan/butir/hint-{number}" + ("?koreksi=1" if press == "correct" else ""))
    if press == "correct":
        rahmi.send("form.correct", press=press, f_start_date="2023-11-07", alasan="petunjuk pembaca, benar")
    else:
        rahmi.send("form.decide", press=press)
    assert hints_of(ask, article) == []
    (decision,) = ask("select decision from corrections order by id desc limit 1")[0]
    assert decision == press
    db = open_db(folder / "pantau.db")
    said = [one.said["start_date"] for one in read_facts(db, article) if one.kind == "event"]
    db.close()
    assert {"accept": "2023-11-03" in said, "reject": "2023-11-03" not in said, "correct": "2023-11-07" in said}[press]


def test_a_hint_stands_beside_its_fact_wherever_that_is_decided(
    form: Person, rahmi: Person, ask: Ask, article: str, event: str
) -> None:
    form.send(FORM, salah=SENTENCE)
    rahmi.open(f"/tinjauan/butir/{event}")
    assert SENTENCE in rahmi.text(".hint-of-reader")
    rahmi.send("form.decide", press="accept")
    assert hints_of(ask, article) == []


def test_a_hint_on_a_fact_that_is_gone_can_still_be_put_away(
    folder: Path, form: Person, rahmi: Person, ask: Ask, article: str
) -> None:
    form.send(FORM, salah=SENTENCE)
    (number,) = ask("select max(id) from reader_hints")[0]
    db = open_db(folder / "pantau.db")
    with db.conn:
        db.execute("update event_mentions set venue = 'Aula' where article_id = ?", [article])
    db.close()
    rahmi.open(f"/tinjauan/butir/hint-{number}")
    assert "sudah berubah atau hilang" in rahmi.text(".notice")
    assert "3 November 2023" in rahmi.text("#judul")
    rahmi.send("form.decide", press="accept")
    assert hints_of(ask, article) == []


@pytest.mark.parametrize("fakta", ["article", "date"])
def test_what_the_whole_article_is_may_be_wrong_too(
    desk_site: Datasette, rahmi: Person, ask: Ask, article: str, fakta: str
) -> None:
    reader = Person(desk_site)
    reader.open(f"/salah?artikel={article}&fakta={fakta}")
    assert "secara utuh" in reader.text(".panel")
    reader.send(FORM, salah=SENTENCE)
    assert hints_of(ask, article)[0][0] == fakta
    (number,) = ask("select max(id) from reader_hints")[0]
    rahmi.open(f"/tinjauan/butir/hint-{number}")
    assert SENTENCE in rahmi.text(".hint-of-reader")
    assert rahmi.send("form.decide", press="accept").status_code == 200
    assert hints_of(ask, article) == []


@pytest.mark.parametrize("fakta", ["event", "article", "date"])
def test_a_reviewer_is_led_to_the_form_that_corrects_the_fact(
    rahmi: Person, article: str, event: str, fakta: str
) -> None:
    named = event if fakta == "event" else fakta
    rahmi.open(f"/salah?artikel={article}&fakta={named}")
    item = event if fakta == "event" else f"{article}-{fakta}"
    assert rahmi.at.startswith(f"/tinjauan/butir/{item}?")
    assert rahmi.has("form.correct") == (fakta != "article")
    assert rahmi.has("form.correct, form.decide")


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"salah": ""}, 400, "Tulis apa yang salah"),
        ({"salah": "aa"}, 400, "Tulis apa yang salah"),
        ({"salah": "x" * 10_000}, 400, "paling banyak 1.000"),
        ({"salah": SENTENCE, "sumber": "javascript:alert(1)"}, 400, "http:// atau https://"),
        ({"salah": SENTENCE, "sumber": "https://a b"}, 400, "http:// atau https://"),
        ({"salah": SENTENCE, "surel": "bukan surel"}, 400, "surel itu tampaknya keliru"),
        ({"salah": SENTENCE, "surel": "a@b.example\nbcc: c@d.example"}, 400, "surel itu tampaknya keliru"),
        ({"salah": "a\0b" + SENTENCE}, 400, "tidak terbaca"),
        ({"salah": SENTENCE, "csrftoken": "palsu"}, 403, "kedaluwarsa"),
        ({"salah": "x" * 70_000}, 413, "terlalu panjang"),
    ],
)
def test_a_hint_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    form: Person, ask: Ask, article: str, fields: dict[str, str], status: int, told: str
) -> None:
    assert form.send(FORM, **fields).status_code == status
    assert told in form.text("[role=alert]")
    assert hints_of(ask, article) == []
    if fields["salah"] == SENTENCE and status == 400:
        assert form.page.cssselect("#salah")[0].text == SENTENCE


def test_what_a_reader_writes_is_escaped_at_the_desk(form: Person, rahmi: Person, ask: Ask) -> None:
    form.send(FORM, salah="<script>alert(1)</script>", benar="<img src=x onerror=alert(2)>")
    (number,) = ask("select max(id) from reader_hints")[0]
    answer = rahmi.open(f"/tinjauan/butir/hint-{number}")
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "<script>alert(1)</script>" in rahmi.text(".hint-of-reader")


def test_a_machine_that_fills_in_what_nobody_sees_is_thanked_and_not_heard(
    form: Person, ask: Ask, article: str
) -> None:
    assert form.send(FORM, salah=SENTENCE, situs="https://jual.example").status_code == 200
    assert "Terima kasih" in form.text("h1")
    assert hints_of(ask, article) == []


def test_one_address_sends_only_so_many(
    folder: Path, form: Person, ask: Ask, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "MOST_OF_A_FACT", 100)
    at = form.at
    for _ in range(HINTS.most):
        form.open(at)
        assert form.send(FORM, salah=SENTENCE).status_code == 200
    form.open(at)
    answer = form.send(FORM, salah=SENTENCE)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert len(hints_of(ask, article)) == HINTS.most


@pytest.mark.parametrize("limit", ["MOST", "MOST_OF_A_FACT"])
def test_a_full_desk_says_so(form: Person, ask: Ask, article: str, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(hints, limit, 0)
    assert form.send(FORM, salah=SENTENCE).status_code == 503
    assert "penuh" in form.text("[role=alert]")
    assert hints_of(ask, article) == []


def test_a_site_that_is_for_reading_only_says_what_to_send_elsewhere(
    folder: Path, person: Person, article: str, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "reviewers.yml").unlink()
    monkeypatch.setenv("PANTAU_CONTACT", "redaksi@contoh.example")
    person.open(f"/salah?artikel={article}&fakta={event}")
    assert person.text("code") == f"{article} {event}"
    assert person.page.cssselect("a[href='mailto:redaksi@contoh.example']")
    assert not person.has(FORM)
    assert person.post(f"/salah?artikel={article}&fakta={event}", {"salah": SENTENCE}).status_code == 200
    assert not person.has(FORM)


@pytest.mark.parametrize(
    "query",
    ["", "artikel=tak-ada", "artikel=%00&fakta=%00", "artikel=' or 1=1--", "artikel=" + "x" * 10_000, "fakta=date"],
)
def test_an_article_that_there_is_not_is_a_404(person: Person, query: str) -> None:
    assert person.open(f"/salah?{query}").status_code == 404
    assert person.text("h1")


@pytest.mark.parametrize("fakta", ["", "tak-ada", "%00", "x" * 9000, "%3Cscript%3E"])
def test_a_fact_that_there_is_not_is_a_404_that_says_why(person: Person, article: str, fakta: str) -> None:
    assert person.open(f"/salah?artikel={article}&fakta={fakta}").status_code == 404
    assert "terbitan sekarang" in person.text(".notice")
    assert not person.has(FORM)


def test_the_link_at_a_published_fact_leads_to_it(desk_built: Path, folder: Path) -> None:
    reader = Person(open_desk(desk_built / "public.db"))
    reader.open(f"/artikel/{key(BASEL)}")
    links = [one.get("href") for one in reader.page.cssselect("a.wrong")]
    assert links
    for link in links:
        assert reader.open(link).status_code == 200, link
        assert reader.has(".panel strong")
