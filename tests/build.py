"""Example pages, articles and extractions for tests, and two filled databases. Outlets and people are invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from crawler.items import Article, AskedOf, DateSource, HostState, ListVisit, Page, WayCount, article_id
from crawler.source import Source, Way
from crawler.watch.completeness import estimate_sources, estimate_spans
from crawler.watch.health import judge_sources
from db.connect import open_db
from db.extractions import save_extraction
from db.health import read_listed, read_routes, read_source_records, save_completeness, save_health
from db.manners import save_asked, save_host
from db.reference import load_reference
from db.store import FoundUrl, finish_run, save_article, save_page, save_parse_error, save_sources, save_urls, start_run
from db.visits import save_visit, save_way_count
from nlp.extraction import (
    Acting,
    Event,
    Extraction,
    Figure,
    FigureKind,
    Label,
    Mention,
    Mode,
    Official,
    Pillar,
    Quote,
    Regency,
    Stage,
    Status,
)
from publish.bake import bake

PARSER = "parser-contoh"
MODEL = "model-contoh"


def build_source(name: str, outlet: str, home: str, kind: str, network: str | None = None, *areas: str) -> Source:
    """A source as a file would tell it; `areas` are names of provinces and codes of regencies."""
    return Source(
        name=name,
        outlet=outlet,
        home=home,
        kind=kind,  # type: ignore[arg-type]
        network=network,
        provinces=tuple(area for area in areas if "." not in area),
        regencies=tuple(area for area in areas if "." in area),
        family="generic",
        timezone="Asia/Makassar",
        ways=(Way(way="feed", url="/feed/"),),
        knowledge="seen",
    )


SOURCES = (
    build_source(
        "warta_selatan", "Warta Selatan", "https://wartaselatan.example", "media", "Jaringan Warta", "Kalimantan Timur"
    ),
    build_source("kabar_lumbung", "Kabar Lumbung", "https://kabarlumbung.example", "media"),
    build_source("portal_paser", "Portal Pemkab Paser", "https://portal-paser.example", "government", None, "64.01"),
    build_source("suara_mentaya", "Suara Mentaya", "https://suaramentaya.example", "media", "Jaringan Warta"),
    build_source("lensa_teluk", "Lensa Teluk", "https://lensateluk.example", "media"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """An official; `written` is the naming in the text that is pointed to."""

    name: str
    written: str
    position: str
    organization: str
    regency: str | None
    prefix: str | None = None
    degrees: tuple[str, ...] = ()
    acting: Acting | None = None
    represents: str | None = None
    confidence: float = 0.93


@dataclass(frozen=True, slots=True)
class Step:
    """An event; `proof` are words of the sentence that proves it."""

    stage: Stage
    proof: str
    regency: str | None
    start: str | None = None
    end: str | None = None
    venue: str | None = None
    mode: Mode | None = None
    main: bool = True
    status: Status = "held"
    confidence: float = 0.9
    reason: str | None = None
    edition: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """An article as it is told, before its offsets are counted."""

    source: str
    path: str
    title: str
    published: str | None
    """ISO 8601 with its offset."""
    paragraphs: tuple[tuple[str, ...], ...]
    """Sentences by paragraph."""
    regencies: tuple[tuple[str, str, str], ...] = ()
    """Code, words in the text, role."""
    dates: tuple[tuple[str, str], ...] = ()
    """Words in the text, ISO value."""
    people: tuple[Person, ...] = ()
    steps: tuple[Step, ...] = ()
    speakers: tuple[str | None, ...] = ()
    """Who speaks the quotations, in their order."""
    pillars: tuple[Pillar, ...] = ()
    figures: tuple[tuple[FigureKind, float, str, str, str | None], ...] = ()
    """Kind, value, unit, words in the text, what it is about."""
    relevance: float = 0.97
    is_relevant: bool | None = True


def build_page(url: str, source: str, fetched_at: datetime, body: bytes = b"<p>isi</p>") -> Page:
    """A page that answered well, lying in an archive."""
    return Page(
        url=url,
        source=source,
        fetched_at=fetched_at,
        status=200,
        body=body,
        headers={"content-type": "text/html; charset=utf-8", "etag": '"a1"'},
        hints={"title": "Judul dari umpan"},
        archive_file="2024-11.warc.gz",
        archive_offset=1024,
    )


def build_article(
    url: str,
    source: str,
    text: str,
    title: str | None = "Pemkab Gelar Bimtek Kota Cerdas",
    published_at: datetime | None = None,
    published_by: DateSource = "meta",
    canonical_url: str | None = None,
) -> Article:
    """An article; without a date it says that the page has none."""
    return Article(
        url=url,
        canonical_url=canonical_url or url,
        source=source,
        title=title,
        authors=("Redaksi",),
        published_at=published_at,
        published_by=published_by if published_at else None,
        date_reason=None if published_at else "halaman tidak menyebut tanggal terbit",
        text=text,
    )


def build_story_article(story: Story) -> Article:
    """The article of a story."""
    home = next(source.home for source in SOURCES if source.name == story.source)
    return build_article(
        url=f"{home}{story.path}",
        source=story.source,
        text="\n\n".join(" ".join(sentences) for sentences in story.paragraphs),
        title=story.title,
        published_at=datetime.fromisoformat(story.published) if story.published else None,
    )


def build_extraction(story: Story, model: str = MODEL) -> Extraction:
    """What a perfect reader finds in a story."""
    article = build_story_article(story)
    text = article.text
    quotes = [match.span() for match in re.finditer("“[^”]+”", text)]
    return Extraction(
        article_id=article_id(article.canonical_url),
        model=model,
        relevance=story.relevance,
        is_relevant=story.is_relevant,
        mentions=_build_mentions(story, text),
        regencies=tuple(Regency(code, role, 0.95) for code, _, role in story.regencies),  # type: ignore[arg-type]
        officials=tuple(_build_official(person, text, story.speakers) for person in story.people),
        events=tuple(_build_event(step, text, story) for step in story.steps),
        quotes=tuple(
            Quote(speaker, text[start + 1 : end - 1].rstrip(","), start + 1, end - 1, 0.9)
            for (start, end), speaker in zip(quotes, story.speakers, strict=True)
        ),
        pillars=story.pillars,
        figures=tuple(
            Figure(value, unit, kind, None, about, words, text.index(words), text.index(words) + len(words), 0.92)
            for kind, value, unit, words, about in story.figures
        ),
        sentences=build_sentences(story),
    )


def build_sentences(story: Story) -> tuple[tuple[int, int], ...]:
    """Where the sentences of the story's article begin and end."""
    spans: list[tuple[int, int]] = []
    at = 0
    for sentences in story.paragraphs:
        for sentence in sentences:
            spans.append((at, at + len(sentence)))
            at += len(sentence) + 1
        at += 1
    return tuple(spans)


