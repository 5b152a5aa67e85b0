"""Events: what happened, when, where, for whom, and which sentence proves it."""

from __future__ import annotations

from datetime import datetime

import pytest
from build import build_article

from nlp.events import weigh_background, weigh_main
from nlp.extraction import Event
from nlp.pipeline import extract


def events(title: str, text: str, published: str | None = None) -> tuple[Event, ...]:
    day = datetime.fromisoformat(f"{published}T09:00:00+07:00") if published else None
    return extract(build_article("https://warta.example/a", "warta", text, title, day)).events


def main_event(title: str, text: str, published: str | None = None) -> Event:
    (event,) = [event for event in events(title, text, published) if event.is_main]
    return event


@pytest.mark.parametrize(
    ("title", "text", "stage"),
    [
        (
            "Kabupaten Ende Lolos Seleksi Smart City",
            "Kabupaten Ende dinyatakan lolos seleksi Gerakan Menuju Kota Cerdas tahun 2023 oleh Kementerian Kominfo.",
            "seleksi",
        ),
        (
            "Bupati Ende Teken MoU Smart City",
            "Bupati Ende menandatangani nota kesepahaman smart city dengan Ditjen Aptika, Selasa (9/5/2023).",
            "mou",
        ),
        (
            "Pemkab Ende Ikuti Bimtek Tahap II Smart City",
            "Tim Pemkab Ende mengikuti bimbingan teknis tahap II penyusunan masterplan smart city, Senin (3/7/2023).",
            "bimtek-2",
        ),
        (
            "Bimtek Smart City Ende Dibuka",
            "Pemkab Ende membuka bimtek penyusunan masterplan smart city, Senin (3/7/2023).",
            "bimtek",
        ),
        (
            "Masterplan Smart City Ende Disahkan",
            "Masterplan smart city Kabupaten Ende disahkan dengan Peraturan Bupati, Senin (4/12/2023).",
            "masterplan",
        ),
        (
            "Bupati Ende Kukuhkan Dewan Smart City",
            "Bupati Ende mengukuhkan Dewan Smart City Kabupaten Ende, Senin (5/2/2024).",
            "implementasi",
        ),
        (
            "Ende Jalani Evaluasi Smart City Tahap I",
            "Pemkab Ende menjalani evaluasi tahap I implementasi smart city oleh asesor, Senin (10/6/2024).",
            "evaluasi-1",
        ),
        (
            "Pemkab Ende Rapat Persiapan Evaluasi Smart City",
            "Diskominfo Ende menggelar rapat koordinasi persiapan evaluasi smart city, Senin (3/6/2024).",
            "evaluasi-internal",
        ),
        (
            "Ende Raih Penghargaan Smart City",
            "Pemkab Ende meraih penghargaan smart city dari Kementerian Komdigi, Kamis (12/12/2024).",
            "penghargaan",
        ),
        (
            "Pemkab Ende Studi Tiru Smart City ke Sleman",
            "Rombongan Pemkab Ende melakukan studi tiru smart city ke Pemkab Sleman, Kamis (14/3/2024).",
            "lainnya",
        ),
    ],
)
def test_the_main_event_is_the_step_that_headline_and_lead_report(title: str, text: str, stage: str) -> None:
    assert main_event(title, text).stage == stage


STAGE_TWO = (
    "Pemkab Ende menjalani evaluasi tahap II smart city bersama asesor Kementerian Kominfo, Jumat (3/11/2023).\n\n"
    "Sebelumnya, evaluasi tahap I telah berlangsung pada 12-14 Juni 2023 di Surabaya."
)


def test_the_main_event_has_its_own_date_and_not_that_of_the_stage_before() -> None:
    main, *background = events("Ende Jalani Evaluasi Smart City Tahap II", STAGE_TWO)
    assert (main.stage, main.start_date, main.end_date) == ("evaluasi-2", "2023-11-03", "2023-11-03")
    assert [(event.stage, event.start_date, event.end_date) for event in background] == [
        ("evaluasi-1", "2023-06-12", "2023-06-14")
    ]


