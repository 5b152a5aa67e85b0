"""A reader's letter as a whole: its subject, its calendar, whether it has anything to tell, and the bytes it is."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest
from newsroom import BULELENG, MONDAY, SITE, SLEMAN, SUNDAY, Public

from publish.dates_id import Language
from publish.digest import build_letter
from publish.letters.letter import PREFERENCES_URL, UNSUBSCRIBE_URL, Letter
from publish.letters.parts import Part
from publish.letters.scopes import find_scope

SLEMANS, BALI, NEWS_OF = ("regency", "34.04"), ("province", "51"), ("outlet", "warta_sleman")


def letter(
    public: Public,
    *choices: tuple[str, str],
    lang: Language = "id",
    first: date = MONDAY,
    last: date = SUNDAY,
    known_since: str | None = None,
) -> Letter:
    with closing(public.sqlite()) as db:
        parts = [Part(scope, first, last) for choice in choices if (scope := find_scope(db, *choice))]
        return build_letter(
            db, parts, issue="2023-W46", zone="WIB", lang=lang, site_url=f"{SITE}/", known_since=known_since
        )


@pytest.mark.parametrize(
    ("choices", "lang", "subject"),
    [
        ([("all", "")], "id", "Pantau Kota Cerdas 13-19 November 2023: 2 peristiwa"),
        ([SLEMANS], "id", "Kabupaten Sleman 13-19 November 2023: 1 peristiwa"),
        ([SLEMANS], "en", "Kabupaten Sleman 13-19 November 2023: 1 event"),
        ([SLEMANS, BALI], "id", "Kabupaten Sleman dan 1 pilihan lain 13-19 November 2023: 2 peristiwa"),
        ([SLEMANS, BALI, NEWS_OF], "en", "Kabupaten Sleman and 2 other choices 13-19 November 2023: 2 events"),
        ([("regency", "64.01")], "id", "Kabupaten Paser 13-19 November 2023: tidak ada peristiwa"),
        ([("regency", "64.01")], "en", "Kabupaten Paser 13-19 November 2023: no events"),
    ],
)
def test_the_subject_says_what_of_when_and_how_much(
    public: Public, choices: list[tuple[str, str]], lang: Language, subject: str
) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.news("2", "mou", BULELENG, "2023-11-14")
    assert letter(public, *choices, lang=lang).subject == subject


def test_the_subject_of_a_daily_letter_names_its_day(public: Public) -> None:
    assert letter(public, SLEMANS, first=SUNDAY).subject == "Kabupaten Sleman 19 November 2023: tidak ada peristiwa"


def test_the_subject_is_one_line_whatever_an_outlet_is_called(public: Public) -> None:
    public.change("update sources set outlet_name = ? where name = 'warta_sleman'", "Warta\r\nBcc: x@y.z\u202e" * 20)
    subject = letter(public, NEWS_OF).subject
    assert len(subject.splitlines()) == 1
    assert len(subject) < 140
    assert "\u202e" not in subject


def test_what_is_to_come_is_attached_as_a_calendar(public: Public) -> None:
    proof = {"evidence_article_id": "a1", "first_report_article_id": "a1"}
    public.news("1", "bimtek-1", SLEMAN, "2023-12-05", status="announced", date_precision="day", **proof)
    version = {"stage_code": "bimtek-1", "regency_code": SLEMAN[0], "start_date": "2023-12-05", "status": "announced"}
    public.put("event_versions", event_id="e1", known_from="2023-11-14T06:00:00+00:00", **version)
    public.news("2", "bimtek-1", BULELENG, "2023-11-14")
    attached = letter(public, SLEMANS).calendar
    assert attached is not None
    assert b"DTSTART;VALUE=DATE:20231205" in attached
    assert letter(public, BALI).calendar is None


def test_a_letter_with_nothing_new_says_so_of_itself(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-12-05", published_date="2023-11-02", status="announced")
    assert letter(public, SLEMANS).is_empty
    assert letter(public, BALI).is_empty
    public.article("a2", published_date="2023-11-14")
    public.report("a2", "e1")
    assert not letter(public, SLEMANS).is_empty
    assert letter(public, BALI).is_empty


def test_the_same_letter_is_the_same_bytes_and_is_personal_only_by_its_marks(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    told = letter(public, SLEMANS, BALI)
    assert told == letter(public, SLEMANS, BALI)
    for body in (told.html, told.text):
        assert UNSUBSCRIBE_URL in body
        assert PREFERENCES_URL in body


def test_marks_in_what_others_wrote_are_taken_out(public: Public) -> None:
    public.article("a1", title=f"Bimtek {UNSUBSCRIBE_URL} di Sleman", url=f"https://x.contoh.id/{UNSUBSCRIBE_URL}")
    told = letter(public, ("all", ""))
    assert "Bimtek berhenti di Sleman" in told.text
    assert told.text.count(UNSUBSCRIBE_URL) == 1
