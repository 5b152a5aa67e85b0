"""What two articles' bodies have in common, word for word, and what they say differently in the same place."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datasketch import MinHash

SHINGLE = 4
"""Words in a shingle."""
MIN_WORDS = 40
"""A shorter body is a copy only of one that says the same words: too much of it is turns of phrase."""
SHORTEST = 8
"""Words below which even the same words say nothing: "Foto: Humas"."""
HEAD_SHINGLES = 120
"""How many shingles are the beginning of a text: copies are cut from the end."""
ROWS = 3
WHOLE_BANDS = 24
HEAD_BANDS = 16
MIN_NARRATED = 0.55
"""Share of the shorter text's own words, quotations left out, that stand word for word in a copy."""
MIN_SHARED = 30
"""Words outside quotations that two copies share at least."""
LONGEST_GAP = 40
LONGEST_CHANGE = 10

Kind = Literal["date", "weekday", "ordinal", "number", "name"]
WEIGHTS: dict[Kind, float] = {"date": 2, "ordinal": 2, "weekday": 1, "name": 1, "number": 0.5}
"""How much it tells two events apart that texts with the same words differ in one such fact; a corrected name or
figure is no other event, two names are."""

MONTHS = {
    month: number
    for number, months in enumerate(
        (
            "januari jan", "februari pebruari feb", "maret mar", "april apr", "mei", "juni jun", "juli jul",
            "agustus agu agt", "september sep sept", "oktober okt", "november nopember nov nop", "desember des",
        ),
        start=1,
    )
    for month in months.split()
}  # fmt: skip
WEEKDAYS = {"senin", "selasa", "rabu", "kamis", "jumat", "jum", "sabtu", "minggu", "ahad"}
ORDINALS = {
    word: number
    for words in (
        "pertama kedua ketiga keempat kelima keenam ketujuh kedelapan kesembilan kesepuluh",
        "i ii iii iv v vi vii viii ix x",
    )
    for number, word in enumerate(words.split(), start=1)
}
COUNTED = {"tahap", "ke", "gelombang", "sesi", "seri", "jilid", "batch", "angkatan", "hari", "bimtek", "evaluasi"}
"""Words before a figure that is an ordinal: tahap 2, ke-3."""
OFFICES = set(
    "bupati wali walikota wakil kota kabupaten kab provinsi prov kepala dinas kadis bidang kabid badan kaban kantor "
    "sekretaris sekda daerah plt pj pjs plh camat kecamatan desa kelurahan komunikasi informatika kominfo diskominfo "
    "diskominfotik statistik persandian perencanaan pembangunan bappeda pemerintah pemkab pemkot pemda prof drs dra "
    "mkom skom msi sstp spd mpd wib wita wit indonesia republik ri".split()
)
"""Capitalised words that name no person and no place, and that outlets write out or shorten."""