def _build_mentions(story: Story, text: str) -> tuple[Mention, ...]:
    named: list[tuple[Label, str, str]] = [
        *(("REGENCY", words, code) for code, words, _ in story.regencies),
        *(("DATE", words, value) for words, value in story.dates),
        *(("OFFICIAL", person.written, person.name) for person in story.people),
    ]
    found: list[Mention] = []
    for label, words, value in sorted(named, key=lambda one: -len(one[1])):
        for match in re.finditer(re.escape(words), text):
            start, end = match.span()
            if all(end <= other.start or other.end <= start for other in found):
                found.append(Mention(label, start, end, words, value, 0.95))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _build_official(person: Person, text: str, speakers: Sequence[str | None]) -> Official:
    start = text.index(person.written)
    return Official(
        name=person.name,
        prefix=person.prefix,
        degrees=person.degrees,
        position=person.position,
        acting=person.acting,
        organization=person.organization,
        regency=person.regency,
        represents=person.represents,
        is_quoted=person.name in speakers,
        start=start,
        end=start + len(person.written),
        confidence=person.confidence,
    )


def _build_event(step: Step, text: str, story: Story) -> Event:
    at = text.index(step.proof)
    start, end = next(span for span in build_sentences(story) if span[0] <= at < span[1])
    return Event(
        stage=step.stage,
        start_date=step.start,
        end_date=step.end or step.start,
        edition=step.edition,
        date_reason=None if step.start else step.reason or "berita tidak menyebut tanggalnya",
        regency=step.regency,
        venue=step.venue,
        mode=step.mode,
        is_main=step.main,
        status=step.status,
        start=start,
        end=end,
        confidence=step.confidence,
    )


