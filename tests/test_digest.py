"""The weekly letter, as a reader meets it: in HTML, in plain text, and as a message."""

from __future__ import annotations

import email
import email.policy
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from newsroom import BULELENG, DENPASAR, MONDAY, NOWHERE, SITE, SLEMAN, Public

from publish.dates_id import date_in_words, week_in_words
from publish.digest import MAX_HTML_BYTES, build_digest, build_message, latest_week, write_outbox


@pytest.fixture
def full_week(public: Public) -> Public:
    """A week with something in every part of the letter."""
    public.news("0", "bimtek-1", SLEMAN, "2023-09-04", published_date="2023-09-05")
    public.event("e1", "bimtek-2", SLEMAN, "2023-11-14", end_date="2023-11-15", venue="Hotel Melati", mode="luring")
    for id, source in (("a11", "warta_sleman"), ("a12", "kabar_praja"), ("a13", "radar_nusa")):
        public.article(id, source)
        public.report(id, "e1")
    public.report("a11", "e0", number=2, is_main=0, evidence_number=5)
    public.put(
        "quotes", article_id="a11", number=1, speaker_name="Ratna Widuri", text="“Warga harus lebih cepat dilayani,”"
    )
    public.put(
        "officials", article_id="a11", number=1, name="Ratna Widuri", acting="Plt.", position="Kepala Dinas Kominfo"
    )
    public.news("2", "evaluasi-2", DENPASAR, "2023-11")
    public.news("3", "masterplan", BULELENG, None)
    public.news("4", "mou", NOWHERE, "2023-11-16")
    public.news("5", "bimtek-3", SLEMAN, "2023-12-05", end_date="2023-12-06", status="announced")
    public.article("a6", "kabar_praja")
    unsure = {"event_id": None, "stage_code": "implementasi", "regency_code": "51.71", "start_date": "2023-11-10"}
    public.put("stage_reports", article_id="a6", number=1, **unsure | {"confidence": 0.3})
    public.article("a7", title="Lomba aplikasi warga")
    public.article("a8", title="Kampus dan inovasi kota", is_relevant=None)
    public.article("a9", title="Forum kota cerdas disiapkan", published_date=None)
    public.put("urls", url="https://x.contoh.id/1", source="radar_nusa", fate="not-understood")
    public.put("urls", url="https://x.contoh.id/2", source="radar_nusa", fate=None, fate_at=None)
    return public