def test_the_date_may_stand_after_the_sentence_that_tells_of_the_stage_before() -> None:
    text = (
        "Pemkab Ende mengikuti evaluasi tahap II smart city secara daring bersama Kementerian Kominfo.\n\n"
        "Evaluasi ini merupakan tindak lanjut evaluasi tahap I yang berlangsung pada 12-14 Juni 2023 di Surabaya.\n\n"
        "Kegiatan digelar di ruang command center, Jum'at (3/11/2023)."
    )
    assert main_event("Ende Ikuti Evaluasi Smart City Tahap II", text).start_date == "2023-11-03"


@pytest.mark.parametrize(
    "text",
    [
        "Pemkab Ende menggelar bimtek III smart city, Selasa (5/9/2023). Bimtek I telah digelar 6 Juni 2023 "
        "dan bimtek II pada 11 Juli 2023. Bimtek IV dijadwalkan 10 Oktober 2023.",
        "Berdasarkan surat Dirjen Aptika tanggal 15 Agustus 2023, Pemkab Ende menggelar bimtek III smart city pada "
        "5 September 2023.",
        "Setelah mengikuti bimtek II pada 11 Juli 2023, Pemkab Ende kini menggelar bimtek III smart city, "
        "Selasa (5/9/2023).",
        "ENDE (5/9/2023) – Pemkab Ende menggelar bimtek III smart city. Masterplan ditargetkan 20 Desember 2023.",
    ],
)
def test_dates_of_other_steps_letters_and_targets_are_not_the_date_of_the_main_event(text: str) -> None:
    event = main_event("Pemkab Ende Gelar Bimtek III Smart City", text)
    assert (event.stage, event.start_date, event.end_date) == ("bimtek-3", "2023-09-05", "2023-09-05")


@pytest.mark.parametrize(
    "sentence",
    [
        "Kabupaten ini berdiri pada 29 November 1493 dan terpilih pada tahun 2021.",
        "Kegiatan akan berakhir besok. Pendaftaran ditutup 1 Mei 2023.",
        "\n\nSumber: Diskominfo, diperbarui 9 Juni 2023.",
        "\n\nDiperbarui 9 Juni 2023.",
    ],
)
def test_days_of_history_of_registration_and_of_the_page_date_no_event(sentence: str) -> None:
    text = f"Pemkab Ende mengikuti bimtek smart city bersama Kementerian Kominfo. {sentence}"
    assert main_event("Pemkab Ende Ikuti Bimtek Smart City", text, "2024-08-20").start_date is None


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Pemkab Ende mengikuti bimtek smart city bersama Kementerian Kominfo kemarin.", "2023-07-04"),
        ("Pemkab Ende mengikuti bimtek smart city bersama Kementerian Kominfo baru-baru ini.", "2023-07-04"),
        ("Pemkab Ende mengikuti bimtek smart city bersama Kementerian Kominfo.", None),
        ("Pemkab Ende mengikuti bimtek smart city berdasarkan Perpres Nomor 95 Tahun 2018.", "2023-07-04"),
    ],
)
def test_no_date_is_defaulted_and_the_reason_is_given(text: str, published: str | None) -> None:
    event = main_event("Pemkab Ende Ikuti Bimtek Smart City", text, published)
    assert (event.start_date, event.end_date) == (None, None)
    assert event.date_reason


def test_a_day_without_a_year_is_no_date_and_the_reason_says_so() -> None:
    event = main_event("Pemkab Ende Ikuti Bimtek Smart City", "Pemkab Ende mengikuti bimtek smart city, Senin (3/7).")
    assert event.start_date is None
    assert event.date_reason == "tahunnya tidak tertulis"


@pytest.mark.parametrize(
    ("published", "expected"),
    [("2023-07-04", "2023-07-03"), ("2024-01-02", "2023-07-03"), ("2022-07-05", "2022-07-03")],
)
def test_a_day_without_a_year_takes_it_from_the_publication(published: str, expected: str) -> None:
    text = "Pemkab Ende mengikuti bimtek smart city bersama Kementerian Kominfo, Senin (3/7)."
    assert main_event("Pemkab Ende Ikuti Bimtek Smart City", text, published).start_date == expected


