"""What a letter tells of the events of its days: each once, on the reader's day, with who told it and who said what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from newsroom import BULELENG, DENPASAR, MONDAY, NOWHERE, SITE, SLEMAN, SUNDAY, Public, lines

from publish.letters.parts import Part, Span
from publish.letters.reading import read_letter
from publish.letters.scopes import NO_EVENTS, find_scope

SPACE = "\N{NO-BREAK SPACE}"
SLEMANS = ("regency", "34.04")


def event_of(letter: dict, id: str = "e1") -> dict:
    (event,) = [event for province in letter["provinces"] for event in province["events"] if event["id"] == id]
    return event


def told(public: Public, id: str, source: str = "warta_sleman", event: str = "e1", **values: object) -> None:
    """One more article on an event."""
    public.article(id, source, **values)
    public.report(id, event)


@pytest.mark.parametrize(
    ("published_at", "zone", "is_told"),
    [
        ("2023-11-12T23:30:00+07:00", "WIB", False),
        ("2023-11-12T23:30:00+07:00", "WITA", True),
        ("2023-11-12T22:30:00+07:00", "WITA", False),
        ("2023-11-12T22:30:00+07:00", "WIT", True),
        ("2023-11-12T16:30:00+00:00", "WITA", True),
        ("2023-11-13T00:30:00+09:00", "WIT", True),
        ("2023-11-13T00:30:00+09:00", "WIB", False),
        ("2023-11-19T23:30:00+07:00", "WIB", True),
        ("2023-11-19T23:30:00+07:00", "WIT", False),
    ],
)
def test_an_article_belongs_to_the_day_on_which_it_appeared_in_the_readers_zone(
    public: Public, published_at: str, zone: str, is_told: bool
) -> None:
    public.article("a1", published_at=published_at, published_date=published_at[:10])
    public.event("e1", "bimtek-1", SLEMAN, "2023-11-10")
    public.report("a1", "e1")
    assert lines(public.letter(zone=zone)) == ["e1"] * is_told


@pytest.mark.parametrize("zone", ["WIB", "WITA", "WIT"])
@pytest.mark.parametrize(("day", "is_told"), [("2023-11-12", False), ("2023-11-13", True), ("2023-11-20", False)])
def test_an_article_of_which_only_the_day_is_known_belongs_to_that_day(
    public: Public, day: str, zone: str, is_told: bool
) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-10", published_date=day)
    assert lines(public.letter(zone=zone)) == ["e1"] * is_told


def test_an_event_that_several_choices_bring_is_told_once_and_says_which(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.news("2", "bimtek-1", BULELENG, "2023-11-14")
    letter = public.letter(SLEMANS, ("stage", "bimtek-1"), ("province", "34"))
    assert sorted(lines(letter)) == ["e1", "e2"]
    assert event_of(letter, "e2")["because"] == "karena Anda mengikuti Bimtek I"
    assert (
        event_of(letter)["because"]
        == "karena Anda mengikuti Kabupaten Sleman, Bimtek I dan Provinsi Daerah Istimewa Yogyakarta"
    )
    assert [(scope["name"], scope["events"]) for scope in letter["scopes"]] == [
        ("Kabupaten Sleman", 1), ("Bimtek I", 2), ("Provinsi Daerah Istimewa Yogyakarta", 1),
    ]  # fmt: skip


def test_who_chose_one_thing_is_not_told_why(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    assert event_of(public.letter(SLEMANS))["because"] == ""
    assert event_of(public.letter())["because"] == ""


def test_each_choice_has_its_own_days(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14", published_date="2023-11-14")
    public.news("2", "bimtek-1", BULELENG, "2023-11-14", published_date="2023-11-14")
    public.news("3", "masterplan", BULELENG, "2023-11-18", published_date="2023-11-19")
    db = public.sqlite()
    weekly, daily = find_scope(db, *SLEMANS), find_scope(db, "province", "51")
    assert weekly
    assert daily
    parts = [Part(weekly, MONDAY, SUNDAY), Part(daily, SUNDAY, SUNDAY)]
    assert sorted(lines(read_letter(db, parts, site_url=SITE))) == ["e1", "e3"]


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        (("regency", "34.04"), ["e1"]),
        (("province", "51"), ["e2", "e3"]),
        (("stage", "bimtek-1"), ["e1", "e2"]),
        (("official", "p1"), ["e2"]),
        (("official", "p0"), ["e2"]),
        (("outlet", "radar_nusa"), ["e3"]),
        (("all", ""), ["e1", "e2", "e3", "e4"]),
    ],
)
def test_a_choice_brings_its_own_events(public: Public, choice: tuple[str, str], ids: list[str]) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.news("2", "bimtek-1", BULELENG, "2023-11-14")
    public.event("e3", "masterplan", DENPASAR, "2023-11-15")
    told(public, "a3", "radar_nusa", "e3")
    public.news("4", "mou", NOWHERE, "2023-11-16")
    public.put("people", id="p1", name="Ratna Widuri", spellings=1, articles=1, outlets=1)
    public.put("merged_people", id="p0", person_id="p1")
    public.put(
        "event_people", event_id="e2", number=1, person_id="p1", name="Ratna Widuri", articles=1, is_quoted=0,
        article_id="a2", evidence_number=2,
    )  # fmt: skip
    assert sorted(lines(public.letter(choice))) == ids


def test_who_follows_an_outlet_is_told_what_it_reports_in_the_days(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-01")
    told(public, "a2", "radar_nusa", published_date="2023-11-02")
    assert lines(public.letter(("outlet", "radar_nusa"))) == []
    told(public, "a3", "radar_nusa", published_date="2023-11-16")
    letter = public.letter(("outlet", "radar_nusa"))
    assert lines(letter) == ["e1"]
    assert event_of(letter)["told_by"] == f"2{SPACE}media", "what others tell of it is told, too"


def test_a_search_that_is_followed_brings_what_the_site_finds(example, public: Public) -> None:
    # The index is that of the example; the events that it finds are put back.
    with public.db:
        public.db.execute("attach ? as example", [str(example)])
        (id,) = public.db.execute("select id from example.search where kind = 'event' limit 1").fetchone()
        stage, regency = public.db.execute(
            "select stage_code, regency_code from example.events where id = ?", [id]
        ).fetchone()
    public.event(id, stage, (regency, "Kabupaten Contoh", "Provinsi Contoh"), "2023-11-14")
    told(public, "a1", event=id)
    public.news("2", stage, DENPASAR, "2023-11-14")
    letter = public.letter(("search", f"tahap={stage}"))
    assert lines(letter) == [id]
    assert letter["choices"][0].startswith("Pencarian ")


@pytest.mark.parametrize(
    ("roles", "releases", "words"),
    [
        ({}, (), f"3{SPACE}media"),
        ({"a12": "copy"}, (), f"3{SPACE}media, 2{SPACE}liputan sendiri"),
        ({"a12": "edited", "a13": "copy"}, (), f"3{SPACE}media, 1{SPACE}liputan sendiri"),
        ({"a12": "copy"}, ("a11",), f"3{SPACE}media, 1{SPACE}liputan sendiri"),
        ({"a12": "copy", "a13": "edited"}, ("a11",), f"3{SPACE}media, dari siaran pers"),
        ({"a11": "copy", "a12": "copy", "a13": "copy"}, (), f"3{SPACE}media, tanpa liputan sendiri"),
    ],
)
def test_copies_and_press_releases_are_not_an_outlets_own(
    public: Public, roles: dict[str, str], releases: tuple[str, ...], words: str
) -> None:
    public.event("e1", "bimtek-2", SLEMAN, "2023-11-14")
    for id, source in (("a11", "warta_sleman"), ("a12", "kabar_praja"), ("a13", "radar_nusa")):
        told(public, id, source)
    story = "a00" if "a11" in roles else "a11"
    for id, role in roles.items():
        public.put("story_articles", article_id=id, story_id=story, role=role)
    for id in releases:
        public.put("story_articles", article_id=id, story_id=id, role="first")
        public.put(
            "stories", id=id, first_article_id=id, first_source="warta_sleman", articles=1, outlets=1, is_release=1
        )
    # What copies a release is of its story, and no more its own.
    assert event_of(public.letter())["told_by"] == words


def test_what_stands_on_a_government_portal_is_a_press_release(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.change("update sources set kind = 'government' where name = 'warta_sleman'")
    assert event_of(public.letter())["told_by"] == f"1{SPACE}media, dari siaran pers"


def test_what_took_a_regency_further_comes_first_then_main_news_the_newest_first(public: Public) -> None:
    public.news("0", "bimtek-1", SLEMAN, "2023-09-04", published_date="2023-09-05")
    public.news("1", "mou", SLEMAN, "2023-11-16")
    public.news("2", "bimtek-1", SLEMAN, "2023-11-17")
    public.news("3", "bimtek-2", SLEMAN, "2023-11-13")
    public.article("a4")
    public.event("e4", "seleksi", SLEMAN, "2023-11-18")
    public.report("a4", "e4", is_main=0)
    letter = public.letter()
    assert [move["id"] for move in letter["movements"]] == ["e3"]
    assert lines(letter) == ["e3", "e2", "e1", "e4"]


def test_a_movement_names_the_former_stage_with_its_day_and_its_proof(public: Public) -> None:
    public.news("0", "bimtek-1", SLEMAN, "2023-09-04", published_date="2023-09-05")
    public.news("1", "bimtek-2", SLEMAN, "2023-11-13")
    (move,) = public.letter()["movements"]
    assert (move["before"], move["before_when"]) == ("sebelumnya Bimtek I", "4 September 2023")
    assert move["before_url"] == f"{SITE}/artikel/a0#k-00000002"
    assert move["evidence_url"] == f"{SITE}/artikel/a1#k-00000002"


def test_in_a_daily_letter_a_stage_is_new_against_the_day_before(public: Public) -> None:
    public.news("1", "bimtek-2", SLEMAN, "2023-11-14", published_date="2023-11-14")
    told(public, "a2", published_date="2023-11-15")
    days = [date(2023, 11, 14), date(2023, 11, 15)]
    assert [len(public.letter(first=day, last=day)["movements"]) for day in days] == [1, 0]


def test_one_quotation_stands_beside_an_event_that_of_whom_the_reader_follows_first(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.put("people", id="p1", name="Ratna Widuri", spellings=1, articles=1, outlets=1)
    public.put(
        "event_people", event_id="e1", number=1, person_id="p1", name="Ratna Widuri", articles=1, is_quoted=1,
        article_id="a1", evidence_number=2,
    )  # fmt: skip
    public.put("quotes", article_id="a1", number=1, speaker_name="Budi Hartawan", text="Kami siap.", confidence=0.99)
    public.put("quotes", article_id="a1", number=2, speaker_name="Ratna Widuri", text="Warga dulu.", person_id="p1")
    public.put("officials", article_id="a1", number=1, name="Ratna Widuri", acting="Pj.", position="Bupati Sleman")
    assert event_of(public.letter())["quote"]["text"] == "Kami siap."
    quote = event_of(public.letter(("official", "p1")))["quote"]
    assert (quote["text"], quote["office"], quote["speaker_url"]) == ("Warga dulu.", "Pj. Bupati Sleman", None)


@pytest.mark.parametrize(
    ("start", "status", "is_doubted"),
    [
        ("2023-11-15", "held", True),
        ("2023-11-14", "held", False),
        ("2023-12", "held", True),
        ("2023-11", "held", False),
        ("2023", "held", False),
        (None, "held", False),
        ("2023-11-25", "announced", False),
    ],
)
def test_a_day_that_lies_after_the_news_of_what_was_held_is_doubted(
    public: Public, start: str | None, status: str, is_doubted: bool
) -> None:
    public.news("1", "bimtek-1", SLEMAN, start, published_date="2023-11-14", status=status)
    letter = public.letter()
    (told,) = [event_of(letter)] if status == "held" else letter["announced"]
    assert ("mungkin keliru" in told["when"]) == is_doubted


def test_who_says_another_day_is_named_with_the_sentence(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.article("a2", "radar_nusa")
    for number, value, is_best, article in ((1, "2023-11-14", 1, "a1"), (2, "2023-11-15/2023-11-16", 0, "a2")):
        public.put(
            "event_conflicts", event_id="e1", number=number, field="start_date", value=value, articles=1, outlets=1,
            is_best=is_best, article_id=article, evidence_number=7,
        )  # fmt: skip
    assert event_of(public.letter())["differs"] == [
        {"words": f"1{SPACE}media menyebut 15–16 November 2023", "url": f"{SITE}/artikel/a2#k-00000007"}
    ]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (None, "(tanpa judul)"),
        ("", "(tanpa judul)"),
        ("Bimtek\r\nBcc: semua@contoh.id", "Bimtek Bcc: semua@contoh.id"),
        ("Bimtek \u202edi Sleman\u202c \ue000berhenti\ue001\x00", "Bimtek di Sleman berhenti"),
        ("Bimtek\u2028di\u2029Sleman", "Bimtek di Sleman"),
        ("A" * 10_000, "A" * 49 + "…"),
        ("Kota " * 2_000, "Kota " * 27 + "…"),
        ("دورة تدريبية", "دورة تدريبية"),
    ],
)
def test_a_title_is_one_short_line_that_steers_nothing(public: Public, title: str | None, words: str) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.article("a2", title=title)
    public.change("update articles set title = ?", title)
    letter = public.letter()
    assert event_of(letter)["title"] == letter["others"][0]["title"] == words


@pytest.mark.parametrize(
    ("length", "day", "ids"),
    [(7, "2023-10-22", []), (7, "2023-10-23", ["e1"]), (7, "2023-11-19", ["e1"]), (1, "2023-11-18", []),
     (1, "2023-11-19", ["e1"])],
)  # fmt: skip
def test_what_was_announced_and_had_no_news_since_is_told_for_some_weeks_or_in_a_daily_letter_once(
    public: Public, length: int, day: str, ids: list[str]
) -> None:
    public.news("1", "bimtek-1", SLEMAN, day, published_date="2023-10-02", status="announced")
    letter = public.letter(first=SUNDAY - timedelta(days=length - 1))
    assert lines(letter, "passed") == ids
    assert letter["counts"]["news"] == 0, "that nothing is known is no news"


@pytest.mark.parametrize(("start", "ids"), [("2023-10", ["e1"]), ("2023-11", []), ("2022", [])])
def test_a_month_or_year_has_passed_when_it_is_over(public: Public, start: str, ids: list[str]) -> None:
    public.news("1", "bimtek-1", SLEMAN, start, published_date="2023-10-02", status="announced")
    assert lines(public.letter(), "passed") == ids


def test_what_is_to_come_comes_back_in_each_letter_and_is_no_news(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-12-05", published_date="2023-10-02", status="announced")
    public.news("2", "bimtek-1", DENPASAR, "2023-12-04", published_date="2023-10-02", status="announced")
    public.news("3", "bimtek-1", BULELENG, "2023-12-06", published_date="2023-11-21", status="announced")
    assert lines(public.letter(), "announced") == ["e2", "e1"], "what is told later is not known yet"
    assert lines(public.letter(SLEMANS), "announced") == ["e1"]
    assert public.letter()["counts"]["news"] == 0


def test_an_empty_letter_says_what_was_last_heard_before_the_days(public: Public) -> None:
    for id, day in (("1", "2023-09-05"), ("2", "2023-10-05"), ("3", "2023-11-25")):
        public.news(id, "bimtek-1", SLEMAN, day, published_date=day, first_published_date=day)
    public.news("4", "bimtek-1", DENPASAR, "2023-11-08", published_date="2023-11-08", first_published_date="2023-11-08")
    letter = public.letter(SLEMANS)
    assert letter["counts"]["news"] == 0
    assert letter["last_heard"]["id"] == "e2"
    assert letter["last_heard"]["published"] == "terbit 5 Oktober 2023"
    assert public.letter(("regency", "64.01"))["last_heard"] is None


def test_a_letter_of_queries_alone_tells_nothing_of_events(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    letter = read_letter(public.sqlite(), [Part(NO_EVENTS, MONDAY, SUNDAY)], site_url=SITE)
    assert not letter["has_scopes"]
    assert not any(letter["counts"].values())


@pytest.mark.parametrize(
    ("parts", "zone", "problem"),
    [
        (lambda scope: [], "WIB", "without a part"),
        (lambda scope: [Part(scope, SUNDAY, MONDAY)], "WIB", "lies before the first"),
        (lambda scope: [Part(scope, MONDAY, SUNDAY)], "UTC", "not a zone"),
    ],
)
def test_a_letter_without_days_or_in_another_zone_is_refused(public: Public, parts, zone: str, problem: str) -> None:
    db = public.sqlite()
    with pytest.raises(ValueError, match=problem):
        read_letter(db, parts(find_scope(db, "all")), zone=zone, site_url=SITE)


def test_fifty_choices_ask_the_database_no_more_often_than_one(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    db = public.sqlite()
    codes = [code for (code,) in db.execute("select code from regencies order by code limit 49")]
    scopes = [find_scope(db, "regency", code) for code in ("34.04", *codes)]
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    counts = []
    for chosen in (scopes[:1], scopes):
        asked.clear()
        letter = read_letter(db, [Part(scope, MONDAY, SUNDAY) for scope in chosen if scope], site_url=SITE)
        assert lines(letter) == ["e1"]
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_days_of_a_zone_are_instants(public: Public) -> None:
    from publish.letters.parts import ZONES

    days = Span(date(2026, 11, 16), date(2026, 11, 22), ZONES["WITA"]).parameters
    assert days == {
        "first": "2026-11-16", "last": "2026-11-22", "begins": "2026-11-15T16:00:00+00:00",
        "ends": "2026-11-22T16:00:00+00:00", "offset": "+8 hours",
    }  # fmt: skip