class LetterReader(HTMLParser):
    """What a mail program shows of the HTML, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.shown: list[str] = []
        self.feed(html)
        self.text = " ".join("".join(self.shown).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.shown += [f" {value} " for name, value in attrs if tag == "img" and name == "alt" and value]
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data: str) -> None:
        if self.lasttag not in ("style", "title"):
            self.shown.append(data)


def links_in_text(text: str) -> set[str]:
    return set(re.findall(r"https?://[^\s,]+", text))


def test_an_event_told_by_three_outlets_is_one_line(full_week: Public) -> None:
    digest = full_week.digest()
    text = LetterReader(digest.html).text
    assert text.count("Bimtek II · Kabupaten Sleman") == 1
    assert digest.text.count("* Bimtek II · Kabupaten Sleman") == 1
    assert "14–15 November 2023 · Hotel Melati · luring · 3\N{NO-BREAK SPACE}media" in digest.text
    assert "Juga di: Kabar Praja https://kabar_praja.contoh.id/berita/a12, Radar Nusa" in digest.text


def test_an_event_says_how_many_outlets_wrote_for_themselves(full_week: Public) -> None:
    full_week.put("story_articles", article_id="a11", story_id="a11", role="first")
    full_week.put("story_articles", article_id="a12", story_id="a11", role="copy", verbatim_share=0.97)
    space = "\N{NO-BREAK SPACE}"
    assert f"luring · 3{space}media, 2{space}liputan sendiri · terbit " in full_week.digest().text
    assert "3 outlets, 2 reports of their own" in LetterReader(full_week.digest(lang="en").html).text


def test_the_counts_are_those_of_the_week(full_week: Public) -> None:
    digest = full_week.digest()
    assert digest.week == "2023-W46"
    assert digest.counts == {
        "events": 5, "main_events": 4, "regions": 3, "articles": 9, "outlets": 3, "movements": 3, "announced": 1,
        "others": 1, "pages": 1, "unread": 0, "silent": 0, "unsure_reports": 1, "unsure_articles": 1,
        "undated_articles": 1, "undated_events": 1, "passed": 0, "late": 0, "corrections": 0, "unheard": 0,
        "never_heard": 0, "new_rows": 0, "news": 7,
    }  # fmt: skip
    assert "\n4 peristiwa di 3 kabupaten/kota, 3 tahap baru\n" in digest.text
    assert (
        "Dari 9 berita di 3\N{NO-BREAK SPACE}media. Selain itu: "
        "1 kegiatan diumumkan, 1 kegiatan lama disebut sebagai latar." in digest.text
    )
    assert digest.subject == "Pantau Kota Cerdas 13-19 November 2023: 4 peristiwa"


def test_events_stand_under_their_province_main_ones_first(full_week: Public) -> None:
    text = LetterReader(full_week.digest().html).text
    order = [
        "Peristiwa pekan ini",
        "Bali",
        "Evaluasi tahap II · Kota Denpasar",
        "Masterplan · Kabupaten Buleleng",
        "Daerah Istimewa Yogyakarta",
        "Bimtek II · Kabupaten Sleman",
        "Bimtek I · Kabupaten Sleman",
        "disebut sebagai latar",
        "Daerah tidak disebut",
        "Nota kesepahaman · daerah tidak disebut",
        "Baru diumumkan",
        "Bimtek III · Kabupaten Sleman",
        "Berita lain",
        "Lomba aplikasi warga",
        "Yang mungkin terlewat",
    ]
    places = [text.index(words, text.index(order[0])) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_html_and_plain_text_say_the_same(full_week: Public, lang: str) -> None:
    digest = full_week.digest(lang=lang)
    shown = LetterReader(digest.html)
    assert set(shown.links) == links_in_text(digest.text)
    for event in ("e0", "e1", "e2", "e3", "e4", "e5"):
        assert f"{SITE}/peristiwa/{event}" in shown.links
    for line in digest.text.splitlines():
        words = re.sub(r"https?://\S+", "", line).strip(" *-:").split(" · ")[0].split(": ")[0]
        # Headings are capitals in plain text only.
        assert words.casefold().replace("\N{NO-BREAK SPACE}", " ") in shown.text.casefold()


def test_english_has_the_same_facts_in_english_words(full_week: Public) -> None:
    indonesian, english = full_week.digest(), full_week.digest(lang="en")
    assert links_in_text(indonesian.text) == links_in_text(english.text)
    assert english.counts == indonesian.counts
    assert "Monday 13 – Sunday 19 November 2023" in english.text
    assert "Guidance II · Kabupaten Sleman" in english.text
    assert "1 report of a stage not sure" in english.text


@pytest.mark.parametrize("lang", ["id", "en"])
def test_links_lead_to_what_is_in_the_database(full_week: Public, example: Path, lang: str) -> None:
    week = latest_week(example)
    for path, digest in (
        (full_week.path, full_week.digest(lang=lang)),
        (example, build_digest(example, week, SITE, lang)),  # type: ignore[arg-type]
    ):
        links = [link for link in LetterReader(digest.html).links if link.startswith(f"{SITE}/")]
        assert links
        with closing(sqlite3.connect(path)) as db:
            for link in links:
                assert leads_somewhere(db, link), link


def leads_somewhere(db: sqlite3.Connection, link: str) -> bool:
    parts = urlsplit(link)
    match parts.path.strip("/").split("/"):
        case [""]:
            return True
        case ["pejabat", id]:
            return bool(db.execute("select 1 from people where id = ?", [id]).fetchone())
        case ["peristiwa", id]:
            return bool(db.execute("select 1 from events where id = ?", [id]).fetchone())
        case ["daerah", code]:
            return bool(db.execute("select 1 from regencies where code = ?", [code]).fetchone())
        case ["artikel", id] if parts.fragment:
            anchor = parts.fragment.removeprefix("k-")
            proof = db.execute("select 1 from evidence where article_id = ? and anchor = ?", [id, anchor])
            return bool(proof.fetchone())
        case ["artikel", id]:
            return bool(db.execute("select 1 from articles where id = ?", [id]).fetchone())
        case ["media"]:
            return parts.query == "keadaan=lihat"
        case ["media", name]:
            return bool(db.execute("select 1 from sources where name = ?", [name]).fetchone())
        case ["public", table]:
            filters = [name.split("__")[0] for name, _ in parse_qsl(parts.query) if not name.startswith("_")]
            columns = {row[1] for row in db.execute(f"pragma table_info({table})")}
            return bool(columns) and columns.issuperset(filters)
    return False


def test_a_title_is_text_and_never_markup(public: Public) -> None:
    public.article("a1", title='<script>alert("1")</script> & "kota"')
    html = public.digest().html
    assert "script" not in LetterReader(html).tags
    assert '<script>alert("1")</script> & "kota"' in LetterReader(html).text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///berita/bimtek.html"])
def test_only_web_addresses_become_links(public: Public, url: str) -> None:
    public.article("a1", url=url)
    digest = public.digest()
    assert url not in digest.html
    assert LetterReader(digest.html).links.count(f"{SITE}/artikel/a1") == 2


def test_the_letter_asks_nothing_of_the_network_and_keeps_its_dark_colours(full_week: Public) -> None:
    html = full_week.digest().html
    assert not LetterReader(html).tags & {"link", "script", "iframe", "object", "form", "video"}
    assert not re.search(r"url\(|@import|background=", html)
    assert all(source.startswith("cid:") for source in re.findall(r'src="([^"]*)"', html))
    assert "prefers-color-scheme: dark" in html
    # css-inline wrote the stylesheet into the elements.
    assert re.search(r'<h1 style="[^"]*font-size: ?27px', html)


@pytest.mark.parametrize("provinces", [1, 38])
def test_a_long_week_is_cut_below_the_limit_and_says_by_how_much(public: Public, provinces: int) -> None:
    for n in range(400):
        region = ("34.04", f"Kabupaten Contoh {n:03}", f"Provinsi {n % provinces:02}")
        public.news(str(n), "bimtek-2", region, "2023-11-14")
    digest = public.digest()
    assert 40_000 < len(digest.html.encode()) <= MAX_HTML_BYTES
    for text in (LetterReader(digest.html).text, digest.text):
        told = text.index("eristiwa pekan ini".upper() if text is digest.text else "Peristiwa pekan ini")
        shown = len(re.findall(r"Bimtek II · Kabupaten Contoh \d", text[told:]))
        hidden = sum(int(n) for n in re.findall(r"… dan (\d+) lagi", text[told:]))
        assert 0 < shown < 400
        assert shown + hidden == 400
    assert digest.counts["events"] == 400
    assert set(LetterReader(digest.html).links) == links_in_text(digest.text)


def test_an_empty_week_gives_a_short_honest_letter(public: Public) -> None:
    digest = public.digest()
    assert digest.subject == "Pantau Kota Cerdas 13-19 November 2023: tidak ada peristiwa"
    assert "Tidak ada peristiwa baru yang kami temukan" in digest.text
    assert "Tidak ada yang kami ketahui." in digest.text, "who never told of the programme is not silent"
    assert "PERISTIWA PEKAN INI" not in digest.text
    assert len(digest.html) < 8_000


def test_a_source_that_cannot_be_read_is_named_with_reason_and_day(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-10-05", published_date="2023-10-06")
    with public.db:
        public.db.execute(
            """
            update sources set verdict = 'blocked', since_date = '2023-11-03',
                reason_id = 'menolak permintaan kami', reason_en = 'it refuses us'
            where name = 'radar_nusa'
            """
        )
    digest = public.digest()
    assert "Sumber yang tidak, atau tidak seluruhnya, dapat kami baca: 1" in digest.text
    assert "Radar Nusa: menolak permintaan kami (sejak 3 November 2023)" in digest.text
    assert "Radar Nusa: menolak permintaan kami (sejak 3 November 2023)" in LetterReader(digest.html).text
    assert "Sumber yang biasanya memberi berita, dan kali ini tidak: 1" in digest.text
    assert ", terakhir 6 Oktober 2023)" in digest.text
    assert "Radar Nusa: it refuses us (since 3 November 2023)" in public.digest(lang="en").text


@pytest.mark.parametrize(
    ("before", "now", "is_movement"),
    [
        (None, "seleksi", True),
        ("bimtek-1", "bimtek-2", True),
        ("bimtek-2", "bimtek-2", False),
        ("bimtek-3", "bimtek-2", False),
        ("mou", "bimtek", True),
        ("bimtek", "bimtek-2", False),  # it may be the same one
        ("bimtek", "masterplan", True),
        ("evaluasi", "evaluasi-2", False),
        ("evaluasi-2", "evaluasi-internal", False),
        ("evaluasi-internal", "penghargaan", True),
        (None, "lainnya", False),
    ],
)
def test_a_stage_is_new_when_no_earlier_article_went_as_far(
    public: Public, before: str | None, now: str, is_movement: bool
) -> None:
    if before:
        public.news("1", before, SLEMAN, "2023-10-03", published_date="2023-10-04")
    public.news("2", now, SLEMAN, "2023-11-14")
    digest = public.digest()
    assert digest.counts["movements"] == is_movement
    assert ("TAHAP BARU" in digest.text) == is_movement


def test_a_stage_announced_earlier_and_held_this_week_is_new(public: Public) -> None:
    public.news("1", "bimtek-2", SLEMAN, "2023-11-14", published_date="2023-11-08", status="announced")
    public.article("a2")
    public.report("a2", "e1", status="held")
    digest = public.digest()
    assert digest.counts["movements"] == 1
    assert "* Bimtek II · Kabupaten Sleman\n  14 November 2023 ·" in digest.text


@pytest.mark.parametrize(
    ("start", "report"),
    [
        ("2023-11-14", {"confidence": 0.4, "event_id": None}),
        ("2023-12-01", {"status": "announced"}),
        ("2023-11-16", {"status": "announced"}),
        ("2023-11-14", {"is_main": 0}),
    ],
    ids=["not sure", "to come", "announced for a day that has passed", "background"],
)
def test_what_is_unsure_or_announced_or_background_reaches_no_stage(
    public: Public, start: str, report: dict[str, object]
) -> None:
    public.article("a1")
    public.event("e1", "bimtek-2", SLEMAN, start)
    public.report("a1", "e1", **report)
    assert public.digest().counts["movements"] == 0


def test_what_is_announced_is_not_told_as_held_and_returns_until_its_day(public: Public) -> None:
    public.news("1", "bimtek-3", SLEMAN, "2023-11-20", published_date="2023-11-07", status="announced")
    public.news("2", "evaluasi-1", BULELENG, "2023-11-19", published_date="2023-11-07", status="announced")
    digest = public.digest()
    assert "BARU DIUMUMKAN" in digest.text
    assert "* Bimtek III · Kabupaten Sleman\n  diumumkan untuk 20 November 2023" in digest.text
    passed = digest.text.partition("HARINYA SUDAH LEWAT")[2]
    assert "* Evaluasi tahap I · Kabupaten Buleleng\n  diumumkan untuk 19 November 2023" in passed
    assert "Bimtek" not in passed
    assert (digest.counts["events"], digest.counts["announced"], digest.counts["passed"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("start", "is_to_come"),
    [("2023-12", True), ("2024", True), ("2023-11", False), ("2023", False), ("2023-11-19", False)],
)
def test_a_month_or_year_that_has_begun_is_not_to_come(public: Public, start: str, is_to_come: bool) -> None:
    public.news("1", "bimtek-3", SLEMAN, start, published_date="2023-11-07", status="announced")
    assert public.digest().counts["announced"] == is_to_come


@pytest.mark.parametrize(
    ("start", "lang", "words"),
    [
        ("2023-11-20", "en", "announced for 20 November 2023"),
        ("2023-12", "id", "diumumkan untuk Desember 2023"),
        (None, "id", "diumumkan, tanggal tidak disebut"),
        (None, "en", "announced, date not stated"),
    ],
)
def test_what_was_announced_this_week_is_only_announced(
    public: Public, start: str | None, lang: str, words: str
) -> None:
    public.news("1", "bimtek-3", SLEMAN, start, status="announced")
    digest = public.digest(lang=lang)
    heading = {"id": "Baru diumumkan", "en": "Announced"}[lang]
    assert (digest.counts["events"], digest.counts["announced"]) == (0, 1)
    assert f" · Kabupaten Sleman\n  {words} · " in digest.text.partition(f"{heading.upper()}\n")[2]
    assert words in LetterReader(digest.html).text.partition(f"{heading} ")[2]


@pytest.mark.parametrize(
    ("lang", "heading", "words"),
    [
        ("id", "Harinya sudah lewat, kabarnya belum ada", "diumumkan untuk 16 November 2023"),
        ("en", "Their day has passed, without news", "announced for 16 November 2023"),
    ],
)
def test_what_was_announced_for_a_day_that_has_passed_stands_apart(
    public: Public, lang: str, heading: str, words: str
) -> None:
    public.news("1", "bimtek-3", SLEMAN, "2023-11-16", status="announced")
    digest = public.digest(lang=lang)
    assert [digest.counts[name] for name in ("events", "announced", "passed")] == [0, 0, 1]
    assert f" · Kabupaten Sleman\n  {words} · " in digest.text.partition(f"{heading.upper()}\n")[2]
    assert words in LetterReader(digest.html).text.partition(f"{heading} ")[2]


def test_what_later_articles_report_as_held_was_only_announced_in_its_week(public: Public) -> None:
    public.news("1", "bimtek-3", SLEMAN, "2023-11-16", status="announced")
    public.article("a2", published_date="2023-11-20")
    public.report("a2", "e1", status="held")
    with public.db:
        public.db.execute("update events set status = 'held'")
    text = public.digest().text
    assert "diumumkan untuk 16 November 2023" in text.partition("BARU DIUMUMKAN")[2]
    assert "HARINYA SUDAH LEWAT" not in text, "we know better now than to say that there is no word of it"


@pytest.mark.parametrize("published_date", ["2023-11-07", None])
def test_what_an_earlier_or_undated_article_reports_as_held_is_held(public: Public, published_date: str | None) -> None:
    public.news("1", "masterplan", SLEMAN, None, status="announced")
    public.article("a2", published_date=published_date)
    public.report("a2", "e1", status="held")
    digest = public.digest()
    assert (digest.counts["events"], digest.counts["announced"]) == (1, 0)
    assert "diumumkan" not in digest.text


def test_a_quotation_is_told_once_with_the_speakers_office(full_week: Public) -> None:
    digest = full_week.digest()
    sentence = "“Warga harus lebih cepat dilayani” — Ratna Widuri, Plt. Kepala Dinas Kominfo"
    assert digest.text.count(sentence) == 1
    assert f"{SITE}/artikel/a11#k-00000003" in LetterReader(digest.html).links


def test_a_quotation_that_is_not_sure_is_left_out(public: Public) -> None:
    public.news("1", "bimtek-1", SLEMAN, "2023-11-14")
    public.put("quotes", article_id="a1", number=1, text="Kami siap.", confidence=0.4)
    assert "Kami siap" not in public.digest().text


def test_a_date_is_said_as_precisely_as_it_is_known(full_week: Public) -> None:
    text = full_week.digest().text
    assert "Evaluasi tahap II · Kota Denpasar\n  November 2023 ·" in text
    assert "Masterplan · Kabupaten Buleleng\n  tanggal tidak disebut ·" in text


def test_what_is_not_sure_or_not_read_is_named(full_week: Public) -> None:
    missed = full_week.digest().text.partition("YANG MUNGKIN TERLEWAT")[2]
    assert "Radar Nusa: 1 tidak dipahami, 1 belum diambil" in missed
    assert "tanpa daerah dan tanggal: 1\n* Implementasi · Kota Denpasar · 10 November 2023" in missed
    assert "Kampus dan inovasi kota" in missed
    assert "Forum kota cerdas disiapkan" in missed
    assert "Peristiwa di atas yang tanggalnya tidak disebut: 1" in missed


@pytest.mark.parametrize(
    ("fate_at", "is_told"),
    [("2023-11-12T17:30:00+00:00", True), ("2023-11-12T16:30:00+00:00", False)],
    ids=["Monday 00.30 WIB", "Sunday 23.30 WIB"],
)
def test_the_week_begins_at_midnight_in_jakarta(public: Public, fate_at: str, is_told: bool) -> None:
    public.put("urls", url="https://x.contoh.id/1", source="radar_nusa", fate="error", fate_at=fate_at)
    assert ("1 gagal diambil" in public.digest().text) == is_told


def test_the_message_has_plain_headers_and_both_parts(full_week: Public) -> None:
    digest = replace(full_week.digest(), site_url=f"https://{'sangat-' * 8}panjang.contoh.id")
    raw = build_message(digest)
    headers = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert "=?" not in headers
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["Subject"] == digest.subject
    assert message["Date"] == "Mon, 20 Nov 2023 06:00:00 +0700"
    assert re.fullmatch(r"<2023-W46\.id\.[0-9a-f]{16}@[a-z.-]+\.contoh\.id>", message["Message-ID"])
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.get_body(["plain"]), message.get_body(["html"])
    assert plain is not None
    assert html is not None
    related = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in related] == [f"<{image.name}>" for image in digest.images]
    assert [part.get_content() for part in related] == [image.png for image in digest.images]
    assert plain.get_content().replace("\r\n", "\n") == digest.text
    assert html.get_content().replace("\r\n", "\n") == digest.html
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_the_same_week_gives_the_same_bytes_and_leaves_the_files_alone(full_week: Public, tmp_path: Path) -> None:
    paths = write_outbox(full_week.digest(), tmp_path / "outbox")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}
    assert write_outbox(full_week.digest(), tmp_path / "outbox") == paths
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in paths} == before
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == [
        "2023-W46.eml", "2023-W46.html", "2023-W46.txt",
    ]  # fmt: skip


def test_a_changed_letter_is_another_message_in_the_same_file(full_week: Public, tmp_path: Path) -> None:
    first, *_ = write_outbox(full_week.digest(), tmp_path)
    old = email.message_from_bytes(first.read_bytes())["Message-ID"]
    full_week.article("a99", title="Berita susulan")
    write_outbox(full_week.digest(), tmp_path)
    assert b"Berita susulan" in first.read_bytes()
    assert email.message_from_bytes(first.read_bytes())["Message-ID"] != old


def test_the_english_letter_lies_beside_the_indonesian(full_week: Public, tmp_path: Path) -> None:
    write_outbox(full_week.digest(), tmp_path / "outbox")
    write_outbox(full_week.digest(lang="en"), tmp_path / "outbox")
    assert len(list((tmp_path / "outbox").iterdir())) == 6


def test_the_latest_week_is_that_of_the_newest_article(public: Public) -> None:
    with pytest.raises(ValueError, match="no article with a publication date"):
        latest_week(public.path)
    public.article("a1", published_date="2023-11-19")
    assert latest_week(public.path) == MONDAY
    public.article("a2", published_date="2023-11-20")
    assert latest_week(public.path) == MONDAY + timedelta(days=7)


def test_a_week_begins_on_a_monday(public: Public) -> None:
    with pytest.raises(ValueError, match="2023-11-14 is not a Monday"):
        build_digest(public.path, date(2023, 11, 14), SITE)


def test_a_letter_is_read_from_an_existing_database_only(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        build_digest(tmp_path / "public.db", MONDAY, SITE)
    assert not (tmp_path / "public.db").exists()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2023-08-17", None, "17 Agustus 2023"),
        ("2023-06-12", "2023-06-14", "12–14 Juni 2023"),
        ("2023-06-12", "2023-06-12", "12 Juni 2023"),
        ("2023-05-30", "2023-06-01", "30 Mei – 1 Juni 2023"),
        ("2022-12-30", "2023-01-02", "30 Desember 2022 – 2 Januari 2023"),
        ("2023-06", "2023-07", "Juni – Juli 2023"),
        ("2023-06", "2024-07", "Juni 2023 – Juli 2024"),
        ("2022", "2023", "tahun 2022 – tahun 2023"),
        ("2023-06-12", "2023-07", "12 Juni 2023 – Juli 2023"),
        (None, None, "tanggal tidak disebut"),
    ],
)
def test_dates_in_indonesian(start: str | None, end: str | None, words: str) -> None:
    assert date_in_words(start, end) == words


@pytest.mark.parametrize("value", ["kemarin", "2023-13", "2023-02-30", "20231114"])
def test_what_is_no_iso_date_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="day, month or year"):
        date_in_words(value)


@pytest.mark.parametrize(
    ("monday", "words"),
    [
        (date(2023, 11, 13), "Senin 13 – Minggu 19 November 2023"),
        (date(2023, 11, 27), "Senin 27 November – Minggu 3 Desember 2023"),
        (date(2024, 12, 30), "Senin 30 Desember 2024 – Minggu 5 Januari 2025"),
    ],
)
def test_weeks_in_indonesian(monday: date, words: str) -> None:
    assert week_in_words(monday) == words