def test_an_event_with_a_date_gives_no_reason() -> None:
    assert all(
        event.date_reason is None
        for event in events("Evaluasi Smart City Ende Tahap II", STAGE_TWO)
        if event.start_date
    )


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("3 sampai 4 Juli 2023", "2023-07-03", "2023-07-04"),
        ("Senin hingga Selasa (3-4/7/2023)", "2023-07-03", "2023-07-04"),
        ("selama dua hari, Senin (3/7/2023)", "2023-07-03", "2023-07-04"),
        ("Senin (3/7/2023)", "2023-07-03", "2023-07-03"),
        ("30 Juni s.d 1 Juli 2023", "2023-06-30", "2023-07-01"),
        ("Senin (3/7/2023). Berkas harus lengkap dalam dua hari", "2023-07-03", "2023-07-03"),
        ("Selasa (4/7/2023), hari terakhir dari dua hari kegiatan", "2023-07-03", "2023-07-04"),
    ],
)
def test_an_event_of_several_days_keeps_first_and_last(when: str, start: str, end: str) -> None:
    event = main_event("Pemkab Ende Ikuti Bimtek Smart City", f"Pemkab Ende mengikuti bimtek smart city, {when}.")
    assert (event.start_date, event.end_date) == (start, end)


@pytest.mark.parametrize(
    ("where", "venue", "mode"),
    [
        ("di Aula Bappeda", "Aula Bappeda", "luring"),
        ("di Hotel Grand Melati", "Hotel Grand Melati", "luring"),
        ("secara daring melalui Zoom Meeting", None, "daring"),
        ("di Ruang Rapat Utama secara luring dan daring", "Ruang Rapat Utama", "hibrida"),
        ("bersama kementerian", None, None),
    ],
)
def test_where_and_how_an_event_was_held(where: str, venue: str | None, mode: str | None) -> None:
    text = f"Pemkab Ende mengikuti bimtek smart city {where}, Senin (3/7/2023)."
    event = main_event("Pemkab Ende Ikuti Bimtek Smart City", text)
    assert (event.venue, event.mode) == (venue, mode)


@pytest.mark.parametrize(
    ("title", "text", "regency"),
    [
        (
            "Luwu Utara Tuntaskan Bimtek IV Smart City",
            "Pemkab Luwu Utara menuntaskan bimtek tahap IV smart city di Hotel Melati Makassar, Senin (2/10/2023).",
            "73.22",
        ),
        (
            "Pemkab Ende Studi Tiru Smart City ke Sleman",
            "Rombongan Pemkab Ende melakukan studi tiru smart city ke Pemkab Sleman, Kamis (14/3/2024).",
            "53.08",
        ),
        (
            "Kotim Jalani Evaluasi Kota Cerdas",
            "SAMPIT – Pemkab Kotim menjalani evaluasi smart city oleh asesor Kementerian Komdigi, Rabu (6/11/2024).",
            "62.02",
        ),
    ],
)
def test_an_event_belongs_to_the_region_whose_programme_it_is(title: str, text: str, regency: str) -> None:
    assert main_event(title, text).regency == regency


def test_a_forum_of_many_regions_belongs_to_none() -> None:
    text = (
        "Kementerian Kominfo membuka bimtek smart city tahap I bagi 50 daerah, Senin (3/7/2023).\n\n"
        "Peserta ialah Kabupaten Ende, Kabupaten Sikka, Kabupaten Sleman, Kota Ternate, Kabupaten Cilacap, "
        "Kabupaten Kebumen, dan Kabupaten Tabanan."
    )
    assert {event.regency for event in events("Kominfo Buka Bimtek Smart City", text)} == {None}


