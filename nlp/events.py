"""Events: the step that the article reports, and the steps it tells in passing, each with date, venue and proof."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import cast

from nlp.calendar.dates import DateSpan
from nlp.calendar.relative_days import find_relative_days
from nlp.editions import main_edition, step_edition
from nlp.extraction import Event, Mode, Regency, Span, Stage, Status
from nlp.regencies import PlaceMention
from nlp.stages import LADDERS, number_stage, score_stages
from nlp.steps import Step, find_steps
from nlp.tokens import begin_between
from nlp.words import any_of, in_furniture, lowered


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
    resembled: dict[str, float]
    """Probability of each coarse stage by headline and lead, as learnt."""


NO_DATE, NO_YEAR = "tanggalnya tidak tertulis", "tahunnya tidak tertulis"
"""Why an event has no date; Indonesian, because readers see it."""

_WEIGHTS = (2.0, 1.6, 1.2, 0.8)  # of the first sentences; later ones weigh the last
_VENUE = re.compile(
    r"\b(?:di|ke|dari|bertempat di|berlangsung di|dipusatkan di|pada)\s+(?P<venue>(?:(?:[A-Z][\w&'’.-]*\s+){0,3})?"
    rf"(?i:{any_of('venue_heads')})\b(?:\s+(?:[A-Z0-9(][\w&'’./()-]*|of|dan|lantai|kantor|rapat|kerja|pertemuan|utama|"
    r"dinas|jabatan|wali|kota|bupati)){0,9})"
)
# For text in lower case.
_ONLINE = re.compile(rf"\b{any_of('online')}\b")
_HYBRID = re.compile(rf"\b{any_of('hybrid')}\b")
_OFFLINE = re.compile(r"\b(?:tatap muka|luring|secara langsung)\b")
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
_PLAN = re.compile(r"\b(?:akan|bakal|rencananya|direncanakan|dijadwalkan|diagendakan)\b", re.IGNORECASE)
_HELD = re.compile(rf"\b{any_of('happened')}\b", re.IGNORECASE)
_GENERAL = re.compile(rf"\b{any_of('in_general')}\b", re.IGNORECASE)
_REASON_OF_AWARD = re.compile(
    r"(?:penghargaan|award|anugerah|plakat|piala)[^.]{0,80}\b(?:karena|atas|berkat|sebagai|kepada)\b",
    re.IGNORECASE,
)
_CROWD = re.compile(r"\b\d+\s+(?:kabupaten|kota|daerah)|(?:kabupaten/kota|kota/kabupaten)", re.IGNORECASE)
_THIS_ONE = re.compile(
    r"\b(?:(?:daerah|kabupaten|kota|kita|kami|pihaknya)(?: (?:ini|itu|tersebut))?\b|daerahnya|kotanya)", re.IGNORECASE
)
_COMPANION = re.compile(
    rf"\b{any_of('companions')}\s+(?:(?:pemerintah|pemkab|pemkot|kabupaten|kab\.|kota|daerah|rekan\w*)\s+)*$",
    re.IGNORECASE,
)
_ONLY_LISTS = re.compile(r"(?:[\s,;&()]|\b(?:dan|serta|juga|kabupaten|kab\.|kota|maupun|atau)\b)*", re.IGNORECASE)
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


_ALREADY = re.compile(r"\b(?:sudah|telah|pernah|sebelumnya|lalu|akan|nanti)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"\b(?:sampai|hingga|ditutup|berakhir)\s+(?:dengan\s+)?(?:pada\s+)?$", re.IGNORECASE)
_DEADLINE = re.compile(
    r"\b(?:bukti|batas|tenggat|pendaftaran|dikirim\w*|mengirim\w*|unggah\w*|diunggah|ditunggu|survei|pameran)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:sampai|hingga)\s+(?:dengan\s+)?$", re.IGNORECASE)
_MINISTRY = re.compile(rf"\b{any_of('ministry')}\b", re.IGNORECASE)
_PARTNER = re.compile(rf"\b{any_of('partners')}\b", re.IGNORECASE)
_NOT_WITH = re.compile(r"\bbukan\b[^.]{0,40}", re.IGNORECASE)
_LOOSE = re.compile(r"kemar[ei]n(?: lusa)?|semalam", re.IGNORECASE)  # said of any day not long ago
_TURN = re.compile(rf"\b{any_of('turns')}\b", re.IGNORECASE)
_SAYS = re.compile(rf"\b(?:{any_of('says')}|{any_of('asides')})\b", re.IGNORECASE)
_FORUM = re.compile(rf"\b{any_of('forums')}\b", re.IGNORECASE)
_OF_MANY = re.compile(
    r"\b(?:mempertemukan|diikuti|dihadiri|menghadirkan|melibatkan|dari)\s+(?:\w+\s+){0,2}?"
    r"(?:tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|\w+ (?:belas|puluh)|\d{1,3})\s+"
    r"(?:kabupaten|kota|daerah)\b",
    re.IGNORECASE,
)
_GOES_ON_WITH_IT = re.compile(rf"{any_of('goes_on_with_it')}\b", re.IGNORECASE)
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
    coarse, share = ranked[0]
    is_agreement = coarse == "mou" and _is_with_others(story, subjects)
    if is_agreement:
        coarse = "lainnya"
    stage = _numbered(story, coarse)
    start, end = _proof(story, "mou" if is_agreement else coarse, stage)
    span = _main_date(story, coarse, stage, (start, end))
    told = span or _relative_day(story, coarse, (start, end))
    first, last, reason = _event_days(story, told)
    venue = _main_venue(story, coarse, stage, (start, end), span)
    lead = _told_of_main(story, first)
    common = {
        "stage": stage, "start_date": first, "end_date": last,
        "edition": _main_edition(story, stage, (start, end), first), "date_reason": reason, "venue": venue,
        "mode": _mode(lead, venue), "is_main": True,
        "status": _main_status(story, (start, end), first), "start": start, "end": end,
    }  # fmt: skip
    owners: list[str | None] = list(subjects) if subjects and (len(subjects) < 3) else [None]
    if coarse == "lainnya" and len(owners) > 1 and not is_agreement:
        owners = [_visitor(story, subjects)]
    elif coarse in ("masterplan", "lainnya") and _is_forum_of_many(story):
        owners = [None]
    weighed = "mou" if is_agreement else coarse
    margin = share - (ranked[1][1] if len(ranked) > 1 else 0.0)
    return [
        Event(
            regency=owner,
            confidence=weigh_main(
                main_features(story, weighed, (start, end), owner, told, span is None and told is not None, margin)
            ),
            **common,  # type: ignore[arg-type]
        )
        for owner in owners
    ]


def _main_edition(story: Story, stage: Stage, proof: Span, first: str | None) -> int | None:
    """Which year's the main event is, by the headline, the sentence that proves it and the lead."""
    told = [span for span in dict.fromkeys([proof, *story.sentences]) if not in_furniture(story.text, span[0])]
    lead_end = _lead_end(story)
    lead = [story.text[start:end] for start, end in told if start < lead_end or (start, end) == proof]
    rest = [story.text[start:end] for start, end in told if start >= lead_end and (start, end) != proof]
    held = first or (story.published.isoformat() if story.published else None)
    return main_edition(story.title, lead, rest, stage, held)


