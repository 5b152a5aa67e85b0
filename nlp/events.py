"""Events: the step that the article reports, and the steps it tells in passing, each with date, venue and proof."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from nlp.dates import DateSpan
from nlp.extraction import Event, Mode, Regency, Span, Stage
from nlp.regencies import PlaceMention
from nlp.relevance import score_stage_texts
from nlp.stages import background_stages, number_stage, numbers_of_steps, score_stages
from nlp.tokens import begin_between
from nlp.words import any_of, in_furniture


@dataclass(frozen=True, slots=True)
class Story:
    """What the event reader needs to know of an article."""

    title: str
    text: str
    sentences: tuple[Span, ...]
    dates: list[DateSpan]
    places: list[PlaceMention]
    title_places: list[PlaceMention]
    regencies: tuple[Regency, ...]
    published: date | None


NO_DATE, NO_YEAR = "tanggalnya tidak tertulis", "tahunnya tidak tertulis"
"""Why an event has no date; Indonesian, because readers see it."""

_WEIGHTS = (2.0, 1.6, 1.2, 0.8)  # of the first sentences; later ones weigh the last
_VENUE = re.compile(
    r"\b(?:di|dari|bertempat di|berlangsung di|dipusatkan di|pada)\s+(?P<venue>(?:(?:[A-Z][\w&'’.-]*\s+){0,3})?"
    rf"(?i:{any_of('venue_heads')})\b(?:\s+(?:[A-Z0-9(][\w&'’./()-]*|of|dan|lantai|kantor|rapat|kerja|pertemuan|utama|"
    r"dinas|jabatan|wali|kota|bupati)){0,9})"
)
_ONLINE = re.compile(rf"\b{any_of('online')}\b", re.IGNORECASE)
_HYBRID = re.compile(rf"\b{any_of('hybrid')}\b", re.IGNORECASE)
_OFFLINE = re.compile(r"\b(?:tatap muka|luring|secara langsung)\b", re.IGNORECASE)
_LETTER = re.compile(rf"\b{any_of('numbered_paper')}\b[^.\n]{{0,60}}$", re.IGNORECASE)
_OTHER_TIME = re.compile(rf"\b{any_of('other_time')}\b[^.\n]{{0,70}}$", re.IGNORECASE)
_COUNTED = {"dua": 2, "2": 2, "tiga": 3, "3": 3, "empat": 4, "4": 4}
_DAYS = rf"(?P<n>{'|'.join(_COUNTED)})\s+hari"
_TWO_DAYS = re.compile(
    rf"\b(?:selama|berjalan|berlangsung|digelar|diselenggarakan|dilaksanakan)\s+(?:selama\s+)?{_DAYS}\b|"
    rf"\b{_DAYS.replace('<n>', '<m>')}\s+(?:itu|tersebut|bimtek|kegiatan|pelaksanaan|penuh|bimbingan)\b|"
    rf"\bbimtek\s+{_DAYS.replace('<n>', '<o>')}\b",
    re.IGNORECASE,
)
_LAST_DAY = re.compile(r"\bhari (?:terakhir|penutup|pamungkas)\b", re.IGNORECASE)
_SECOND_DAY = re.compile(r"\bhari kedua\b[^.\n]{0,30}\bbesok\b", re.IGNORECASE)
_PAST = re.compile(rf"\b{any_of('taken')}\b", re.IGNORECASE)
_PLAN = re.compile(rf"\b{any_of('planned')}\b", re.IGNORECASE)
_GENERAL = re.compile(rf"\b{any_of('in_general')}\b", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:tidak|belum|gagal|batal)\s+(?:\w+\s+)?(?:lolos|terpilih|masuk|mengikuti|menerima|meraih|mendapat|digelar)\b",
    re.IGNORECASE,
)
_REASON_OF_AWARD = re.compile(r"(?:penghargaan|award|anugerah)[^.]{0,80}\b(?:karena|atas|berkat)\b", re.IGNORECASE)
_CROWD = re.compile(r"\b\d+\s+(?:kabupaten|kota|daerah)|(?:kabupaten/kota|kota/kabupaten)", re.IGNORECASE)
_WHERE = re.compile(r"\b(?:di|ke)\s+(?:kota|kabupaten)?\s*$", re.IGNORECASE)
_RECEIVES = re.compile(
    r"\b(?:(?:terima|menerima|sambut|menyambut|kedatangan)\b[^.]{0,60}?\b(?:kunjungan|tamu|rombongan|studi \w+)|"
    r"rombongan|tamunya|delegasi|kunjungan(?: kerja| studi)? (?:dari |pemerintah |pemkab |pemkot |dprd |diskominfo )+)",
    re.IGNORECASE,
)
_GOES = re.compile(
    r"\b(?:sambangi|menyambangi|kunjungi|mengunjungi|berkunjung|belajar|berguru|bertandang|bertamu|"
    r"studi (?:banding|tiru)|(?:ingin )?(?:tiru|meniru)|menimba ilmu|kunjungan kerja ke|kunker)\b",
    re.IGNORECASE,
)


_STEP = {
    "bimtek": re.compile(r"bimtek|bimbingan teknis", re.IGNORECASE),
    "evaluasi": re.compile(r"evaluasi|penilaian|dinilai", re.IGNORECASE),
}
_CLOSING = re.compile(r"penutupan|ditutup|resmi diakhiri|menutup|tutup rangkaian|penghujung", re.IGNORECASE)
_FOUR_STEPS = re.compile(r"empat tahap|keempat|rangkaian", re.IGNORECASE)


ENOUGH = 1.2
"""What a date must score to be that of the main event; less is another day that the text happens to print."""


def find_events(story: Story) -> tuple[Event, ...]:
    """The main event first, once for each subject, then background events in the order of the text.

    The date of an event is one that stands with it in the text; where there is none, the event says why.
    """
    if not story.sentences:
        return ()
    subjects = [regency.code for regency in story.regencies if regency.role == "subject"]
    main = _main_events(story, subjects)
    if not main:
        return ()
    return (*main, *_background_events(story, subjects, main[0]))


def _main_events(story: Story, subjects: list[str]) -> list[Event]:
    ranked = _rank_stages(story)
    if not ranked:
        return []
    coarse, confidence = ranked[0]
    stage = _numbered(story, coarse)
    start, end = _proof(story, coarse, stage)
    span = _main_date(story, coarse, stage, (start, end))
    first, last, reason = _event_days(story, span)
    venue = _main_venue(story, coarse, stage, (start, end), span)
    lead = story.text[: _lead_end(story)]
    common = {
        "stage": stage, "start_date": first, "end_date": last, "date_reason": reason, "venue": venue,
        "mode": _mode(lead, venue), "is_main": True, "start": start, "end": end, "confidence": confidence,
    }  # fmt: skip
    owners: list[str | None] = list(subjects) if subjects and (len(subjects) < 3) else [None]
    if coarse == "lainnya" and len(owners) > 1:
        owners = [_visitor(story, subjects)]
    return [Event(regency=owner, **common) for owner in owners]  # type: ignore[arg-type]


def _rank_stages(story: Story) -> list[tuple[str, float]]:
    """Coarse stages with their share of the evidence, the likeliest first."""
    scores: dict[str, float] = {}
    for stage, score in score_stages(story.title).items():
        scores[stage] = scores.get(stage, 0) + 1.7 * score
    for i, (start, end) in enumerate(story.sentences):
        weight = _WEIGHTS[i] if i < len(_WEIGHTS) else 0.25 if i < 12 else 0.1
        sentence = story.text[start:end]
        if sentence.strip() == story.title.strip():
            continue
        if i > 3 and sentence[:1] in '“"”':
            weight *= 0.5
        for stage, score in score_stages(sentence).items():
            scores[stage] = scores.get(stage, 0) + weight * score
    if not scores:
        return []
    learnt = score_stage_texts(story.title, story.text)
    highest = max(scores.values())
    merged = {stage: score / highest + 1.2 * learnt.get(stage, 0.0) for stage, score in scores.items()}
    total = sum(merged.values())
    return sorted(
        ((stage, round(score / total, 3)) for stage, score in merged.items()), key=lambda item: (-item[1], item[0])
    )


def _proof(story: Story, coarse: str, stage: Stage) -> Span:
    """The sentence that best reports the stage, early ones first; a date makes it better, another number worse."""
    best, best_score = story.sentences[0] if story.sentences else (0, len(story.text)), -1.0
    for i, (start, end) in enumerate(story.sentences):
        sentence = story.text[start:end]
        score = score_stages(sentence).get(coarse, 0.0) * (_WEIGHTS[i] if i < len(_WEIGHTS) else 0.4)
        if score > 0 and any(d.is_day for d in begin_between(story.dates, start, end)):
            score *= 1.3
        numbers = (
            {number_stage(coarse, sentence, m.start(), m.end()) for m in _STEP[coarse].finditer(sentence)}
            if coarse in _STEP
            else set()
        )
        if numbers - {coarse} and stage not in numbers:
            score *= 0.2
        elif stage != coarse and stage in numbers:
            score *= 1.5
        if score > best_score:
            best, best_score = (start, end), score
    return best


def _numbered(story: Story, coarse: str) -> Stage:
    """The main stage with its number, looked for in the headline, then in the lead, then in the whole text."""
    if coarse not in _STEP:
        return cast(Stage, coarse)
    for text, last in (
        (story.title, len(story.title)),
        (story.text, _lead_end(story)),
        (story.text, len(story.text)),
    ):
        for match in _STEP[coarse].finditer(text, 0, last):
            stage = number_stage(coarse, text, match.start(), match.end())
            if stage != coarse:
                return stage
    beginning = f"{story.title} {story.text[: _lead_end(story)]}"
    if coarse == "bimtek" and _CLOSING.search(beginning) and _FOUR_STEPS.search(story.text):
        return "bimtek-4"
    return cast(Stage, coarse)


def _main_date(story: Story, coarse: str, stage: Stage, proof: Span) -> DateSpan | None:
    """The day of the main event: near its proof, in the lead, not that of a letter or of another stage."""
    lead = _lead_end(story)
    best, best_score = None, ENOUGH
    for span in story.dates:
        if span.start_date is None or len(span.start_date) < 7:
            continue
        if in_furniture(story.text, span.start):
            continue
        before = story.text[max(0, span.start - 90) : span.start]
        sentence = _sentence(story, span.start)
        words = story.text[sentence[0] : sentence[1]]
        score = 2.0 if span.is_day else 0.6
        score += (
            2.0 * (proof[0] <= span.start < proof[1])
            + 1.5 * (span.start < lead)
            + 0.8 * (story.text[span.end - 1] == ")")
        )
        score -= 4.0 * bool(_LETTER.search(before)) + 2.5 * bool(_OTHER_TIME.search(before))
        if other := _other_stage(words, coarse, stage, span.start - sentence[0]):
            score -= 3.0 * other
        if (
            story.published
            and span.is_day
            and abs((date.fromisoformat(str(span.end_date)) - story.published).days) > 120
        ):
            score -= 3.0
        score -= min(span.start / 2000, 1.0)
        if score > best_score:
            best, best_score = span, score
    # A forum of many regions lasts for days, and each is assessed on one of them.
    return best if coarse in ("evaluasi", "seleksi") else _widest(story, best)


def _other_stage(words: str, coarse: str, stage: Stage, offset: int) -> float:
    """1 where the words nearest before a date speak of the same kind of step with another number, else 0."""
    if coarse not in _STEP:
        return 0.0
    before = list(_STEP[coarse].finditer(words, max(0, offset - 500), offset))
    if not before:
        return 0.0
    found = number_stage(coarse, words, before[-1].start(), before[-1].end())
    tail = words[before[-1].end() : offset]
    return float(
        found not in (stage, coarse) and stage != coarse and bool(re.search(r"tahap|ke-|kedua|pertama|\bI+V?\b", tail))
    )


def _widest(story: Story, span: DateSpan | None) -> DateSpan | None:
    """A range of a few days in the text that contains the day, where there is one, else the span itself."""
    if span is None or not span.is_day or span.start_date != span.end_date:
        return span
    for other in story.dates:
        if (
            other.is_day
            and other.start_date != other.end_date
            and str(other.start_date) <= str(span.start_date) <= str(other.end_date)
        ):
            days = (date.fromisoformat(str(other.end_date)) - date.fromisoformat(str(other.start_date))).days
            if days <= 7:
                return other
    return span


def _event_days(story: Story, span: DateSpan | None) -> tuple[str | None, str | None, str | None]:
    """First and last day of the main event, or the reason why there is none."""
    if span is None:
        unresolved = any(d.start_date is None for d in story.dates)
        return None, None, NO_YEAR if unresolved else NO_DATE
    first, last = span.start_date, span.end_date
    if span.is_day and first == last:
        days = 1
        if match := _TWO_DAYS.search(story.text, 0, max(_lead_end(story), min(span.end + 300, len(story.text)))):
            days = _COUNTED[(match["n"] or match["m"] or match["o"]).lower()]
        if _SECOND_DAY.search(story.text):
            days = 2
        if days > 1 and _LAST_DAY.search(story.text, span.start, min(span.end + 60, len(story.text))):
            first = (date.fromisoformat(str(first)) - timedelta(days=days - 1)).isoformat()
        elif days > 1:
            last = (date.fromisoformat(str(first)) + timedelta(days=days - 1)).isoformat()
    return first, last, None


def _background_events(story: Story, subjects: list[str], main: Event) -> list[Event]:
    """Steps of a subject that the text tells in passing as taken or announces with a date, each stage once a year."""
    if not subjects or len(subjects) > 2:
        return []
    events: dict[tuple[Stage, str | None], Event] = {}
    for start, end in story.sentences:
        sentence = story.text[start:end]
        if _GENERAL.search(sentence) or _NEGATED.search(sentence) or _names_another(story, (start, end), subjects):
            continue
        for coarse, stage, at in _steps_told(sentence, main):
            span = _date_of_step(story, (start, end), start + at, stage != coarse, main.start_date)
            if not _is_background(sentence, coarse, stage, main, span):
                continue
            if coarse == "seleksi" and _CROWD.search(sentence) and not _names_subject(story, (start, end), subjects):
                continue
            first, last = (span.start_date, span.end_date) if span else (None, None)
            venue = _venue(story, (start, end)) if stage != coarse else None
            reason = None if first else NO_DATE
            found = Event(stage, first, last, reason, subjects[0], venue, None, False, start, end, 0.6)
            events.setdefault((stage, first[:4] if first else None), found)
    dated = {stage for stage, year in events if year}
    return [event for (stage, year), event in events.items() if year or stage not in dated]


def _steps_told(sentence: str, main: Event) -> Iterator[tuple[str, Stage, int]]:
    """Coarse stage, stage and offset of every step that a sentence tells.

    Numbers count by themselves where the sentence speaks of a bimtek or evaluation: "Bimtek Tahap I telah digelar pada
    20 Juni, sedangkan tahap ketiga dijadwalkan 29 Agustus".
    """
    ladder = next((coarse for coarse, word in _STEP.items() if word.search(sentence)), None)
    if ladder:
        for offset, number in numbers_of_steps(sentence):
            if number <= (4 if ladder == "bimtek" else 2):
                yield ladder, cast(Stage, f"{ladder}-{number}"), offset
    because = _REASON_OF_AWARD.search(sentence)
    for coarse, at, to in background_stages(sentence):
        if because and coarse != "penghargaan":
            continue
        if coarse not in _STEP or number_stage(coarse, sentence, at, to) == coarse:
            yield coarse, cast(Stage, coarse), at


def _is_background(sentence: str, coarse: str, stage: Stage, main: Event, span: DateSpan | None) -> bool:
    if stage == main.stage:
        return span is not None and span.start_date != main.start_date and coarse not in _STEP
    if coarse in _STEP and stage == coarse:
        # Without a number it is a step of its own only beside another kind of event, and with a date of its own.
        return span is not None and (not main.stage.startswith(coarse) or main.stage == "evaluasi-internal")
    if _PLAN.search(sentence) and span is None:
        return False
    return coarse in _STEP or bool(_PAST.search(sentence))


def _names_another(story: Story, sentence: Span, subjects: list[str]) -> bool:
    """Whether the sentence speaks of the government of other kabupaten or kota and of no subject."""
    codes = {
        place.code
        for place in begin_between(story.places, *sentence)
        if place.is_office and not _WHERE.search(story.text[max(0, place.start - 20) : place.start])
    }
    return bool(codes) and not codes & set(subjects)


def _names_subject(story: Story, sentence: Span, subjects: list[str]) -> bool:
    return any(place.code in subjects for place in begin_between(story.places, *sentence))


def _date_of_step(story: Story, sentence: Span, at: int, numbered: bool, main_day: str | None) -> DateSpan | None:
    """The date that goes with words at an offset: the most exact, then the nearest; for a number the next one after.

    The day of the main event is no other step's. "191 kota yang terpilih selama 2017-2022" gives years of many, so no
    date of the one.
    """
    told = [d for d in begin_between(story.dates, *sentence) if d.start_date]
    if not numbered and any(_is_span_of_years(d) and 0 < d.start - at < 60 for d in told):
        return None
    inside = [d for d in told if not _is_span_of_years(d) and not (d.is_day and d.start_date == main_day)]
    if numbered and (after := [d for d in inside if d.start > at]):
        return after[0]
    return min(inside, key=lambda d: (-len(str(d.start_date)), abs(d.start - at))) if inside else None


def _is_span_of_years(span: DateSpan) -> bool:
    return len(str(span.start_date)) == 4 and span.start_date != span.end_date


def _visitor(story: Story, subjects: list[str]) -> str | None:
    """Of host and visitor, the visitor: the guest that comes ("rombongan X", "menerima kunjungan X"), or who goes.

    Headline first, then the lead; the weightier of the two where the text does not tell.
    """
    for text, places in ((story.title, story.title_places), (story.text[: _lead_end(story)], story.places)):
        named = [place for place in places if place.code in subjects and place.start < len(text)]
        for pattern, is_before in ((_RECEIVES, False), (_GOES, True)):
            for match in pattern.finditer(text):
                before = [place for place in named if place.end <= match.start()]
                after = [place for place in named if place.start >= match.end()]
                if before if is_before else after:
                    return before[-1].code if is_before else after[0].code
    return subjects[0] if subjects else None


def _main_venue(story: Story, coarse: str, stage: Stage, proof: Span, span: DateSpan | None) -> str | None:
    """Where the main event took place: as its proof says, else the sentence of its date, else the lead."""
    near = [proof] + ([_sentence(story, span.start)] if span else [])
    for start, end in [*near, *(s for s in story.sentences if s[0] < _lead_end(story))]:
        match = _VENUE.search(story.text, start, end)
        if match and not _other_stage(story.text[start:end], coarse, stage, match.start() - start):
            return _venue(story, (start, end))
    return None


def _venue(story: Story, sentence: Span) -> str | None:
    match = _VENUE.search(story.text, sentence[0], sentence[1])
    if not match:
        return None
    venue = re.sub(r"\s+(?:dan|kantor|of)$", "", match["venue"].strip(" .,;-"))
    if "(" in venue and ")" not in venue:
        venue = venue[: venue.index("(")].strip()
    return venue if " " in venue and re.search(r"[A-Z]", venue) else None


def _mode(lead: str, venue: str | None) -> Mode | None:
    if _HYBRID.search(lead) or (_ONLINE.search(lead) and _OFFLINE.search(lead)):
        return "hibrida"
    if _ONLINE.search(lead):
        return "daring"
    return "luring" if venue or _OFFLINE.search(lead) else None


def _sentence(story: Story, offset: int) -> Span:
    """The sentence in which an offset lies."""
    at = bisect_right(story.sentences, offset, key=lambda sentence: sentence[0])
    return story.sentences[at - 1]


def _lead_end(story: Story) -> int:
    """End of the fourth sentence, at least 500 characters where the text has them."""
    end = story.sentences[min(3, len(story.sentences) - 1)][1] if story.sentences else len(story.text)
    return max(end, min(500, len(story.text)))