@pytest.mark.parametrize(
    "sentence",
    [
        "Tim akan mengikuti bimtek tahap III.",
        "Smart city merupakan program yang digagas setiap tahun.",
        "Kabupaten Sikka sebelumnya terpilih dalam program smart city.",
    ],
)
def test_undated_plans_general_words_and_steps_of_others_are_no_background(sentence: str) -> None:
    text = f"Pemkab Ende mengikuti bimtek tahap II smart city, Senin (3/7/2023).\n\n{sentence}"
    assert [event.is_main for event in events("Pemkab Ende Ikuti Bimtek II Smart City", text)] == [True]


def test_a_step_told_in_passing_is_a_background_event_with_its_own_date() -> None:
    text = (
        "Pemkab Ende mengikuti bimtek tahap II smart city, Senin (3/7/2023).\n\n"
        "Sebelumnya, bupati telah menandatangani nota kesepahaman dengan Kementerian Kominfo pada 9 Mei 2023."
    )
    background = [event for event in events("Pemkab Ende Ikuti Bimtek II Smart City", text) if not event.is_main]
    assert [(event.stage, event.start_date, event.regency) for event in background] == [("mou", "2023-05-09", "53.08")]


def test_the_proof_of_each_event_is_the_sentence_that_tells_it() -> None:
    main, background = events("Ende Jalani Evaluasi Smart City Tahap II", STAGE_TWO)
    assert STAGE_TWO[main.start : main.end].startswith("Pemkab Ende menjalani evaluasi tahap II")
    assert STAGE_TWO[background.start : background.end].startswith("Sebelumnya, evaluasi tahap I")


@pytest.mark.parametrize(
    "sentence",
    ["Tahun 2021 Ende tidak lolos seleksi program smart city.", "Tahun 2021 Ende gagal masuk 100 smart city."],
)
def test_a_step_that_was_missed_is_no_event(sentence: str) -> None:
    text = f"Pemkab Ende mengikuti bimtek smart city, Senin (3/7/2023).\n\n{sentence}"
    assert [event.stage for event in events("Pemkab Ende Ikuti Bimtek Smart City", text)] == ["bimtek"]


def test_the_city_that_hosts_a_meeting_of_many_owns_no_event() -> None:
    text = "Bimtek smart city tahap IV bagi 12 daerah digelar Kementerian Kominfo di Makassar, Senin (2/10/2023)."
    event = main_event("Makassar Jadi Tuan Rumah Bimtek Smart City", text)
    assert (event.stage, event.start_date, event.regency) == ("bimtek-4", "2023-10-02", None)


def test_an_article_about_something_else_has_no_events() -> None:
    text = "Harga cabai naik di Ende, Senin (3/7/2023). Evaluasi dan bimtek pedagang digelar."
    assert events("Harga Cabai Naik di Ende", text) == ()


@pytest.mark.parametrize(
    "sentence",
    ["Bimtek dijadwalkan hingga Selasa (4/7/2023).", "Kegiatan akan ditutup Selasa (4/7/2023)."],
)
def test_an_event_goes_on_until_the_day_that_the_text_says(sentence: str) -> None:
    text = f"Pemkab Ende mengikuti bimtek smart city, Senin (3/7/2023).\n\n{sentence}"
    event = main_event("Pemkab Ende Ikuti Bimtek Smart City", text)
    assert (event.start_date, event.end_date) == ("2023-07-03", "2023-07-04")


def test_a_deadline_is_not_the_last_day_of_an_event() -> None:
    text = "Pemkab Ende dievaluasi asesor smart city, Senin (3/7/2023). Bukti dukung ditunggu hingga Rabu (5/7/2023)."
    event = main_event("Pemkab Ende Dievaluasi Asesor Smart City", text)
    assert (event.start_date, event.end_date) == ("2023-07-03", "2023-07-03")


def test_an_event_that_some_join_by_video_is_hybrid() -> None:
    text = (
        "Pemkab Ende mengikuti bimtek smart city di Aula Bappeda, Senin (3/7/2023). "
        "Sebagian camat menyimak lewat konferensi video."
    )
    assert main_event("Pemkab Ende Ikuti Bimtek Smart City", text).mode == "hibrida"


