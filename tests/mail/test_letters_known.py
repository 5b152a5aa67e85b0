"""What a letter tells of what was found late, and of what earlier letters said otherwise."""

from __future__ import annotations

import pytest
from newsroom import BULELENG, SITE, SLEMAN, Public, lines

FORMER = "2023-11-13T00:00:00+00:00"
"""Until when the former letter knew: Monday 07.00 WIB."""
BEFORE, SINCE = "2023-11-06T02:00:00+00:00", "2023-11-15T02:00:00+00:00"


def version(public: Public, event: str, known_from: str, known_to: str | None = None, **said: object) -> None:
    """What was said of an event from one instant to another; what is not given, as it is told now."""
    now = public.db.execute(
        "select stage_code, regency_code, start_date, end_date, status from events where id = ?", [event]
    ).fetchone()
    columns = ("stage_code", "regency_code", "start_date", "end_date", "status")
    told = dict(zip(columns, now or ("bimtek-1", "34.04", None, None, "held"), strict=True)) | said
    (number,) = public.db.execute("select count(*) + 1 from event_versions where event_id = ?", [event]).fetchone()
    public.put("event_versions", event_id=event, number=number, known_from=known_from, known_to=known_to, **told)


def news(public: Public, id: str, published: str | None, start: str | None = "2023-10-30", **values: object) -> None:
    dates = {"first_published_date": published, "last_published_date": published, "evidence_article_id": f"a{id}"}
    region = values.pop("region", SLEMAN)
    public.news(id, "bimtek-1", region, start, published_date=published, **dates, **values)  # type: ignore[arg-type]
    public.change("update articles set fetched_at = ? where id = ?", BEFORE, f"a{id}")


@pytest.mark.parametrize(
    ("published", "known_from", "ids"),
    [
        ("2023-11-01", SINCE, ["e1"]),
        ("2023-11-12", SINCE, ["e1"]),
        (None, SINCE, ["e1"]),
        ("2023-11-01", BEFORE, []),
        ("2023-11-01", FORMER, []),
        ("2023-11-14", SINCE, []),
        ("2023-11-20", SINCE, []),
    ],
    ids=["found late", "found on Monday", "without a date", "known", "known just then", "of the days", "to come"],
)
def test_what_was_found_after_the_former_letter_is_told_in_the_next(
    public: Public, published: str | None, known_from: str, ids: list[str]
) -> None:
    news(public, "1", published)
    version(public, "e1", known_from)
    letter = public.letter(known_since=FORMER)
    assert lines(letter, "late") == ids
    assert letter["counts"]["late"] == len(ids)
    assert lines(public.letter(), "late") == [], "who had no letter misses none"


def test_what_was_found_late_is_told_by_choice_the_newest_first(public: Public) -> None:
    for id, published, region in (
        ("1", "2023-09-05", SLEMAN),
        ("2", "2023-11-01", SLEMAN),
        ("3", "2023-11-02", BULELENG),
    ):
        news(public, id, published, region=region)
        version(public, f"e{id}", SINCE)
    assert lines(public.letter(known_since=FORMER), "late") == ["e3", "e2", "e1"]
    letter = public.letter(("regency", "34.04"), known_since=FORMER)
    assert lines(letter, "late") == ["e2", "e1"]
    assert [event["published"] for event in letter["late"]] == ["terbit 1 November 2023", "terbit 5 September 2023"]
    assert letter["counts"]["news"] == 2


def test_an_event_that_was_known_under_another_id_was_not_found_late(public: Public) -> None:
    news(public, "1", "2023-11-01")
    version(public, "e0", BEFORE, SINCE)
    version(public, "e1", SINCE)
    public.put("merged_events", id="e0", event_id="e1")
    letter = public.letter(known_since=FORMER)
    assert lines(letter, "late") == []


def test_an_event_that_was_withdrawn_when_the_former_letter_was_made_is_told_when_it_is_back(public: Public) -> None:
    news(public, "1", "2023-11-01")
    version(public, "e1", "2023-11-02T02:00:00+00:00", BEFORE)
    assert lines(public.letter(known_since=FORMER), "late") == []
    version(public, "e1", SINCE)
    assert lines(public.letter(known_since=FORMER), "late") == ["e1"]