STORIES = (
    Story(
        source="warta_selatan",
        path="/2023/11/04/basel-ikuti-evaluasi-tahap-ii",
        title="Bangka Selatan Jawab Pertanyaan Asesor pada Evaluasi Kota Cerdas Tahap II",
        published="2023-11-04T08:15:00+07:00",
        paragraphs=(
            (
                "TOBOALI – Kabupaten Bangka Selatan mengikuti evaluasi tahap II program kota cerdas dari Ruang "
                "Komando Junjung Besaoh, Jumat (3/11/2023).",
                "Sesi daring itu berlangsung hampir dua jam.",
            ),
            (
                "Plt. Kepala Dinas Komunikasi dan Informatika Marwan Tanjung, S.Kom., M.M. memimpin tim daerah.",
                "“Semua bukti dukung yang diminta asesor sudah kami unggah malam itu juga,” kata Marwan.",
            ),
            (
                "Evaluasi tahap I sudah dijalani pada 12-14 Juni 2023 di Surabaya.",
                "Sejak itu layanan aduan warga digabung menjadi satu nomor.",
            ),
        ),
        regencies=(("19.03", "Kabupaten Bangka Selatan", "subject"), ("35.78", "Surabaya", "mention")),
        dates=(("Jumat (3/11/2023)", "2023-11-03"), ("12-14 Juni 2023", "2023-06-12/2023-06-14")),
        people=(
            Person(
                "Marwan Tanjung",
                "Marwan Tanjung, S.Kom., M.M.",
                "Kepala Dinas Komunikasi dan Informatika",
                "Dinas Komunikasi dan Informatika",
                "19.03",
                degrees=("S.Kom.", "M.M."),
                acting="Plt.",
            ),
        ),
        steps=(
            Step(
                "evaluasi-2",
                "mengikuti evaluasi tahap II",
                "19.03",
                "2023-11-03",
                venue="Ruang Komando Junjung Besaoh",
                mode="daring",
            ),
            Step(
                "evaluasi-1",
                "Evaluasi tahap I sudah",
                "19.03",
                "2023-06-12",
                "2023-06-14",
                venue="Surabaya",
                main=False,
                confidence=0.84,
            ),
        ),
        speakers=("Marwan Tanjung",),
        pillars=("governance",),
    ),
    Story(
        source="lensa_teluk",
        path="/daerah/evaluasi-kota-cerdas-bangka-selatan",
        title="Evaluasi Kota Cerdas, Bangka Selatan Tampilkan Layanan Satu Nomor",
        published="2023-11-05T19:40:00+07:00",
        paragraphs=(
            (
                "Tim penilai kementerian memeriksa kemajuan Kabupaten Bangka Selatan dalam evaluasi tahap II kota "
                "cerdas pada Jumat (3/11/2023).",
                "Penilaian dilakukan lewat konferensi video.",
            ),
            ("Hasilnya diumumkan akhir tahun.",),
        ),
        regencies=(("19.03", "Kabupaten Bangka Selatan", "subject"),),
        dates=(("Jumat (3/11/2023)", "2023-11-03"),),
        steps=(Step("evaluasi-2", "evaluasi tahap II", "19.03", "2023-11-03", mode="daring", confidence=0.81),),
    ),
    Story(
        source="kabar_lumbung",
        path="/tabanan/dua-hari-evaluasi-kota-cerdas",
        title="Tabanan Paparkan Irigasi Pintar di Evaluasi Kota Cerdas",
        published="2024-11-20T16:05:00+08:00",
        paragraphs=(
            (
                "Pemerintah Kabupaten Tabanan memaparkan irigasi pintar dalam evaluasi tahap II kota cerdas di "
                "Ruang Rapat Kantor Bupati, Rabu (20/11/2024).",
                "Evaluasi diikuti delapan perangkat daerah.",
            ),
            (
                "Asisten Administrasi Umum I Gede Suteja Wirawan, S.Sos., M.Si. hadir mewakili Bupati.",
                "“Sensor di hulu membuat pembagian air subak tidak lagi ditebak,” ujar Suteja.",
                "Menurut dia, dimensi smart environment dan smart economy saling menguatkan.",
            ),
        ),
        regencies=(("51.02", "Kabupaten Tabanan", "subject"),),
        dates=(("Rabu (20/11/2024)", "2024-11-20"),),
        people=(
            Person(
                "I Gede Suteja Wirawan",
                "I Gede Suteja Wirawan, S.Sos., M.Si.",
                "Asisten Administrasi Umum",
                "Pemerintah Kabupaten Tabanan",
                "51.02",
                degrees=("S.Sos.", "M.Si."),
                represents="Bupati",
            ),
        ),
        steps=(
            Step(
                "evaluasi-2",
                "dalam evaluasi tahap II",
                "51.02",
                "2024-11-20",
                venue="Ruang Rapat Kantor Bupati",
                mode="luring",
            ),
        ),
        speakers=("I Gede Suteja Wirawan",),
        pillars=("environment", "economy"),
        figures=(("count", 8, "OPD", "delapan perangkat daerah", "Evaluasi diikuti"),),
    ),
    Story(
        source="kabar_lumbung",
        path="/tabanan/rapat-persiapan",
        title="Sepekan Menjelang Evaluasi, Tabanan Rapikan Bukti Dukung",
        published="2024-11-13T10:00:00+08:00",
        paragraphs=(
            (
                "Diskominfo Kabupaten Tabanan menggelar rapat persiapan evaluasi kota cerdas, Selasa (12/11/2024).",
                "Setiap perangkat daerah membawa daftar buktinya.",
            ),
            ("Sekretaris Dinas Ni Luh Ratna Kusumadewi meminta berkas rampung hari Jumat.",),
        ),
        regencies=(("51.02", "Kabupaten Tabanan", "subject"),),
        dates=(("Selasa (12/11/2024)", "2024-11-12"),),
        people=(
            Person(
                "Ni Luh Ratna Kusumadewi",
                "Ni Luh Ratna Kusumadewi",
                "Sekretaris Dinas",
                "Dinas Komunikasi dan Informatika",
                "51.02",
            ),
        ),
        steps=(Step("evaluasi-internal", "rapat persiapan evaluasi", "51.02", "2024-11-12", mode="luring"),),
    ),
    Story(
        source="portal_paser",
        path="/berita/bimtek-satu",
        title="Hari Pertama Bimtek I Masterplan Kota Cerdas Paser",
        published="2021-07-06T14:30:00+08:00",
        paragraphs=(
            (
                "Pemerintah Kabupaten Paser membuka bimtek tahap I penyusunan masterplan kota cerdas di Pendopo "
                "Lou Bapekat, 6-7 Juli 2021.",
                "Peserta datang dari dua puluh perangkat daerah.",
            ),
            (
                "Bupati H. Syamsul Rahmadani, S.E. berharap visi kota cerdas lahir dari kebutuhan petani sawit kecil.",
                "“Jangan mulai dari aplikasinya, mulailah dari antreannya,” kata Syamsul.",
            ),
        ),
        regencies=(("64.01", "Kabupaten Paser", "subject"),),
        dates=(("6-7 Juli 2021", "2021-07-06/2021-07-07"),),
        people=(
            Person(
                "Syamsul Rahmadani",
                "H. Syamsul Rahmadani, S.E.",
                "Bupati",
                "Pemerintah Kabupaten Paser",
                "64.01",
                prefix="H.",
                degrees=("S.E.",),
            ),
        ),
        steps=(
            Step("bimtek-1", "bimtek tahap I", "64.01", "2021-07-06", "2021-07-07", "Pendopo Lou Bapekat", "luring"),
        ),
        speakers=("Syamsul Rahmadani",),
        pillars=("living",),
    ),
    Story(
        source="portal_paser",
        path="/berita/evaluasi-tahap-dua",
        title="Paser Tuntaskan Evaluasi Tahap II Kota Cerdas 2023",
        published="2023-11-09T09:00:00+08:00",
        paragraphs=(
            (
                "Kabupaten Paser menyelesaikan evaluasi tahap II kota cerdas secara hibrida pada Rabu (8/11/2023).",
                "Tim daerah menjawab sembilan belas butir pertanyaan.",
            ),
            ("Kepala Bidang E-Government Dewi Arum Lestari, S.T. menyebut kendala terbesar ada pada data.",),
            ("Nota kesepahaman dengan kementerian diteken pada tahun 2021.",),
        ),
        regencies=(("64.01", "Kabupaten Paser", "subject"),),
        dates=(("Rabu (8/11/2023)", "2023-11-08"), ("tahun 2021", "2021")),
        people=(
            Person(
                "Dewi Arum Lestari",
                "Dewi Arum Lestari, S.T.",
                "Kepala Bidang E-Government",
                "Dinas Komunikasi, Informatika, Statistik dan Persandian",
                "64.01",
                degrees=("S.T.",),
            ),
        ),
        steps=(
            Step("evaluasi-2", "menyelesaikan evaluasi tahap II", "64.01", "2023-11-08", mode="hibrida"),
            Step("mou", "Nota kesepahaman", "64.01", "2021", main=False, confidence=0.46),
        ),
    ),
    Story(
        source="suara_mentaya",
        path="/kotim/rakor-evaluasi",
        title="Kotim Matangkan Jawaban Evaluasi Kota Cerdas",
        published="2024-11-18T11:20:00+07:00",
        paragraphs=(
            (
                "SAMPIT – Kabupaten Kotawaringin Timur menggelar rapat koordinasi evaluasi kota cerdas, Senin "
                "(18/11/2024).",
                "Rapat membahas enam dimensi penilaian.",
            ),
            (
                "Penjabat Sekretaris Daerah Ruslan Hadiwijaya, S.H. meminta semua dinas jujur menilai diri.",
                "“Kalau belum jalan, tulis belum jalan,” ucap Ruslan.",
            ),
        ),
        regencies=(("62.02", "Kabupaten Kotawaringin Timur", "subject"),),
        dates=(("Senin (18/11/2024)", "2024-11-18"),),
        people=(
            Person(
                "Ruslan Hadiwijaya",
                "Ruslan Hadiwijaya, S.H.",
                "Sekretaris Daerah",
                "Pemerintah Kabupaten Kotawaringin Timur",
                "62.02",
                degrees=("S.H.",),
                acting="Pj.",
            ),
        ),
        steps=(Step("evaluasi-internal", "rapat koordinasi evaluasi", "62.02", "2024-11-18"),),
        speakers=("Ruslan Hadiwijaya",),
        pillars=("governance", "society"),
    ),
    Story(
        source="suara_mentaya",
        path="/kotim/penghargaan-kota-cerdas",
        title="Kotim Bawa Pulang Plakat Kota Cerdas",
        published=None,
        paragraphs=(
            (
                "Kabupaten Kotawaringin Timur menerima plakat kota cerdas dari kementerian.",
                "Plakat itu diberikan kepada daerah yang merampungkan masterplan.",
            ),
            ("Masterplan ditetapkan dengan peraturan bupati beberapa waktu lalu.",),
        ),
        regencies=(("62.02", "Kabupaten Kotawaringin Timur", "subject"),),
        steps=(
            Step("penghargaan", "menerima plakat", "62.02"),
            Step("masterplan", "Masterplan ditetapkan", "62.02", main=False, reason="hanya “beberapa waktu lalu”"),
        ),
    ),
    Story(
        source="lensa_teluk",
        path="/pangkalpinang/nota-kesepahaman-kota-cerdas",
        title="Pangkalpinang Teken Nota Kesepahaman Kota Cerdas",
        published="2022-06-02T13:00:00+07:00",
        paragraphs=(
            (
                "Kota Pangkalpinang menandatangani nota kesepahaman pendampingan kota cerdas secara daring, Kamis "
                "(2/6/2022).",
                "Penandatanganan diikuti dari Ruang Pusat Kendali.",
            ),
            (
                "Wali Kota Hj. Mariana Oktavia, M.Si. mengatakan pendampingan berjalan satu tahun.",
                "“Warga harus merasakan urusan yang lebih singkat,” ujarnya.",
            ),
        ),
        regencies=(("19.71", "Kota Pangkalpinang", "subject"),),
        dates=(("Kamis (2/6/2022)", "2022-06-02"),),
        people=(
            Person(
                "Mariana Oktavia",
                "Hj. Mariana Oktavia, M.Si.",
                "Wali Kota",
                "Pemerintah Kota Pangkalpinang",
                "19.71",
                prefix="Hj.",
                degrees=("M.Si.",),
            ),
        ),
        steps=(Step("mou", "nota kesepahaman", "19.71", "2022-06-02", venue="Ruang Pusat Kendali", mode="daring"),),
        speakers=("Mariana Oktavia",),
    ),
    Story(
        source="lensa_teluk",
        path="/palu/pusat-komando-dibuka",
        title="Pusat Komando Kota Cerdas Palu Dibuka untuk Warga",
        published="2024-11-19T18:45:00+08:00",
        paragraphs=(
            (
                "Kota Palu membuka pusat komando kota cerdas bagi warga mulai Selasa (19/11/2024).",
                "Di sana warga dapat melihat titik genangan dan jadwal angkut sampah.",
            ),
            (
                "Kepala Dinas Komunikasi dan Informatika Andi Baso Mappiara menyebutnya tindak lanjut masterplan.",
                "“Layar ini milik warga, bukan pajangan,” katanya.",
            ),
        ),
        regencies=(("72.71", "Kota Palu", "subject"),),
        dates=(("Selasa (19/11/2024)", "2024-11-19"),),
        people=(
            Person(
                "Andi Baso Mappiara",
                "Andi Baso Mappiara",
                "Kepala Dinas Komunikasi dan Informatika",
                "Dinas Komunikasi dan Informatika",
                "72.71",
                confidence=0.48,
            ),
        ),
        steps=(Step("implementasi", "membuka pusat komando", "72.71", "2024-11-19", mode="luring"),),
        speakers=("Andi Baso Mappiara",),
        pillars=("living", "environment"),
    ),
    Story(
        source="warta_selatan",
        path="/2024/11/21/seminar-kota-cerdas-kampus",
        title="Kampus di Palu Bahas Kota Cerdas dan Mitigasi Gempa",
        published="2024-11-21T07:30:00+07:00",
        paragraphs=(
            (
                "Sebuah kampus di Kota Palu mengadakan seminar kota cerdas dan mitigasi gempa, Rabu (20/11/2024).",
                "Pemerintah kota diundang sebagai pembahas.",
            ),
        ),
        regencies=(("72.71", "Kota Palu", "mention"),),
        dates=(("Rabu (20/11/2024)", "2024-11-20"),),
        steps=(Step("lainnya", "seminar kota cerdas", None, "2024-11-20", confidence=0.41),),
        relevance=0.52,
        is_relevant=None,
    ),
    Story(
        source="warta_selatan",
        path="/2024/11/22/lampu-jalan-pintar-toboali",
        title="Toko Elektronik di Toboali Jual Lampu Pintar",
        published="2024-11-22T12:00:00+07:00",
        paragraphs=(("Sebuah toko di Kabupaten Bangka Selatan menjual lampu pintar dengan harga promosi.",),),
        regencies=(("19.03", "Kabupaten Bangka Selatan", "mention"),),
        relevance=0.06,
        is_relevant=False,
    ),
    Story(
        source="portal_paser",
        path="/berita/bimtek-dua",
        title="Bimtek II Kota Cerdas Paser Masuk Program Percepatan",
        published="2021-08-31T15:10:00+08:00",
        paragraphs=(
            (
                "Bimtek tahap II kota cerdas Kabupaten Paser berlangsung di Aula Bappeda, Senin (30/8/2021).",
                "Tim menyusun program percepatan untuk tiap dimensi.",
            ),
            ("Kepala Bappeda Dr. Ir. Yusran Effendy, M.T. menutup acara.",),
        ),
        regencies=(("64.01", "Kabupaten Paser", "subject"),),
        dates=(("Senin (30/8/2021)", "2021-08-30"),),
        people=(
            Person(
                "Yusran Effendy",
                "Dr. Ir. Yusran Effendy, M.T.",
                "Kepala Bappeda",
                "Bappeda",
                "64.01",
                prefix="Dr. Ir.",
                degrees=("M.T.",),
            ),
        ),
        steps=(Step("bimtek-2", "Bimtek tahap II", "64.01", "2021-08-30", venue="Aula Bappeda", mode="luring"),),
    ),
)