_WORD = re.compile(r"\w+")
_DATELINE = re.compile(r"\s*(?:\(?[A-Z][\w.,'’/|:()-]*\)?[ ,]*){1,6}\s?[–—-]+\s")
_FURNITURE = re.compile(
    r"^\s*(?:(?:editor|penulis|reporter|pewarta|jurnalis|laporan|sumber|foto|baca juga|kontributor)\b[^\n]{0,80}"
    r"|[(\[][^)\]\n]{1,40}[)\]])\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_RELEASE = re.compile(
    r"siaran pers|rilis (?:pers|resmi)|press release"
    r"|sumber\s?:\s?(?:humas|diskominfo\w*|dinas kominfo|prokopim|pem(?:kab|kot|prov)|kementerian)\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"[(\[](?:\w+/)?(?:humas|diskominfo\w*|kominfo|prokopim|adv|advertorial)\b[^)\]\n]{0,40}[)\]]\s*\Z", re.IGNORECASE
)
_QUOTATION = re.compile(r"“[^”\n]*”?|\"[^\"\n]*\"")
_SENTENCE_END = re.compile(r"[.!?][”\"’)]*(?=\s)|\n+")
_ABBREVIATION = re.compile(r"(?:^|[\s(.,])(?:[A-Z]\w{0,3}|\w{1,2})\Z")
"""Before a point that ends no sentence: Kab., S.Kom., a.n."""
_DATE = re.compile(
    rf"\d{{1,2}}(?:\s?[/.]\s?\d{{1,2}}(?:\s?[/.]\s?\d{{2,4}})?(?=\s?\))|/\d{{1,2}}/\d{{2,4}}"
    rf"|(?:\s?(?:-|–|dan|sampai|hingga|s/d)?\s?\d{{1,2}})?\s(?:{'|'.join(MONTHS)})\b(?:\s\d{{4}})?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Body:
    """An article's body as words, without the dateline and the lines that name its makers."""

    words: list[str]
    """In lower case (NFKC), figures among them."""
    shingles: list[int]
    """Hash of each run of SHINGLE words, in order."""
    places: dict[int, int]
    """Where the shingles stand that the body has only once."""
    held: frozenset[int]
    """All shingles."""
    written: list[str]
    is_narrated: NDArray[np.bool_]
    """Per word: outside quotations."""
    is_date: NDArray[np.bool_]
    """Per word: part of a day's date."""
    sentences: list[tuple[int, int]]
    """First word and the word after the last."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of one body stands word for word in another."""

    verbatim_share: float
    """Of its words, 0..1."""
    added_sentences: int
    """Sentences of which less than half stands there."""


def clean(text: str) -> str:
    """A body without the outlet's dateline and the lines that name its makers, in compatible characters (NFKC)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _FURNITURE.sub("", _DATELINE.sub("", text, count=1) if _DATELINE.match(text) else text)


def says_release(text: str) -> bool:
    """Whether an article says of itself that it is a press release, or made of one.

    >>> says_release("Evaluasi berjalan lancar. (Diskominfo/Rin)")
    True
    """
    return _RELEASE.search(text) is not None or _SIGNED.search(text, max(len(text) - 60, 0)) is not None


def read_bands(text: str) -> tuple[int, list[int]]:
    """Hash of all words of a cleaned body, and the hashes by which its near-duplicates are found.

    The first band is that of the identical body, the only one of a short one; then those of its beginning, which finds
    the copy that was cut, and those of the whole.
    """
    words = _WORD.findall(text.lower())
    digest = int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=6).digest()) >> 1
    if len(words) < MIN_WORDS:
        return digest, [digest] if len(words) >= SHORTEST else []
    shingles = _hash_shingles(words).tolist()
    signature = _empty_signature(WHOLE_BANDS * ROWS).copy()
    signature.update_batch(shingles[:HEAD_SHINGLES])
    head = _hash_bands(signature, 0, HEAD_BANDS)
    signature.update_batch(shingles[HEAD_SHINGLES:])
    return digest, [digest, *head, *_hash_bands(signature, HEAD_BANDS, WHOLE_BANDS)]


def read_body(text: str) -> Body:
    """A cleaned body, ready to be compared."""
    matches = list(_WORD.finditer(text))
    written = [match.group() for match in matches]
    words = [word.lower() for word in written]
    starts = np.array([match.start() for match in matches], np.int64)
    ends = [
        match.end()
        for match in _SENTENCE_END.finditer(text)
        if not _ABBREVIATION.search(text[max(match.start() - 6, 0) : match.start()])
    ]
    borders = [0, *np.searchsorted(starts, ends).tolist(), len(words)]
    shingles = _hash_shingles(words).tolist()
    counts = Counter(shingles)
    return Body(
        words=words,
        shingles=shingles,
        places={shingle: place for place, shingle in enumerate(shingles) if counts[shingle] == 1},
        held=frozenset(counts),
        written=written,
        is_narrated=~_mask(starts, _QUOTATION, text),
        is_date=_mask(starts, _DATE, text),
        sentences=[(start, end) for start, end in pairwise(borders) if end > start],
    )


def read_overlap(body: Body, other: Body) -> Overlap:
    """How much of `body` stands in `other`."""
    covered = _find_covered(body, other)
    return Overlap(
        verbatim_share=float(covered.mean()) if len(covered) else 0.0,
        added_sentences=sum(
            end - start >= SHINGLE and 2 * int(np.count_nonzero(covered[start:end])) < end - start
            for start, end in body.sentences
        ),
    )


def read_similarity(body: Body, other: Body) -> float:
    """Jaccard similarity of the shingles of two bodies, 0..1."""
    every = len(body.held | other.held)
    return len(body.held & other.held) / every if every else float(body.words == other.words)


def is_same_text(body: Body, other: Body) -> bool:
    """Whether one body is the other, or a part of it, but for edits: quotations alone make no copy, two reporters may
    quote the same statement."""
    if body.words == other.words:
        return True
    if min(len(body.words), len(other.words)) < MIN_WORDS:
        return False
    return _is_within(body, other) or _is_within(other, body)


def _is_within(body: Body, other: Body) -> bool:
    own = int(np.count_nonzero(_find_covered(body, other) & body.is_narrated))
    return own >= max(MIN_SHARED, MIN_NARRATED * int(np.count_nonzero(body.is_narrated)))


def _find_covered(body: Body, other: Body) -> NDArray[np.bool_]:
    """Per word of `body`: whether it stands in `other` in the same run of SHINGLE words."""
    covered = np.zeros(len(body.words), np.bool_)
    found = np.array([shingle in other.held for shingle in body.shingles], np.bool_)
    for offset in range(SHINGLE):
        covered[offset : offset + len(found)] |= found
    return covered


def weigh_changes(body: Body, other: Body) -> float:
    """How much the words in which two bodies differ, in the midst of the same words, tell of different events: other
    dates, another stage, other names. By WEIGHTS, each fact once."""
    conflicts = {conflict for change in _changes(body, other) for conflict in _conflicts(body, other, *change)}
    return sum(WEIGHTS[kind] for kind, _ in conflicts)


Change = tuple[int, int, int, int]


def _changes(body: Body, other: Body) -> Iterator[Change]:
    """Words of one that stand where the other has other words, between words that both have; first and after last."""
    for start, end, other_start, other_end in _gaps(body, other):
        matcher = SequenceMatcher(None, body.words[start:end], other.words[other_start:other_end], autojunk=False)
        for tag, first, last, other_first, other_last in matcher.get_opcodes():
            if tag == "replace" and max(last - first, other_last - other_first) <= LONGEST_CHANGE:
                yield start + first, start + last, other_start + other_first, other_start + other_last


def _gaps(body: Body, other: Body) -> Iterator[Change]:
    """What lies between stretches that stand once in each text, where nothing else was put between them."""
    pairs = [(place, other.places[shingle]) for shingle, place in body.places.items() if shingle in other.places]
    end, other_end = 0, 0
    for start, other_start in pairs:
        if 0 < start - end <= LONGEST_GAP and 0 < other_start - other_end <= LONGEST_GAP:
            yield end, start, other_end, other_start
        end, other_end = start + SHINGLE, other_start + SHINGLE


def _conflicts(
    body: Body, other: Body, start: int, end: int, other_start: int, other_end: int
) -> Iterator[tuple[Kind, frozenset[str]]]:
    ours, theirs = _facts(body, start, end), _facts(other, other_start, other_end)
    for kind in ours.keys() & theirs.keys():
        if kind == "name":
            # A name that the other text has elsewhere is only written shorter here.
            is_other = not _alike(ours[kind], set(other.words)) and not _alike(theirs[kind], set(body.words))
        else:
            is_other = not ours[kind] & theirs[kind]
        if is_other:
            yield kind, frozenset(ours[kind] | theirs[kind])


def _facts(body: Body, start: int, end: int) -> dict[Kind, set[str]]:
    facts: dict[Kind, set[str]] = {}
    for at in range(start, end):
        if (fact := _read_fact(body, at)) is not None:
            facts.setdefault(fact[0], set()).add(fact[1])
    return facts


def _read_fact(body: Body, at: int) -> tuple[Kind, str] | None:
    """What a word tells an event apart by, if by anything."""
    word, written = body.words[at], body.written[at]
    before = body.words[at - 1] if at else ""
    if body.is_date[at]:
        return ("date", str(MONTHS.get(word, word.lstrip("0")))) if word.isdigit() or word in MONTHS else None
    if word in ORDINALS and (written.isupper() or len(word) > 4):
        return "ordinal", str(ORDINALS[word])
    if word.isdigit():
        if before in COUNTED:
            return "ordinal", word
        return ("date" if re.fullmatch(r"(19|20)\d\d", word) else "number"), word.lstrip("0")
    if word in WEEKDAYS:
        return "weekday", word
    if written[0].isupper() and len(word) > 2 and word not in OFFICES and word not in MONTHS:
        return "name", word
    return None


def _alike(names: set[str], words: set[str]) -> bool:
    """Whether one of the names stands among the words, perhaps spelt a little differently."""
    if names & words:
        return True
    return any(
        word[:2] == name[:2] and SequenceMatcher(None, name, word, autojunk=False).ratio() >= 0.8
        for name in names
        for word in words
        if abs(len(word) - len(name)) <= 2
    )


def _mask(starts: NDArray[np.int64], pattern: re.Pattern[str], text: str) -> NDArray[np.bool_]:
    """Per word: whether it begins within what the pattern finds."""
    mask = np.zeros(len(starts), np.bool_)
    for match in pattern.finditer(text):
        first, last = np.searchsorted(starts, match.span())
        mask[first:last] = True
    return mask


def _hash_shingles(words: list[str]) -> NDArray[np.uint32]:
    hashes = np.array([crc32(word.encode()) for word in words], np.uint64)
    count = max(len(words) - SHINGLE + 1, 0)
    mixed = np.zeros(count, np.uint64)
    for offset in range(SHINGLE):
        mixed = (mixed ^ hashes[offset : offset + count]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(16)).astype(np.uint32)


def _hash_bands(signature: MinHash, first: int, bands: int) -> list[int]:
    """Hashes of ROWS values of the MinHash each, numbered from `first`; 47 bits, which SQLite keeps in six bytes."""
    rows = signature.hashvalues[: bands * ROWS].reshape(bands, ROWS).astype(np.uint64)
    mixed = np.arange(first, first + bands, dtype=np.uint64)
    for row in rows.T:
        mixed = (mixed ^ row) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
    bands_found: list[int] = (mixed >> np.uint64(17)).tolist()
    return bands_found


@cache
def _empty_signature(permutations: int) -> MinHash:
    from datasketch import MinHash  # it brings SciPy along, which whoever has no bodies to compare need not wait for

    return MinHash(permutations, hashfunc=int)