def test_what_is_still_to_come_is_told_among_that_and_counts_as_news_when_it_was_found_late(public: Public) -> None:
    news(public, "1", "2023-11-01", "2023-12-04", status="announced")
    version(public, "e1", SINCE)
    letter = public.letter(known_since=FORMER)
    assert (lines(letter, "late"), lines(letter, "announced")) == ([], ["e1"])
    assert letter["counts"]["news"] == 1


def test_of_very_many_found_late_the_newest_are_told_and_all_are_counted(public: Public) -> None:
    with public.db:
        for n in range(70):
            news(public, str(n), f"2023-{1 + n % 9:02}-15")
            version(public, f"e{n}", SINCE)
    letter = public.letter(known_since=FORMER)
    assert (len(letter["late"]), letter["counts"]["late"]) == (60, 70)
    assert letter["late"][0]["published"] == "terbit 15 September 2023"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"start_date": "2023-11-01"}, "Dulu kami tulis 1 November 2023; sekarang 30 Oktober 2023."),
        ({"start_date": "2023-10"}, "Dulu kami tulis Oktober 2023; kini diketahui lebih tepat, 30 Oktober 2023."),
        ({"start_date": None}, "Dulu kami tulis tanggal tidak disebut; kini diketahui lebih tepat, 30 Oktober 2023."),
        ({"end_date": "2023-10-31"}, "Dulu kami tulis 30–31 Oktober 2023; sekarang 30 Oktober 2023."),
        ({"stage_code": "mou"}, "Dulu kami sebut Nota kesepahaman; sekarang Bimtek I."),
        ({"regency_code": "51.08"}, "Dulu kami tulis di Kabupaten Buleleng; sekarang Kabupaten Sleman."),
        ({"regency_code": None}, "Dulu kami tulis di daerah tidak disebut; sekarang Kabupaten Sleman."),
        ({"status": "announced"}, "Dulu kami tulis baru diumumkan; sekarang sudah berlangsung."),
    ],
)
def test_what_is_said_otherwise_since_the_former_letter_is_corrected(
    public: Public, said: dict[str, object], sentence: str
) -> None:
    news(public, "1", "2023-11-01")
    version(public, "e1", BEFORE, SINCE, **said)
    version(public, "e1", SINCE)
    (correction,) = public.letter(known_since=FORMER)["corrections"]
    assert correction["changes"] == [sentence]
    assert correction["event_url"] == f"{SITE}/peristiwa/e1"
    assert correction["evidence_url"] == f"{SITE}/artikel/a1#k-00000002"
    assert (correction["kind"], correction["why"]) == ("changed", None), "what nothing explains is not explained"
    assert public.letter()["corrections"] == []


@pytest.mark.parametrize(
    ("known_from", "known_to", "said"),
    [
        (BEFORE, None, {}),
        (BEFORE, FORMER, {"start_date": "2023-11-01"}),
        (SINCE, "2023-11-15T03:00:00+00:00", {"start_date": "2023-11-01"}),
        (BEFORE, SINCE, {"venue": "Hotel Melati"}),
        (BEFORE, SINCE, {"end_date": "2023-10-30"}),
    ],
    ids=["unchanged", "changed before", "never told", "another hall", "one day either way"],
)
def test_what_the_reader_was_told_rightly_is_not_corrected(
    public: Public, known_from: str, known_to: str | None, said: dict[str, object]
) -> None:
    news(public, "1", "2023-11-01")
    version(public, "e1", known_from, known_to, **said)
    assert public.letter(known_since=FORMER)["corrections"] == []


def test_what_was_withdrawn_is_said_and_leads_to_its_history(public: Public) -> None:
    version(public, "e9", BEFORE, SINCE, start_date="2023-10-30")
    (correction,) = public.letter(("regency", "34.04"), known_since=FORMER)["corrections"]
    assert (correction["kind"], correction["what"]) == ("withdrawn", "Bimtek I · Kabupaten Sleman")
    assert "Kami tarik: yang kami tulis untuk 30 Oktober 2023" in correction["changes"][0]
    assert (correction["event_url"], correction["now_url"]) == (f"{SITE}/peristiwa/e9", None)
    assert public.letter(("regency", "51.08"), known_since=FORMER)["corrections"] == []


def test_an_event_that_moved_is_corrected_for_those_who_follow_either_place(public: Public) -> None:
    news(public, "1", "2023-11-01", region=BULELENG)
    version(public, "e1", BEFORE, SINCE, regency_code="34.04")
    for code, number in (("34.04", 1), ("51.08", 1), ("64.01", 0)):
        assert public.letter(("regency", code), known_since=FORMER)["counts"]["corrections"] == number