def _is_with_others(story: Story, subjects: list[str]) -> bool:
    """Whether the agreement that headline and lead report is one of regions or companies, without the ministry."""
    lead = _NOT_WITH.sub("", f"{story.title}\n{story.text[: _lead_end(story)]}")
    return not _MINISTRY.search(lead) and (len(subjects) > 1 or bool(_PARTNER.search(lead)))


def _is_forum_of_many(story: Story) -> bool:
    """Whether headline and lead report a forum of several regions, which is no step of one of them."""
    lead = f"{story.title}\n{story.text[: _lead_end(story)]}"
    return bool(_FORUM.search(lead) and _OF_MANY.search(lead))


def _told_of_main(story: Story, first: str | None) -> str:
    """The sentences of the lead that speak of no other day."""
    return "\n".join(
        story.text[start:end]
        for start, end in story.sentences
        if start < _lead_end(story)
        and all(
            d.start_date is None
            or not first
            or d.start_date[: len(first)] == first[: len(d.start_date)]
            or not d.is_day
            for d in begin_between(story.dates, start, end)
        )
    )


def _main_status(story: Story, proof: Span, first: str | None) -> Status:
    """Announced where the day lies after the publication, or where neither says more than that it will be held."""
    if first and story.published:
        return "announced" if first > story.published.isoformat()[: len(first)] else "held"
    words = story.text[proof[0] : proof[1]]
    return "announced" if _PLAN.search(words) and not _HELD.search(words) else "held"


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
    highest = max(scores.values())
    merged = {stage: score / highest + 1.2 * story.resembled.get(stage, 0.0) for stage, score in scores.items()}
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
            {number_stage(coarse, sentence, m.start(), m.end()) for m in LADDERS[coarse].finditer(lowered(sentence))}
            if coarse in LADDERS
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
    if coarse not in LADDERS:
        return cast(Stage, coarse)
    for text, last in (
        (story.title, len(story.title)),
        (story.text, _lead_end(story)),
        (story.text, len(story.text)),
    ):
        for match in LADDERS[coarse].finditer(lowered(text), 0, last):
            stage = number_stage(coarse, text, match.start(), match.end())
            if stage != coarse and not (last > _lead_end(story) <= match.start() and _is_earlier(story, match.start())):
                return stage
    beginning = f"{story.title} {story.text[: _lead_end(story)]}"
    if coarse == "bimtek" and _CLOSING.search(beginning) and _FOUR_STEPS.search(story.text):
        return "bimtek-4"
    return cast(Stage, coarse)


