"""Articles without end and what a reader finds in them, varied from those of the sample web; for the benchmark.

Nine years of steps of all regencies, each told by one to twelve of 400 outlets within days: word for word from a
release, or independently, with dates that are exact, vague, missing or wrong, and names spelled in several ways.
Everything found stands in the text where it is said to. The same number gives the same articles.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

from crawler.items import Article, article_id
from crawler.sampleweb.samples import load_samples
from db.reference import read_rows
from nlp.extraction import (
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
    Span,
    Stage,
)

MODEL = "model-bangku"
FIRST_DAY = date(2017, 5, 2)
DAYS = 9 * 365
OUTLETS = tuple(f"{kind}_{number:03}" for kind in ("warta", "kabar", "lensa", "portal") for number in range(100))
HALF_READ = 0.05
"""Share of what is told that the reader is not sure of, of articles off the programme, and of those not dated."""

Placed = tuple[Label, str, str, float]
"""A mention to be: label, words, value, confidence."""

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
STAGES: dict[Stage, tuple[str, ...]] = {
    "seleksi": ("seleksi peserta", "seleksi calon peserta"),
    "mou": ("penandatanganan nota kesepahaman", "penandatanganan MoU"),
    "bimtek-1": ("bimbingan teknis tahap I", "bimtek tahap pertama"),
    "bimtek-2": ("bimbingan teknis tahap II", "bimtek tahap kedua"),
    "bimtek-3": ("bimbingan teknis tahap III", "bimtek tahap ketiga"),
    "bimtek-4": ("bimbingan teknis tahap IV", "bimtek tahap keempat"),
    "bimtek": ("bimbingan teknis", "bimtek"),
    "masterplan": ("penyusunan masterplan", "penyerahan rencana induk"),
    "implementasi": ("pelaksanaan quick win", "peluncuran program percepatan"),
    "evaluasi-1": ("evaluasi tahap I", "evaluasi tahap pertama"),
    "evaluasi-2": ("evaluasi tahap II", "evaluasi tahap kedua"),
    "evaluasi": ("evaluasi", "penilaian"),
    "evaluasi-internal": ("rapat persiapan evaluasi", "evaluasi internal"),
    "penghargaan": ("penganugerahan", "penerimaan penghargaan"),
}
PILLARS: dict[Pillar, str] = {
    "governance": "smart governance", "branding": "smart branding", "economy": "smart economy",
    "living": "smart living", "society": "smart society", "environment": "smart environment",
}  # fmt: skip
VENUES = (
    "Ruang Rapat Kantor Bupati", "Aula Bappeda", "Ruang Pola Sekretariat Daerah", "Gedung Serbaguna", "Hotel Anggrek",
    "Aula Diskominfo", "Pendopo Kabupaten", "Ruang Komando Pusat Data", "Balai Pertemuan Warga", "Hotel Cendana",
)  # fmt: skip
MODES: tuple[Mode | None, ...] = ("luring", "luring", "daring", "hibrida", None)
GIVEN = (
    "Muhammad", "Ahmad", "Siti", "Sri", "Andi", "Agus", "Dewi", "Rahmat", "Fitriani", "Hendra", "Yusran", "Nurhayati",
    "Bambang", "Ramadhansyah", "Marwan", "Ratna", "Syarifuddin", "Wahyudi", "Endang", "Zulkifli", "Maria", "Petrus",
    "Ketut", "Wayan", "Rizky", "Taufik", "Lestari", "Abdul", "Ferdinandus", "Kurniawan", "Dedi", "Yohanes", "Ani",
)  # fmt: skip
MIDDLE = ("", "", "", "Nur", "Eko", "Rizal", "Putra", "Budi", "Aminah", "Hadi", "Tri", "Arif", "Indah", "Fajar")
FAMILY = (
    "Tanjung", "Siregar", "Effendy", "Wirawan", "Kusumadewi", "Mappiara", "Harahap", "Nasution", "Pratama", "Santoso",
    "Hidayat", "Rahman", "Simanjuntak", "Lubis", "Saputra", "Wijaya", "Nugroho", "Hasibuan", "Mahendra", "Suryadi",
    "Ginting", "Matondang", "Pattiasina", "Rumbiak", "Kaligis", "Lumentut", "Daeng", "Basri", "Utami", "Permana",
    "Sembiring", "Maulana", "Firmansyah", "Gunawan", "Setiawan", "Halim", "Manurung", "Zebua", "Laoli", "Wenda",
)  # fmt: skip
SPELLINGS = (("Muhammad", "Mohammad"), ("dh", "d"), ("sy", "s"), ("ff", "f"), ("y", "i"), ("Abdul ", "Abd. "))
DEGREES = ((), ("S.Kom.",), ("S.Sos.", "M.Si."), ("S.T.", "M.T."), ("S.E.",), ("S.IP.", "M.AP."))
OFFICES = (
    ("{head}", "{government}", 5), ("Wakil {head}", "{government}", 5), ("Sekretaris Daerah", "{government}", 3),
    ("Kepala Dinas Komunikasi dan Informatika", "Dinas Komunikasi dan Informatika", 2.5),
    ("Kepala Bappeda", "Bappeda", 2.5), ("Sekretaris Dinas", "Dinas Komunikasi dan Informatika", 2),
    ("Kepala Bidang Aplikasi Informatika", "Dinas Komunikasi dan Informatika", 2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in an office, until a day."""

    name: str
    degrees: tuple[str, ...]
    position: str
    organization: str
    regency: str | None
    is_acting: bool
    until: date