OTHER_URLS = (
    FoundUrl("https://wartaselatan.example/tag/kota-cerdas", "warta_selatan", "listing", "not-article", "halaman tag"),
    FoundUrl("https://wartaselatan.example/2015/03/02/kota-cerdas", "warta_selatan", "sitemap", "too-old", "2015"),
    FoundUrl("https://kabarlumbung.example/internal/draf", "kabar_lumbung", "sitemap", "robots", "Disallow: /internal"),
    FoundUrl("https://suaramentaya.example/kotim/dihapus", "suara_mentaya", "feed", "gone", "404"),
    FoundUrl("https://lensateluk.example/berita/99", "lensa_teluk", "feed", "blocked", "403"),
    FoundUrl("https://lensateluk.example/berita/100", "lensa_teluk", "feed", "error", "waktu habis"),
    FoundUrl("https://lensateluk.example/berita/101", "lensa_teluk", "feed"),
)


def fill_example_db(path: Path | str) -> None:
    """Fill a private database with the stories, a duplicate, a page that is not understood, and URLs of every fate."""
    db = open_db(path)
    load_reference(db)
    save_sources(db, SOURCES)
    run_id = start_run(db, "crawl")
    save_urls(db, OTHER_URLS)
    _save_former(db, STORIES[1])
    for story in STORIES:
        article = build_story_article(story)
        fetched_at = (article.published_at or datetime(2024, 11, 15, tzinfo=UTC)) + timedelta(hours=2)
        page = build_page(article.url, story.source, fetched_at, article.text.encode())
        save_article(db, save_page(db, page), article, PARSER)
        save_extraction(db, build_extraction(story), article)
    _save_duplicate(db, STORIES[0])
    save_urls(db, [FoundUrl(build_story_article(STORIES[1]).url, STORIES[1].source, "feed", "gone", "HTTP 404")])
    odd = build_page("https://lensateluk.example/video/7", "lensa_teluk", datetime(2024, 11, 19, 3, tzinfo=UTC))
    save_parse_error(db, save_page(db, odd), PARSER, f"{odd.url}: halaman video tanpa teks berita")
    finish_run(db, run_id, {"pages": len(STORIES) + 2})
    _fill_visits(db)
    db.close()