def test_how_a_step_told_in_passing_was_held_is_not_how_the_main_one_was() -> None:
    text = (
        "Pemkab Ende menggelar rapat persiapan evaluasi smart city di Aula Bappeda, Senin (3/7/2023). "
        "Evaluasi tahap II akan dijalani secara daring pada 30 Oktober 2023."
    )
    assert main_event("Pemkab Ende Rapat Persiapan Evaluasi Smart City", text).mode == "luring"


@pytest.mark.parametrize(
    ("published", "status"), [("2023-07-01", "announced"), ("2023-07-03", "held"), ("2023-07-04", "held")]
)
def test_a_main_event_after_the_publication_is_announced(published: str, status: str) -> None:
    text = "Pemkab Ende menggelar bimtek smart city, Senin (3/7/2023)."
    assert main_event("Pemkab Ende Gelar Bimtek Smart City", text, published).status == status


def test_an_agreement_between_regions_is_no_mou_of_the_programme() -> None:
    text = (
        "Pemkot Tegal dan Pemkab Brebes meneken perjanjian kerja sama aplikasi smart city, Senin (3/7/2023). "
        "Bukan MoU dengan kementerian, kata Wali Kota Tegal."
    )
    main = [event for event in events("Tegal dan Brebes Berbagi Smart City", text) if event.is_main]
    assert {(event.stage, event.regency) for event in main} == {("lainnya", "33.76"), ("lainnya", "33.29")}


def test_the_number_of_a_step_before_is_not_that_of_the_main_event() -> None:
    text = (
        "Pemkab Ende menjalani evaluasi smart city oleh asesor, Rabu (25/11/2020). Paparan dibuka sekda. "
        "Asesor bertanya banyak hal tentang data sampah, air bersih, pasar ikan, dan jalan desa. Sekda menjawab rinci. "
        "Warga pasar ikut ditanya apakah retribusi tanpa uang tunai memudahkan mereka atau malah menambah pekerjaan. "
        "Para camat mendengarkan dari ruang sebelah dan sesekali menambahkan angka yang belum disebut oleh dinas. "
        "Kepala dinas berjanji melengkapi catatan tentang kampung yang belum terjangkau sinyal dan listrik malam hari. "
        "Acara ditutup doa bersama.\n\n"
        "Ende sudah mengikuti evaluasi tahap I di Banyuwangi, 18-20 Juni 2019."
    )
    assert {(event.stage, event.is_main) for event in events("Ende Dievaluasi Kominfo Soal Smart City", text)} == {
        ("evaluasi", True), ("evaluasi-1", False),
    }  # fmt: skip


def test_a_step_of_the_host_is_the_hosts() -> None:
    text = (
        "Rombongan Pemkab Ende melakukan studi tiru smart city ke Pemkab Sleman, Kamis (14/3/2024).\n\n"
        "Sleman terpilih dalam angkatan perdana gerakan itu pada 2017. Ende meneken nota kesepakatan dengan "
        "Kementerian Kominfo pada 28 Februari 2023."
    )
    background = [event for event in events("Ende Studi Tiru Smart City ke Sleman", text) if not event.is_main]
    assert [(event.stage, event.regency) for event in background] == [("seleksi", "34.04"), ("mou", "53.08")]


def test_an_evaluation_is_on_the_day_of_its_turn_in_a_forum_of_days() -> None:
    text = (
        "Tim smart city Kota Tegal mengikuti Evaluasi Tahap I yang digelar Kementerian Kominfo di Surabaya, "
        "12-14 Juni 2023. Kota Tegal mendapat giliran Selasa (13/6) pagi."
    )
    event = main_event("Kota Tegal Diuji Asesor Smart City", text)
    assert (event.start_date, event.end_date) == ("2023-06-13", "2023-06-13")


def test_the_day_on_which_somebody_speaks_is_no_turn() -> None:
    text = (
        "Tim smart city Kota Tegal mengikuti Evaluasi Tahap I yang digelar Kementerian Kominfo di Surabaya, "
        "12-14 Juni 2023. Paparan berjalan lancar, kata Kadis Kominfo, Rabu (14/6)."
    )
    assert main_event("Kota Tegal Diuji Asesor Smart City", text).start_date == "2023-06-12"