def _is_earlier(story: Story, offset: int) -> bool:
    """Whether the sentence at an offset tells of another time: it was taken already, or it has a date."""
    start, end = _sentence(story, offset)
    return bool(_ALREADY.search(story.text, start, end)) or bool(begin_between(story.dates, start, end))


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
        score -= 2.5 * bool(_UNTIL.search(before))
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
    return _turn(story, best) if coarse in ("evaluasi", "seleksi") else _widest(story, best)


def _turn(story: Story, span: DateSpan | None) -> DateSpan | None:
    """The day in a range of days on which the text says that the region had its turn, else the span itself."""
    if span is None or not span.is_day or span.start_date == span.end_date:
        return span
    for other in story.dates:
        within = str(span.start_date) <= str(other.start_date) <= str(span.end_date)
        if other.is_day and other.start_date == other.end_date and within:
            start, end = _sentence(story, other.start)
            if _TURN.search(story.text, start, end) and not _SAYS.search(story.text, max(start, other.start - 70), end):
                return other
    return span


def _relative_day(story: Story, coarse: str, proof: Span) -> DateSpan | None:
    """The day that the proof, or the first sentence, tells from the publication: "Selasa kemarin"; None where none."""
    for start, end in dict.fromkeys([proof, story.sentences[0]]):
        if coarse not in score_stages(story.text[start:end]) or in_furniture(story.text, start):
            continue
        found = find_relative_days(story.text[start:end], story.published)
        days = [
            span
            for span in found
            if span.start_date == span.end_date
            and not _LOOSE.fullmatch(story.text, start + span.start, start + span.end)
        ]
        if len(days) == 1 and len(found) == 1:
            day = days[0]
            before = story.text[max(start, start + day.start - 70) : start + day.start]
            if not (_OTHER_TIME.search(before) or _LETTER.search(before) or _SAYS.search(before)):
                return replace(day, start=start + day.start, end=start + day.end)
    return None


def _other_stage(words: str, coarse: str, stage: Stage, offset: int) -> float:
    """1 where the words nearest before a date speak of the same kind of step with another number, else 0."""
    if coarse not in LADDERS:
        return 0.0
    before = list(LADDERS[coarse].finditer(lowered(words), max(0, offset - 500), offset))
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
        if until := _last_day_told(story, span):
            return first, until, None
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


def _last_day_told(story: Story, span: DateSpan) -> str | None:
    """The last day that the text tells of an event: "hingga Rabu (13/9)", "akan ditutup 8 November"."""
    for other in story.dates:
        if not other.is_day or not _GOES_ON.search(story.text, max(0, other.start - 50), other.start):
            continue
        days = (date.fromisoformat(str(other.end_date)) - date.fromisoformat(str(span.start_date))).days
        if 0 < days <= 4 and not _DEADLINE.search(story.text, *_sentence(story, other.start)):
            return other.end_date
    return None