NOW = datetime(2024, 11, 23, 1, tzinfo=UTC)
"""When the sources of the example were judged; they were visited every night of four weeks before."""


def _fill_visits(db: Database) -> None:
    """Four weeks of visits: two sources are read, one is quiet, one refuses us, one has another list now."""
    problems = {
        "suara_mentaya": "https://suaramentaya.example/feed/: HTTP 403",
        "lensa_teluk": "https://lensateluk.example/feed/: nothing at 'h3 a'",
    }
    # Addresses are found when they are saved, which is now.
    db.execute("update urls set found_at = '2024-11-20T03:00:00+00:00'")
    db.execute("update urls set fate_at = found_at where fate_at is not null")
    for back in reversed(range(28)):
        at = NOW - timedelta(days=back, hours=3)
        run_id = start_run(db, "crawl")
        db.execute("update runs set started_at = ? where id = ?", [(at - timedelta(hours=1)).isoformat(), run_id])
        for source in SOURCES:
            problem = problems.get(source.name) if back < 5 else None
            found = 0 if problem else 20
            feed = WayCount(
                source.name, 0, "feed", "/feed/", found, found // 5, found // 5, 0, 9, not problem, False, problem, at
            )
            save_way_count(db, run_id, feed)
            _fill_requests(db, source.name, feed.requests, at)
            listed = [url for (url,) in db.execute("select url from pages where source = ?", [source.name])]
            visit = ListVisit(f"{source.home}/feed/", source.name, "feed", at - timedelta(minutes=9), 200, is_last=True)
            if problem:
                visit = replace(visit, status=403 if "403" in problem else 200, problem=problem)
            else:
                listed = [url for (url,) in db.execute("select url from pages where source = ?", [source.name])]
                visit = replace(visit, listed=tuple(listed), known=len(listed))
            save_visit(db, visit)
            if not back % 7 and not problem:
                audit = replace(feed, number=1, way="sitemap", url="/sitemap.xml", new=0, kept=0, is_audit=True)
                save_way_count(db, run_id, audit)
        finish_run(db, run_id, {})
    records = read_source_records(db, NOW)
    first, today = NOW.date() - timedelta(weeks=12), NOW.date()
    listed, routes = read_listed(db, first), read_routes(db, first)
    save_health(db, judge_sources(records, NOW), estimate_sources(listed, routes, today), NOW)
    save_completeness(db, estimate_spans(listed, routes, today), {}, NOW)