def test_a_forum_of_many_regions_is_no_step_of_one() -> None:
    text = (
        "Pemkab Samosir turut dalam Focus Group Discussion (FGD) penyelarasan masterplan smart city yang digelar "
        "Kementerian Kominfo, Rabu (1/12/2021). FGD mempertemukan delapan kabupaten sekawasan."
    )
    assert main_event("Samosir Hadiri FGD Masterplan Smart City", text).regency is None


def test_a_step_to_come_of_two_regions_together_is_one_of_each() -> None:
    text = (
        "Bimbingan teknis tahap II masterplan smart city Kabupaten Ende dan Kabupaten Sikka digelar di Maumere, "
        "Rabu (29/9/2021). Bupati Ende dan Bupati Sikka membukanya.\n\nBimtek tahap III dijadwalkan 21 Oktober 2021."
    )
    found = events("Ende dan Sikka Gelar Bimtek Smart City Tahap II Bersama", text, "2021-09-30")
    told = {(event.stage, event.regency) for event in found if not event.is_main}
    assert told == {("bimtek-3", "53.08"), ("bimtek-3", "53.07")}


def test_the_sentence_that_tells_only_when_belongs_to_the_step_before() -> None:
    text = (
        "Buku masterplan smart city diserahkan kepada Pemkab Ende, Senin (30/12/2024).\n\n"
        "Bimtek tahap IV diisi paparan akhir. Tanggalnya 15 Oktober 2024, di aula kantor bupati."
    )
    found = events("Masterplan Smart City Ende Diserahkan", text, "2024-12-31")
    assert ("bimtek-4", "2024-10-15") in {(event.stage, event.start_date) for event in found}


def test_what_an_award_is_given_for_is_no_step() -> None:
    text = (
        "Pemkab Ende menganggarkan aplikasi smart city, Jumat (15/11/2024). Pada 14 Desember 2023, kabupaten ini "
        "mendapat plakat sebagai daerah yang merampungkan masterplan."
    )
    found = events("Anggaran Smart City Ende Naik", text, "2024-11-16")
    assert {event.stage for event in found if not event.is_main} == {"penghargaan"}


@pytest.mark.parametrize(
    ("when", "published", "expected"),
    [
        ("Selasa kemarin", "2023-07-06", "2023-07-04"),
        ("Selasa", "2023-07-06", "2023-07-04"),
        ("hari ini", "2023-07-06", "2023-07-06"),
        ("Selasa (27/6/2023)", "2023-07-06", "2023-06-27"),
        ("Selasa kemarin", None, None),
        ("kemarin", "2023-07-06", None),
        ("pekan lalu", "2023-07-06", None),
        ("setiap Selasa", "2023-07-06", None),
    ],
)
def test_a_weekday_dates_the_event_where_no_date_is_printed(
    when: str, published: str | None, expected: str | None
) -> None:
    text = f"Pemkab Ende mengikuti bimtek smart city bersama Kementerian Kominfo, {when}."
    event = main_event("Pemkab Ende Ikuti Bimtek Smart City", text, published)
    assert event.start_date == expected
    assert (event.date_reason is None) == (expected is not None)


MAIN = dict.fromkeys(("margin", "resembled", "trigger", "in_title", "named", "day", "date"), 0.5)
BACKGROUND = dict.fromkeys(("words", "day", "date", "named", "numbered", "told"), 0.5)


@pytest.mark.parametrize("feature", MAIN)
def test_the_more_stands_behind_a_main_event_the_surer_it_is(feature: str) -> None:
    assert weigh_main({**MAIN, feature: 0.0}) < weigh_main(MAIN) < weigh_main({**MAIN, feature: 1.0}) <= 1.0


@pytest.mark.parametrize("feature", BACKGROUND)
def test_the_more_stands_behind_a_step_told_in_passing_the_surer_it_is(feature: str) -> None:
    less, more = ({**BACKGROUND, feature: value} for value in (0.0, 1.0))
    assert weigh_background(less) < weigh_background(BACKGROUND) < weigh_background(more) <= 1.0
