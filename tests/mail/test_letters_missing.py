"""What a letter says it may have missed: who was not read, who fell silent, of whom there is no news."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from newsroom import MONDAY, SITE, SLEMAN, SUNDAY, Public

SLEMANS, YOGYAKARTA = ("regency", "34.04"), ("province", "34")


@pytest.fixture
def sources(public: Public) -> Public:
    """A source for each way of being about Sleman, and one about another province; none of them can be read."""
    for name in ("bali", "nasional", "penulis", "provinsi", "sleman", "tetangga"):
        public.put("sources", name=name, outlet_name=name.title(), home_url=None)
    for name, province in (("bali", "51"), ("penulis", "51"), ("provinsi", "34")):
        public.put("source_provinces", source=name, province_code=province)
    public.put("source_regencies", source="sleman", regency_code="34.04")
    public.put("source_regencies", source="tetangga", regency_code="34.02")
    public.put("source_subjects", source="penulis", regency_code="34.04", articles=3, last_published_date="2023-10-01")
    public.put("source_subjects", source="bali", regency_code="34.04", articles=1, last_published_date="2022-01-01")
    public.change("delete from sources where name in ('warta_sleman', 'kabar_praja', 'radar_nusa')")
    public.change("update sources set verdict = 'blocked', since_date = '2023-09-01', reason_id = 'menolak kami'")
    return public


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (SLEMANS, ["Sleman", "Provinsi", "Penulis", "Nasional"]),
        (YOGYAKARTA, ["Sleman", "Tetangga", "Provinsi", "Penulis", "Nasional"]),
        (("outlet", "bali"), ["Bali"]),
        (("stage", "mou"), ["Bali", "Nasional", "Penulis", "Provinsi", "Sleman", "Tetangga"]),
        (("all", ""), ["Bali", "Nasional", "Penulis", "Provinsi", "Sleman", "Tetangga"]),
    ],
)
def test_sources_that_cannot_be_read_are_told_to_whom_they_matter_the_nearest_first(
    sources: Public, choice: tuple[str, str], names: list[str]
) -> None:
    letter = sources.letter(choice)
    assert [source["outlet_name"] for source in letter["unread"]] == names
    assert {source["is_new"] for source in letter["unread"]} == {False}


def test_the_sources_of_several_choices_are_told_together(sources: Public) -> None:
    letter = sources.letter(SLEMANS, ("outlet", "bali"))
    assert [source["outlet_name"] for source in letter["unread"]] == [
        "Bali",
        "Sleman",
        "Provinsi",
        "Penulis",
        "Nasional",
    ]


def test_a_source_that_broke_in_the_days_comes_first(sources: Public) -> None:
    sources.change("update sources set since_date = '2023-11-16' where name = 'nasional'")
    first, *others = sources.letter(SLEMANS)["unread"]
    assert (first["outlet_name"], first["is_new"], first["is_national"]) == ("Nasional", True, True)
    assert first["since"] == "sejak 16 November 2023"
    assert not any(source["is_new"] for source in others)


def test_pages_that_were_not_read_are_told_to_whom_their_source_matters(sources: Public) -> None:
    for name in ("bali", "sleman"):
        sources.put("urls", url=f"https://{name}.contoh.id/1", source=name, fate="error")
        sources.put("urls", url=f"https://{name}.contoh.id/2", source=name, fate=None, fate_at=None)
        sources.put("urls", url=f"https://{name}.contoh.id/3", source=name, fate="kept")
        sources.put(
            "urls", url=f"https://{name}.contoh.id/4", source=name, fate="error", fate_at="2023-11-19T17:00:00+00:00"
        )
    assert [(page["outlet_name"], page["fates"]) for page in sources.letter(SLEMANS)["pages"]] == [
        ("Sleman", "1 gagal diambil, 1 belum diambil")
    ]
    assert len(sources.letter()["pages"]) == 2


def silent(letter: dict) -> list[str]:
    return [source["outlet_name"] for source in letter["silent"]]


def test_who_told_most_lately_and_nothing_now_is_missed_first(public: Public) -> None:
    for id, source, day in (
        ("1", "kabar_praja", "2023-10-30"), ("2", "radar_nusa", "2023-09-01"), ("3", "radar_nusa", "2023-09-02"),
        ("4", "warta_sleman", "2023-10-30"), ("5", "warta_sleman", "2023-11-14"),
    ):  # fmt: skip
        public.article(f"a{id}", source, published_date=day)
    letter = public.letter()
    assert silent(letter) == ["Radar Nusa", "Kabar Praja"]
    assert letter["silent"][0]["articles"] == 2
    assert letter["silent"][0]["seen"] == "terakhir 2 September 2023"


def test_who_was_silent_for_a_quarter_is_no_longer_missed(public: Public) -> None:
    public.article("a1", "radar_nusa", published_date="2023-08-20")
    assert silent(public.letter()) == []
    public.article("a2", "radar_nusa", published_date="2023-08-21")
    assert silent(public.letter()) == ["Radar Nusa"]


def test_who_follows_a_place_misses_the_sources_of_that_place_alone(sources: Public) -> None:
    for name in ("bali", "nasional", "penulis", "provinsi", "sleman"):
        sources.put("articles", id=f"a-{name}", url="-", source=name, outlet_name=name.title())
    sources.change("update articles set published_date = '2023-10-30'")
    assert silent(sources.letter(SLEMANS)) == ["Penulis", "Provinsi", "Sleman"]
    assert len(silent(sources.letter())) == 5


@pytest.mark.parametrize(("day", "names"), [("2023-11-18", []), ("2023-11-19", ["Kabar Praja"])])
def test_a_daily_letter_tells_of_silence_on_sundays_and_of_a_week_of_it(
    public: Public, day: str, names: list[str]
) -> None:
    public.article("a1", "kabar_praja", published_date="2023-11-10")
    public.article("a2", "radar_nusa", published_date="2023-11-14")
    day_told = date.fromisoformat(day)
    assert silent(public.letter(first=day_told, last=day_told)) == names


@pytest.fixture
def programme(public: Public) -> Public:
    """Regencies of the programme: three of Yogyakarta and one of Bali, each heard of at another time."""
    for code, year, last, articles, watched_by in (
        ("34.04", 2017, "2023-08-26", 4, "own"),
        ("34.02", 2018, "2023-06-01", 2, "unread"),
        ("34.01", 2022, None, 0, "nation"),
        ("51.08", 2021, "2023-07-01", 1, "province"),
        ("51.71", 2017, "2023-08-27", 9, "own"),
        ("64.01", 2024, None, 0, "none"),
    ):
        public.change("update regencies set cohort_year = ? where code = ?", year, code)
        public.change(
            "update regency_coverage set last_published_date = ?, articles = ?, watched_by = ? where regency_code = ?",
            last, articles, watched_by, code,
        )  # fmt: skip
    return public


def unheard(letter: dict) -> list[tuple[str, str]]:
    return [(row["region"], row["why"]) for row in letter["unheard"]]


def test_regencies_of_the_programme_without_news_are_told_the_longest_silent_first(programme: Public) -> None:
    letter = programme.letter()
    assert letter["unheard_weeks"] == 12
    assert unheard(letter) == [
        ("Kabupaten Bantul", "sumbernya tidak terbaca"),
        ("Kabupaten Buleleng", "sepi; sumber provinsinya kami baca"),
        ("Kabupaten Sleman", "sepi; sumber daerahnya kami baca"),
    ], "twelve weeks end on 27 August"
    assert [row["is_watched"] for row in letter["unheard"]] == [False, True, True]
    assert letter["unheard"][0]["heard"] == "terakhir 1 Juni 2023"
    assert letter["unheard"][0]["region_url"] == f"{SITE}/daerah/34.02"


def test_regencies_never_in_the_news_stand_apart(programme: Public) -> None:
    (row,) = programme.letter()["never_heard"]
    assert (row["region"], row["heard"]) == ("Kabupaten Kulon Progo", "belum pernah ada beritanya")
    assert row["why"] == "hanya sumber nasional yang kami baca"
    chosen = programme.letter(("regency", "34.01"))
    assert chosen["never_heard"] == []
    assert chosen["unheard"][0]["region"] == "Kabupaten Kulon Progo", "who chose it is told first of it"


@pytest.mark.parametrize(
    ("choice", "unheard", "never"),
    [
        (SLEMANS, ["Kabupaten Sleman", "Kabupaten Bantul"], 1),
        (YOGYAKARTA, ["Kabupaten Bantul", "Kabupaten Sleman"], 1),
        (("regency", "51.71"), ["Kabupaten Buleleng"], 0),
        (("regency", "64.01"), [], 0),
        (("stage", "mou"), [], 0),
        (("outlet", "kabar_praja"), [], 0),
    ],
)
def test_of_a_place_its_own_silence_and_that_of_its_province_is_told(
    programme: Public, choice: tuple[str, str], unheard: list[str], never: int
) -> None:
    letter = programme.letter(choice)
    assert [row["region"] for row in letter["unheard"]] == unheard
    assert letter["counts"]["never_heard"] == never


def test_a_regency_of_which_only_articles_without_a_date_tell_was_heard_of(programme: Public) -> None:
    programme.change("update regency_coverage set articles = 2 where regency_code = '34.01'")
    (row,) = [row for row in programme.letter()["unheard"] if row["region"] == "Kabupaten Kulon Progo"]
    assert (row["heard"], row["is_never"]) == ("hanya ada berita tanpa tanggal", False)


@pytest.mark.parametrize(
    ("read_at", "week", "looked"),
    [
        (None, None, (0, 0)),
        ("2023-11-12T16:00:00+00:00", None, (0, 0)),
        ("2023-11-15T03:00:00+00:00", None, (1, 1)),
        ("2023-11-19T22:00:00+00:00", None, (1, 1)),
        ("2023-11-23T03:00:00+00:00", None, (0, 0)),
        ("2024-05-01T03:00:00+00:00", (7, 6), (1, 1)),
        (None, (7, 0), (0, 1)),
    ],
    ids=["never", "before", "in the days", "on Monday morning", "long after", "then, and since", "in vain"],
)
def test_a_letter_says_how_many_of_its_sources_were_read(
    sources: Public, read_at: str | None, week: tuple[int, int] | None, looked: tuple[int, int]
) -> None:
    sources.change("update sources set read_at = ?, visited_at = ? where name = 'sleman'", read_at, read_at)
    if week:
        runs = {"runs": week[0], "answered_runs": week[1]}
        sources.put("source_weeks", source="sleman", monday=MONDAY.isoformat(), new=0, kept=0, requests=9, **runs)
    sources.put("urls", url="https://sleman.contoh.id/1", source="sleman", fate="off-topic")
    sources.put("urls", url="https://bali.contoh.id/1", source="bali", fate="off-topic")
    told = sources.letter(SLEMANS)["looked"]
    assert (told["sources"], told["visited"]) == looked
    assert (told["watched"], told["pages"]) == (4, 1)


def test_reports_that_are_not_sure_are_told_by_choice(public: Public) -> None:
    for id, code in (("1", "34.04"), ("2", "51.08")):
        public.article(f"a{id}", published_date="2023-11-15")
        unsure = {"event_id": None, "stage_code": "mou", "regency_code": code, "start_date": None, "confidence": 0.3}
        public.put("stage_reports", article_id=f"a{id}", number=1, **unsure)
    assert [report["region"] for report in public.letter(SLEMANS)["unsure_reports"]] == ["Kabupaten Sleman"]
    assert len(public.letter(("stage", "mou"))["unsure_reports"]) == 2
    assert len(public.letter(("outlet", "warta_sleman"))["unsure_reports"]) == 2
    assert public.letter(("outlet", "radar_nusa"))["unsure_reports"] == []
    before = SUNDAY - timedelta(days=9)
    assert public.letter(first=before, last=before)["unsure_reports"] == []


def test_articles_without_a_stage_or_a_date_are_told_to_who_follows_their_region(public: Public) -> None:
    for id, published in (("1", "2023-11-14"), ("2", None), ("3", "2023-11-14")):
        public.article(f"a{id}", published_date=published)
        public.put(
            "article_regencies", article_id=f"a{id}", regency_code=SLEMAN[0], regency_name=SLEMAN[1],
            role="mention" if id == "3" else "subject", confidence=0.9,
        )  # fmt: skip
    letter = public.letter(SLEMANS)
    assert [article["id"] for article in letter["others"]] == ["a1"]
    assert [article["id"] for article in letter["undated_articles"]] == ["a2"]
    assert len(public.letter()["others"]) == 2
    assert public.letter(("stage", "mou"))["others"] == []