def _fill_requests(db: Database, source: str, number: int, at: datetime) -> None:
    """What was asked of a source on a day; what its robots.txt said is told by its host alone."""
    host = f"{source.replace('_', '')}.example"
    for second in range(number):
        save_asked(db, AskedOf(source, host, at - timedelta(seconds=5 * second)))
    slow = 10.0 if source == "lensa_teluk" else None
    save_host(
        db,
        HostState(host, robots="unreachable" if source == "suara_mentaya" else "read", robots_at=at, crawl_delay=slow),
    )


def _save_former(db, story: Story) -> None:  # type: ignore[no-untyped-def]
    """What a story said before its outlet edited it."""
    article = replace(build_story_article(story), title=f"{story.title} Hari Ini")
    page = build_page(article.url, story.source, article.published_at or NOW, b"<p>sebelum diubah</p>")
    save_article(db, save_page(db, page), article, PARSER)


def _save_duplicate(db, story: Story) -> None:  # type: ignore[no-untyped-def]
    first = build_story_article(story)
    article = build_article(f"{first.url}/amp", story.source, first.text, canonical_url=first.url)
    page = build_page(article.url, story.source, datetime(2024, 11, 22, tzinfo=UTC), b"<p>amp</p>")
    save_article(db, save_page(db, page), article, PARSER)


def build_example_db(folder: Path) -> tuple[Path, Path]:
    """A private and a public database in a folder, filled with the stories."""
    pantau, public = folder / "pantau.db", folder / "public.db"
    fill_example_db(pantau)
    bake(pantau, public)
    return pantau, public