@dataclass(slots=True)
class Place:
    """A regency with who holds its offices, and its latest steps."""

    code: str
    name: str
    capital: str
    offices: list[list[Holder]]
    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=12))


@dataclass(frozen=True, slots=True)
class Step:
    """What happened."""

    place: Place
    stage: Stage
    first: date
    last: date
    edition: int
    venue: str
    mode: Mode | None
    release: int
    """Number of the words in which a press release tells it."""
    former: tuple[Step, ...] = ()
    """What is told as background."""


class Draft:
    """A text as it is written, with what stands where."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.sentences: list[Span] = []
        self.mentions: list[Mention] = []
        self.at = 0

    def say(self, *pieces: str | Placed, end: str = " ") -> Span:
        """Write a sentence; where it stands."""
        begin = self.at
        for piece in pieces:
            if isinstance(piece, str):
                words = piece
            else:
                label, words, value, confidence = piece
                self.mentions.append(Mention(label, self.at, self.at + len(words), words, value, confidence))
            self.parts.append(words)
            self.at += len(words)
        span = (begin, self.at)
        self.sentences.append(span)
        self.parts.append(end)
        self.at += len(end)
        return span


def build_articles(count: int, seed: int = 5) -> Iterator[tuple[Extraction, Article]]:
    """So many articles in the order of their publication; one in a hundred is read anew, after an eighth of all."""
    world = World(Random(seed))
    again: deque[tuple[Extraction, Article]] = deque()
    for number, (published, step) in enumerate(world.reports(count)):
        told = world.tell(number, published, step)
        yield told
        if number % 100 == 0:
            again.append((_read_anew(told[0]), told[1]))
        if len(again) > count // 800:
            yield again.popleft()


def _read_anew(extraction: Extraction) -> Extraction:
    """What a page that was edited says: its step has another day."""
    events = tuple(
        replace(event, start_date=event.start_date[:7], end_date=event.start_date[:7]) if event.start_date else event
        for event in extraction.events
    )
    return replace(extraction, events=events)


@cache
def build_sentences() -> tuple[str, ...]:
    """Sentences that tell nothing, as those of the sample web with half of their words exchanged."""
    random = Random(8)
    texts = [sample.text for site in ("serumpun", "kabarnusa", "portal") for sample in load_samples(site)]
    lines = [line.strip(" “”") for text in texts for line in text.replace("\n", " ").split(". ")]
    lines = [line for line in lines if 60 < len(line) < 130 and not any(mark in line for mark in "0123456789“”")]
    words = sorted({word for line in lines for word in line.split() if word.isalpha() and word.islower()})
    varied = (
        " ".join(random.choice(words) if random.random() < 0.5 else word for word in random.choice(lines).split())
        for _ in range(20_000)
    )
    return tuple(f"{line[0].upper()}{line[1:]}." for line in varied)


class World:
    """The regencies, who governs them, and what happens there."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.places = [self._place(row) for row in read_rows("regencies.csv")]
        self.guests = [
            self._holders("Direktur Layanan Aplikasi Informatika", "Kementerian", None, 3) for _ in range(200)
        ]
        self.sentences = build_sentences()

    def _place(self, row: dict[str, str]) -> Place:
        kind = row["kind"]
        names = {
            "head": "Wali Kota" if kind == "kota" else "Bupati",
            "government": f"Pemerintah {row['name']}",
        }
        offices = [
            self._holders(position.format(**names), organization.format(**names), row["code"], years)
            for position, organization, years in OFFICES
        ]
        place = Place(row["code"], row["name"], row["capital_name"], offices)
        for back in (300, 200, 100):
            self._step_of(place, FIRST_DAY - timedelta(back), -back)
        return place

    def _holders(self, position: str, organization: str, regency: str | None, years: float) -> list[Holder]:
        """Who holds an office one after the other."""
        random = self.random
        holders = []
        until = FIRST_DAY
        while until < FIRST_DAY + timedelta(DAYS + 400):
            until += timedelta(int(365 * years * random.uniform(0.4, 1.2)))
            name = " ".join(filter(None, (random.choice(GIVEN), random.choice(MIDDLE), random.choice(FAMILY))))
            is_acting = random.random() < 0.1
            holders.append(Holder(name, random.choice(DEGREES), position, organization, regency, is_acting, until))
        return holders

    def reports(self, count: int) -> Iterator[tuple[datetime, Step]]:
        """So many reports of steps, by the instant of their publication."""
        random = self.random
        waiting: list[tuple[datetime, int, Step]] = []
        told = steps = 0
        while told < count:
            # 4.8 reports a step on average.
            day = FIRST_DAY + timedelta(steps * 4.8 / count * DAYS)
            while waiting and waiting[0][0].date() < day and told < count:
                published, _, step = heapq.heappop(waiting)
                yield published, step
                told += 1
            step = self._step(day, steps)
            steps += 1
            morning = datetime(day.year, day.month, day.day, tzinfo=UTC)
            for _ in range(min(12, 1 + int(random.expovariate(1 / 4.6)))):
                later = timedelta(days=random.expovariate(0.7) - 0.4, minutes=random.randrange(900))
                heapq.heappush(waiting, (morning + later, random.getrandbits(60), step))

    def _step(self, day: date, number: int) -> Step:
        return self._step_of(self.random.choice(self.places), day, number)

    def _step_of(self, place: Place, day: date, number: int) -> Step:
        random = self.random
        stage = random.choice(tuple(STAGES))
        last = day + timedelta(random.choice((0, 0, 0, 1, 2)))
        edition = day.year - (stage == "evaluasi-2" and day.month < 5)
        before = [step for step in place.steps if step.last < day]
        former = tuple(replace(step, former=()) for step in random.sample(before, min(len(before), 2)))
        step = Step(place, stage, day, last, edition, random.choice(VENUES), random.choice(MODES), number << 8, former)
        place.steps.append(step)
        return step

    def tell(self, number: int, published: datetime, step: Step) -> tuple[Extraction, Article]:
        """An article about a step, and what is found in it."""
        random = self.random
        is_copy = random.random() < 0.35
        outlet = random.choice(OUTLETS)
        wording = Random(step.release if is_copy else random.getrandbits(40))
        day, title = published.date(), f"{step.place.name} dan {STAGES[step.stage][0]} {number}"
        url = f"https://{outlet.replace('_', '-')}.example/{day:%Y/%m}/{step.stage}-{number}"
        draft = Draft()
        dateline = f"{step.place.capital.upper()}, {outlet.upper()} – " if is_copy else f"{step.place.capital} – "
        facts = Facts(draft, wording, step, day, self)
        facts.write(dateline)
        if is_copy and random.random() < 0.5:
            draft.say(random.choice(self.sentences))
        is_dated = random.random() > HALF_READ / 2
        article = Article(
            url=url,
            canonical_url=url,
            source=outlet,
            title=title,
            authors=("Redaksi",),
            published_at=published.replace(second=0, microsecond=0) if is_dated else None,
            published_by="meta" if is_dated else None,
            date_reason=None if is_dated else "halaman tidak menyebut tanggal terbit",
            text="".join(draft.parts).rstrip(),
        )
        return self._extraction(article, draft, facts), article

    def _extraction(self, article: Article, draft: Draft, facts: Facts) -> Extraction:
        chance = self.random.random()
        one, sentences = article_id(article.canonical_url), tuple(draft.sentences)
        if chance < HALF_READ:
            return Extraction(one, MODEL, 0.08, False, (), (), (), (), (), (), (), sentences)
        return Extraction(
            article_id=one,
            model=MODEL,
            relevance=0.97 if chance > 0.08 else 0.5,
            is_relevant=True if chance > 0.08 else None,
            mentions=tuple(draft.mentions),
            regencies=tuple(Regency(code, role, 0.95) for code, role in facts.regencies.items()),
            officials=tuple(facts.officials),
            events=tuple(facts.events),
            quotes=tuple(facts.quotes),
            pillars=facts.pillars,
            figures=tuple(facts.figures),
            sentences=sentences,
        )