def _background_events(story: Story, subjects: list[str], main: Event) -> list[Event]:
    """Steps of a subject that the text tells in passing as taken or announces with a date, each stage once a year."""
    if not subjects or len(subjects) > 2:
        return []
    coarse = main.stage.split("-")[0]
    ladder = of_main = coarse if coarse in LADDERS else None
    now = story.published or (date.fromisoformat(str(main.start_date)) if _is_day(main.start_date) else None)
    events: dict[tuple[str, Stage, str | None], Event] = {}
    actor: str | None = subjects[0]
    is_joint = len(subjects) > 1 and of_main is not None
    with_others = main.stage == "lainnya" and _is_with_others(story, subjects)
    for sentence in _told_together(story):
        start, end = sentence
        actor = _actor(story, sentence, end, subjects, actor) if len(subjects) > 1 else subjects[0]
        words = story.text[start:end]
        if _GENERAL.search(words) or in_furniture(story.text, start):
            continue
        dates = [
            d for d in begin_between(story.dates, start, end) if not (d.is_day and d.start_date == main.start_date)
        ]
        steps = list(find_steps(story.text, sentence, dates, ladder, main.stage, now))
        named = [(at.start(), rung) for rung, pattern in LADDERS.items() for at in pattern.finditer(lowered(words))]
        ladder = max(named)[1] if named else of_main
        because = _REASON_OF_AWARD.search(words) if steps else None
        for step in steps:
            if because and step.coarse != "penghargaan" and step.start - start > because.start():
                continue
            if with_others and step.coarse == "mou" and not step.date and not _MINISTRY.search(words):
                continue
            owners: list[str | None] = [_actor(story, step.clause, step.start, subjects, actor)]
            if is_joint and step.coarse == of_main and not begin_between(story.places, start, end):
                owners = [*subjects]
            first, last = (step.date.start_date, step.date.end_date) if step.date else (None, None)
            venue = _venue(story, step.clause)
            edition = step_edition(story.text, step.clause, (step.start, step.end), step.stage, first)
            for owner in owners:
                if owner is None or not _is_background(story, sentence, step, main, owner):
                    continue
                if (step.stage, owner, edition) == (main.stage, main.regency, main.edition) and first == str(edition):
                    # "lolos Gerakan Menuju Kota Cerdas untuk tahun 2023": the same step, told by its edition.
                    continue
                event = Event(
                    stage=step.stage, start_date=first, end_date=last, edition=edition,
                    date_reason=None if first else NO_DATE, regency=owner, venue=venue,
                    mode=_mode(story.text[slice(*step.clause)], venue), is_main=False,
                    status=step.status, start=start, end=end,
                    confidence=weigh_background(background_features(story, step, owner, len(subjects))),
                )  # fmt: skip
                events.setdefault((owner, step.stage, first[:4] if first else None), event)
    return [event for key, event in events.items() if not _is_told_better(key, events, main)]


def _told_together(story: Story) -> list[Span]:
    """The sentences, each with the one behind it that says only when: "Bimtek IV digelar. Tanggalnya 5 Mei"."""
    spans: list[Span] = []
    for start, end in story.sentences:
        if spans and _GOES_ON_WITH_IT.match(story.text, start, end) and "\n" not in story.text[spans[-1][1] : start]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def main_features(
    story: Story,
    coarse: str,
    proof: Span,
    owner: str | None,
    span: DateSpan | None,
    is_relative: bool,
    margin: float,
) -> dict[str, float]:
    """What stands behind the main event, each 0..1: the more, the surer its stage, region and day are."""
    words = story.text[proof[0] : proof[1]]
    named = [p.code for p in (*begin_between(story.places, 0, _lead_end(story)), *story.title_places)]
    return {
        "margin": max(0.0, min(margin * 2, 1.0)),
        "resembled": story.resembled.get(coarse, 0.0),
        "trigger": min(score_stages(words).get(coarse, 0.0) / 5, 1.0),
        "in_title": float(score_stages(story.title).get(coarse, 0.0) > 0),
        "named": float(owner in named),
        "day": 0.0 if span is None or is_relative else 1.0 if span.is_day else 0.5,
        "date": 0.3 if is_relative else span.confidence if span else 0.5,
    }


def weigh_main(features: dict[str, float]) -> float:
    """A weight 0..1 that orders main events by how sure they are; set by hand, to be made a probability elsewhere."""
    shares = {
        "margin": 0.2, "resembled": 0.2, "trigger": 0.1, "in_title": 0.1, "named": 0.1, "day": 0.1, "date": 0.2,
    }  # fmt: skip
    return round(sum(share * features[name] for name, share in shares.items()), 3)