def test_an_event_that_became_part_of_another_is_corrected_only_where_it_says_something_else(public: Public) -> None:
    news(public, "1", "2023-11-01")
    version(public, "e7", BEFORE, SINCE, start_date="2023-10-30")
    version(public, "e8", BEFORE, SINCE, start_date="2023-10-29")
    for id in ("e7", "e8"):
        public.put("merged_events", id=id, event_id="e1")
    (correction,) = public.letter(known_since=FORMER)["corrections"]
    assert correction["is_merged"]
    assert (correction["event_url"], correction["now_url"]) == (f"{SITE}/peristiwa/e8", f"{SITE}/peristiwa/e1")


def test_progress_that_the_letter_tells_anyway_is_no_correction(public: Public) -> None:
    news(public, "1", "2023-11-14")
    news(public, "2", "2023-11-14")
    version(public, "e1", BEFORE, SINCE, status="announced", start_date="2023-10")
    version(public, "e2", BEFORE, SINCE, status="announced", start_date="2023-10-29")
    letter = public.letter(known_since=FORMER)
    assert sorted(lines(letter)) == ["e1", "e2"]
    assert [c["event_url"] for c in letter["corrections"]] == [f"{SITE}/peristiwa/e2"]


def test_what_letters_told_half_a_year_ago_is_left_to_the_site(public: Public) -> None:
    news(public, "1", "2023-05-01")
    version(public, "e1", BEFORE, SINCE, start_date="2023-10-29")
    version(public, "e9", BEFORE, SINCE, start_date="2022-10-29")
    assert public.letter(known_since=FORMER)["corrections"] == []


def test_what_was_wrong_comes_before_what_is_only_more_exact(public: Public) -> None:
    news(public, "1", "2023-11-01")
    news(public, "2", "2023-11-01")
    version(public, "e1", BEFORE, "2023-11-16T02:00:00+00:00", start_date="2023-10")
    version(public, "e2", BEFORE, SINCE, start_date="2023-10-29")
    version(public, "e9", BEFORE, SINCE, start_date="2023-10-29")
    urls = [correction["event_url"] for correction in public.letter(known_since=FORMER)["corrections"]]
    assert urls == [f"{SITE}/peristiwa/{id}" for id in ("e9", "e2", "e1")]


def test_a_report_that_is_new_explains_a_correction(public: Public) -> None:
    news(public, "1", "2023-11-01", "2023-10-31")
    public.article("a2", "radar_nusa", published_date="2023-11-10", fetched_at=SINCE)
    public.report("a2", "e1")
    version(public, "e1", BEFORE, SINCE, start_date="2023-10-30")
    (correction,) = public.letter(known_since=FORMER)["corrections"]
    assert correction["why"] == "Sebabnya berita yang baru kami baca: Radar Nusa, 10 November 2023."
    assert correction["evidence_url"] == f"{SITE}/artikel/a2#k-00000002"
    assert correction["article_url"] == "https://radar_nusa.contoh.id/berita/a2"
    assert correction["changes"][-1] == correction["why"]


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_persons_decision_explains_a_correction(public: Public, is_withdrawn: bool) -> None:
    news(public, "1", "2023-11-01", "2023-10-31")
    version(public, "e9" if is_withdrawn else "e1", BEFORE, SINCE, start_date="2023-10-30")
    original = '{"stage_code": "bimtek-1", "regency_code": "34.04", "start_date": "2023-10-30"}'
    decision = {
        "article_id": "a1", "kind": "event", "original": original, "is_former": 0, "model": "m1", "decided_by": "RW",
        "state": "applied",
    }  # fmt: skip
    late = {"decided_at": SINCE, "decision": "reject" if is_withdrawn else "correct"}
    public.put("corrections", id=1, **decision | late | {"decided_at": BEFORE}, reason="keputusan lama")
    public.put("corrections", id=2, **decision | late, reason="itu rapat\npersiapan")
    public.put("corrections", id=3, **decision | late, reason="dibatalkan", undone_at=SINCE)
    public.put("corrections", id=4, **decision | late | {"decision": "accept"}, reason="benar")
    (correction,) = public.letter(known_since=FORMER)["corrections"]
    assert correction["why"] == "Sebabnya diperiksa orang: itu rapat persiapan"
    assert correction["decision_url"] == f"{SITE}/public/corrections?id=2"