class Facts:
    """What one article tells, written into its draft."""

    def __init__(self, draft: Draft, wording: Random, step: Step, day: date, world: World) -> None:
        self.draft, self.random, self.step, self.day, self.world = draft, wording, step, day, world
        self.regencies: dict[str, str] = {step.place.code: "subject"}
        self.officials: list[Official] = []
        self.events: list[Event] = []
        self.quotes: list[Quote] = []
        self.figures: list[Figure] = []
        self.pillars: tuple[Pillar, ...] = tuple(wording.sample(tuple(PILLARS), wording.choice((1, 2, 2))))

    def write(self, dateline: str) -> None:
        """The whole text: what happened, who spoke, what was before, and what tells nothing between."""
        random, draft, place = self.random, self.draft, self.step.place
        self._happened(dateline)
        self._fill(4)
        people = random.sample(range(len(place.offices)), random.choice((2, 3, 3, 4)))
        for rank, office in enumerate(people):
            self._speaks(place.offices[office], rank < 2 or random.random() < 0.4)
            self._fill(1)
        if random.random() < 0.35:
            self._speaks(random.choice(self.world.guests), random.random() < 0.5)
        for pillar in self.pillars:
            draft.say(
                "Kegiatan menyentuh dimensi ", ("PILLAR", PILLARS[pillar], pillar, 0.97), " di ", self._named(), "."
            )
        self._fill(2)
        self._before()
        self._neighbours()
        self._counts()
        draft.say("Tindak lanjut ", self._stage(self.step.stage), " dilaporkan kepada ", self._named(), ".")
        self._fill(4)

    def _fill(self, count: int) -> None:
        for _ in range(count):
            self.draft.say(self.random.choice(self.world.sentences))

    def _named(self) -> Placed:
        place = self.step.place
        name = place.name if self.random.random() < 0.6 else place.name.partition(" ")[2]
        return ("REGENCY", name, place.code, 0.96)

    def _stage(self, stage: Stage) -> Placed:
        return ("STAGE", self.random.choice(STAGES[stage]), stage, 0.94)

    def _happened(self, dateline: str) -> None:
        random, step = self.random, self.step
        is_announced = self.day < step.first
        pieces: list[str | Placed] = [
            dateline,
            self._named(),
            " mengikuti " if not is_announced else " akan mengikuti ",
        ]
        edition = step.edition if random.random() < 0.4 else None
        pieces += [self._stage(step.stage), f" program kota cerdas {edition or ''} ".replace("  ", " ")]
        venue = None
        if random.random() < 0.7:
            venue = step.venue if random.random() < 0.95 else random.choice(VENUES)
            pieces.append(f"di {venue} ")
        first, last, reason = self._dated(pieces, step, (0.75, 0.85, 0.9))
        span = self.draft.say(*pieces, "bersama perangkat daerah.", end="\n\n")
        self._event(step, first, last, reason, edition, venue, span, True, is_announced)

    def _dated(self, pieces: list[str | Placed], step: Step, chances: tuple[float, ...]) -> tuple[str | None, ...]:
        """Write when it was, as exactly as it comes: the day, the month, the year, or nothing."""
        chance = self.random.random()
        if chance > chances[2]:
            return None, None, "berita tidak menyebut tanggalnya"
        first, last = step.first, step.last
        if self.random.random() < 0.03:  # somebody is wrong by a day
            first = last = first + timedelta(1)
        month = f"{MONTHS[first.month - 1]} {first.year}"
        if chance > chances[1]:
            words, start, end = f"tahun {first.year}", str(first.year), str(first.year)
        elif chance > chances[0]:
            words, start, end = month, f"{first:%Y-%m}", f"{first:%Y-%m}"
        elif first == last or (first.month, self.random.random() < 0.7) != (last.month, True):
            last = first
            words, start, end = f"{first.day} {month}", first.isoformat(), first.isoformat()
        else:
            words, start, end = f"{first.day}-{last.day} {month}", first.isoformat(), last.isoformat()
        pieces += ["pada ", ("DATE", words, start if start == end else f"{start}/{end}", 0.95), " "]
        return start, end, None

    def _event(
        self,
        step: Step,
        first: str | None,
        last: str | None,
        reason: str | None,
        edition: int | None,
        venue: str | None,
        span: Span,
        is_main: bool,
        is_announced: bool,
    ) -> None:
        confidence = 0.3 if self.random.random() < HALF_READ else round(self.random.uniform(0.7, 0.98), 2)
        self.events.append(
            Event(
                stage=step.stage,
                start_date=first,
                end_date=last,
                date_reason=reason,
                edition=edition,
                regency=step.place.code if self.random.random() > 0.02 else None,
                venue=venue,
                mode=step.mode if self.random.random() < 0.5 else None,
                is_main=is_main,
                status="announced" if is_announced else "held",
                start=span[0],
                end=span[1],
                confidence=confidence,
            )
        )

    def _before(self) -> None:
        """What was before, told as background."""
        random = self.random
        for step in self.step.former[: random.choice((0, 1, 1, 2))]:
            pieces: list[str | Placed] = ["Sebelumnya ", self._named(), " menuntaskan ", self._stage(step.stage), " "]
            first, last, reason = self._dated(pieces, step, (0.4, 0.7, 0.9))
            span = self.draft.say(*pieces, "dengan baik.")
            self._event(step, first, last, reason, None, None, span, False, False)

    def _speaks(self, office: list[Holder], is_quoted: bool) -> None:
        random, draft = self.random, self.draft
        holder = next((holder for holder in office if self.day <= holder.until), office[-1])
        name = holder.name
        if random.random() < 0.12:
            name = name.replace(*random.choice(SPELLINGS))
        acting = "Plt." if holder.is_acting and random.random() < 0.9 else None
        written = ", ".join((name, *holder.degrees)) if random.random() < 0.5 else name
        sure = 0.4 if random.random() < HALF_READ / 2 else 0.93
        start = draft.at + len(f"{acting or ''} {holder.position} ".lstrip())
        draft.say(
            f"{acting or ''} {holder.position} ".lstrip(), ("OFFICIAL", written, name, sure), " hadir di ",
            self._named(), ".",
        )  # fmt: skip
        self.officials.append(
            Official(
                name, None, holder.degrees if written != name else (), holder.position, acting, holder.organization,
                holder.regency, None, is_quoted, start, start + len(written), sure,
            )
        )  # fmt: skip
        if is_quoted:
            words = random.choice(self.world.sentences).rstrip(".")
            at = draft.at + 1
            draft.say(f"“{words},” ujar ", ("OFFICIAL", name, name, 0.9), ".", end="\n\n")
            self.quotes.append(Quote(name, words, at, at + len(words), 0.9 if random.random() > HALF_READ else 0.4))

    def _neighbours(self) -> None:
        random = self.random
        others = random.sample(self.world.places, random.choice((0, 1, 2, 2)))
        for other in others:
            if other.code not in self.regencies:
                self.regencies[other.code] = "mention"
                self.draft.say("Hadir pula utusan ", ("REGENCY", other.name, other.code, 0.9), ".")

    def _counts(self) -> None:
        random = self.random
        kinds: tuple[tuple[FigureKind, str, str], ...] = (
            ("count", "OPD", "perangkat daerah"), ("regencies", "kabupaten/kota", "kabupaten/kota"),
            ("index", "indeks", "poin"), ("share", "persen", "persen"),
        )  # fmt: skip
        for kind, unit, words in random.sample(kinds, random.choice((0, 1, 1, 2))):
            value = random.randrange(2, 90)
            text, at = f"{value} {words}", self.draft.at + len("Tercatat ")
            self.draft.say(f"Tercatat {text} terlibat sejak awal tahun ini.")
            self.figures.append(Figure(float(value), unit, kind, None, "terlibat", text, at, at + len(text), 0.92))