def background_features(story: Story, step: Step, owner: str, subjects: int) -> dict[str, float]:
    """What stands behind a step told in passing, each 0..1."""
    clause = [place.code for place in begin_between(story.places, *step.clause)]
    return {
        "words": {"told": 1.0, "named": 0.7, "dated": 0.4}[step.proof],
        "day": 0.0 if step.date is None else 1.0 if step.date.is_day else 0.6,
        "date": step.date.confidence if step.date else 0.3,
        "named": 1.0 if owner in clause else 0.6 if subjects == 1 and not clause else 0.2,
        "numbered": float(step.stage[-1].isdigit() or step.coarse not in LADDERS),
        "told": float(step.status == "held"),
    }


def weigh_background(features: dict[str, float]) -> float:
    """A weight 0..1 that orders steps told in passing by how sure they are; set by hand as that of main events is."""
    shares = {"words": 0.25, "day": 0.2, "date": 0.2, "named": 0.15, "numbered": 0.1, "told": 0.1}
    return round(0.9 * sum(share * features[name] for name, share in shares.items()), 3)


def _is_background(story: Story, sentence: Span, step: Step, main: Event, owner: str) -> bool:
    first = step.date.start_date if step.date else None
    if step.stage == main.stage and owner == main.regency:
        same_year = str(first)[:4] == str(main.start_date)[:4]
        return first is not None and first != main.start_date and not (step.coarse in LADDERS and same_year)
    if step.coarse == "masterplan" and first is None and main.stage.startswith("bimtek"):
        # "Bimtek IV merampungkan masterplan": the bimtek's own fruit.
        return False
    if step.coarse == "seleksi" and _CROWD.search(story.text, *step.clause):
        # "Kementerian memilih 50 kabupaten/kota": of many, so of the subject only where it is named.
        return bool(_THIS_ONE.search(story.text, *sentence)) or any(
            place.code == owner for place in begin_between(story.places, *sentence)
        )
    return True


def _is_told_better(
    key: tuple[str, Stage, str | None], events: dict[tuple[str, Stage, str | None], Event], main: Event
) -> bool:
    """Whether another event says the same more exactly: with its year, or with its number on the ladder."""
    owner, stage, year = key
    if year is None:
        return stage == main.stage or any(o == owner and s == stage and y for o, s, y in events)
    if stage not in LADDERS:
        return False
    numbered = any(o == owner and s.startswith(f"{stage}-") and s[-1].isdigit() and y == year for o, s, y in events)
    of_main = main.stage[-1].isdigit() and main.stage.startswith(stage) and str(main.start_date)[:4] == year
    return numbered or (of_main and owner == main.regency)


def _is_day(day: str | None) -> bool:
    return day is not None and len(day) == 10


def _actor(story: Story, clause: Span, at: int, subjects: list[str], otherwise: str | None) -> str | None:
    """Whose step a clause tells: the place named last before the words, else the first after; None where another's.

    Places after "di", "bersama", "selain" and the like, and those listed with them, do not act.
    """
    named = []
    last_end, last_acts = -1, True
    for place in begin_between(story.places, *clause):
        before = story.text[max(clause[0], last_end, place.start - 60) : place.start]
        listed = last_end >= 0 and _ONLY_LISTS.fullmatch(before)
        acts = last_acts if listed else not _COMPANION.search(before)
        last_end, last_acts = place.end, acts
        if acts:
            named.append(place)
    if not named:
        return otherwise
    before_it = [place.code for place in named if place.start < at]
    # After the words only who follows at once acts: "ikut lolos Kabupaten Sanggau".
    after_it = [place.code for place in named if at <= place.start <= at + 40]
    for codes in (before_it[::-1], after_it):
        if own := [code for code in codes if code in subjects]:
            return own[0]
    return None if before_it or after_it else otherwise


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


def _mode(told: str, venue: str | None) -> Mode | None:
    told = lowered(told)
    is_online, is_offline = bool(_ONLINE.search(told)), bool(_OFFLINE.search(told))
    if _HYBRID.search(told) or (is_online and is_offline):
        return "hibrida"
    if is_online:
        return "daring"
    return "luring" if venue or is_offline else None


def _sentence(story: Story, offset: int) -> Span:
    """The sentence in which an offset lies."""
    at = bisect_right(story.sentences, offset, key=lambda sentence: sentence[0])
    return story.sentences[at - 1]


def _lead_end(story: Story) -> int:
    """End of the fourth sentence, at least 500 characters where the text has them."""
    end = story.sentences[min(3, len(story.sentences) - 1)][1] if story.sentences else len(story.text)
    return max(end, min(500, len(story.text)))
