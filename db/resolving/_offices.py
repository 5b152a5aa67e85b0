"""Offices of Indonesian government, one name for all the ways in which newspapers write an office."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from db.reference import read_rows


@dataclass(frozen=True, slots=True)
class Office:
    """An office by what it is, however it was written."""

    position: str
    """Name by `positions.csv` with its field or place, "Kepala Dinas", "Camat Toboali"; what that file does not know
    stays as written, in lower case."""
    organization: str | None
    """Agency by its family in `agencies.csv`; what that file does not know stays as written, in lower case."""
    place: str
    """Whose office it is: code of the regency, else the organization, else `-`."""
    is_single: bool
    """Whether one person holds it at a time."""

    @property
    def key(self) -> str:
        """The office within its place."""
        return f"{self.position}|{self.organization or '-'}|{self.is_single:d}"


_SHORT = {
    "bup": "bupati", "dirjen": "direktur jenderal", "dirjend": "direktur jenderal", "dirut": "direktur utama",
    "gub": "gubernur", "irban": "inspektur pembantu", "ka": "kepala", "kaban": "kepala badan",
    "kabag": "kepala bagian", "kabid": "kepala bidang", "kades": "kepala desa", "kadin": "kepala dinas",
    "kadis": "kepala dinas", "kadistrik": "kepala distrik", "kadus": "kepala dusun", "kakan": "kepala kantor",
    "kalak": "kepala pelaksana", "kalaksa": "kepala pelaksana", "kapus": "kepala puskesmas", "karo": "kepala biro",
    "kasatpol": "kepala satpol", "kasi": "kepala seksi", "kasie": "kepala seksi", "kasubag": "kepala subbagian",
    "kasubbag": "kepala subbagian", "kasubbagian": "kepala subbagian", "kasubbid": "kepala subbidang",
    "kasubdit": "kepala subdirektorat", "kasubid": "kepala subbidang", "katim": "ketua tim",
    "legislator": "anggota dprd",
    "mendagri": "menteri dalam negeri", "menkeu": "menteri keuangan", "menkes": "menteri kesehatan",
    "menkomdigi": "menteri komunikasi dan digital", "menkominfo": "menteri komunikasi dan informatika",
    "menpanrb": "menteri panrb", "menpan-rb": "menteri panrb", "prakom": "pranata komputer",
    "sekban": "sekretaris badan",
    "sekcam": "sekretaris camat", "sekdin": "sekretaris dinas", "sekdis": "sekretaris dinas",
    "sekwan": "sekretaris dprd", "sesditjen": "sekretaris ditjen", "wabup": "wakil bupati", "wagub": "wakil gubernur",
    "waket": "wakil ketua", "wako": "wali kota", "walikota": "wali kota", "walkot": "wali kota",
    "wamen": "wakil menteri", "wamendagri": "wakil menteri dalam negeri",
    "wamenkomdigi": "wakil menteri komunikasi dan digital", "wamenkominfo": "wakil menteri komunikasi dan informatika",
    "wapres": "wakil presiden", "wawako": "wakil wali kota", "wawali": "wakil wali kota", "wawalkot": "wakil wali kota",
    # Words of the fields of offices.
    "aptika": "aplikasi informatika", "egov": "e government", "kesra": "kesejahteraan rakyat",
    "ekbang": "ekonomi dan pembangunan", "adum": "administrasi umum", "kasat": "kepala satuan",
}  # fmt: skip
_ACTING = re.compile(
    r"^(?:(?:plt|plh|pjs|pj|pelaksana tugas|pelaksana harian|penjabat sementara|penjabat)\s+)+"
    r"|\s+(?:terpilih|definitif|petahana|nonaktif)\b"
)
_SECRETARY = re.compile(
    r"(?:sekda(?:kab|kot?|prov)?|sekprov|sekkab|sekab|sekkot?|sekot|sekko"
    r"|sekretaris (?:daerah|kabupaten|kota|provinsi))\b"
)
_HEADS = re.compile(r"(?:wakil )?(?:bupati|wali kota|gubernur)\b")
_ASSISTANT = re.compile(
    r"(?:asisten|asda)(?: (?:sekretaris daerah|setda\w*|sekda\w*|daerah|bupati|wali kota|bidang))*\b"
)
_ASSISTANTS = {
    "Asisten Pemerintahan dan Kesejahteraan Rakyat": re.compile(r"i\b|1\b|pemerintahan|.*\bkesejahteraan rakyat"),
    "Asisten Perekonomian dan Pembangunan": re.compile(r"ii\b|2\b|(?:per)?ekonomi|pembangunan"),
    "Asisten Administrasi Umum": re.compile(r"iii\b|3\b|administrasi|umum"),
}
_LOCAL_HEADS = {
    "Camat": re.compile(r"(?:camat|kepala distrik|panewu|mantri pamong praja|kepala kecamatan)\b"),
    "Lurah": re.compile(r"(?:lurah|kepala kelurahan)\b"),
    "Kepala Desa": re.compile(
        r"(?:kepala (?:desa|kampung|pekon|tiyuh|ohoi|negeri|lembang)|keuchik|ge?uchik|geucik|wali ?nagari|perbekel"
        r"|(?:datok )?penghulu|pambakal|pembakal|hukum tua|kuwu|peratin|sangadi|petinggi|reje)\b"
    ),
}
_LOCAL_BODY = re.compile(
    r"(?:kecamatan|distrik|kapanewon|kemantren|kelurahan|desa|kampung|gampong|nagari|pekon|tiyuh|negeri)\b"
)
_BELOW = re.compile(r"kepala (bidang|bagian|seksi|subbagian|sub bagian|subbidang|sub bidang|biro|uptd?|unit)\b")
_COMMISSION = re.compile(r"(wakil ketua|ketua|sekretaris|anggota) komisi (\w+)\b")
_COUNCIL = re.compile(
    r"(wakil ketua|ketua|sekretaris|anggota)(?: i{1,3}v?| [1-4])? (?:dpr[dkap]|dewan perwakilan rakyat)\b"
)
_OPENS_AGENCY = re.compile(r"d[iu]s|din|bap|bp|bk|setda|setko|dk")
_FIELD = re.compile(r"^(?:bidang|urusan|untuk)\s+")
_PLACE = re.compile(
    r"\s+(?:setda\w*|sekretariat daerah|pemerintah|pemkab|pemko?t?|pemprov|kab|kabupaten|kota|provinsi|prov)\b.*$"
)
_REGION = re.compile(r"\s+(?:pemerintah|pemkab|pemko?t?|pemprov|kab|kabupaten|kota|provinsi|prov)\s+.*$")
_SMALL = frozenset("dan di dari dengan untuk pada atau serta dalam of".split())
_CAPITALS = frozenset(
    "bpbd bps bpjs bumd ceo cio cv dpc dpd dpr dpra dprd dprk dprp dpw ii iii ikn ikp iti iv kpu mpu opd pam pdam pikp"
    " pkk pt ri rsud rt rtik rw sda sdm sp spbe ti tik tni tp umkm upn uptd vi wh".split()
)
_LOCAL_LEVELS = ("kabupaten", "kota", "provinsi")
_TOO_WIDE = frozenset(["dewan", "humas", "pemda", "kominfo local"])
"""Abbreviations that also open the names of other bodies: Dewan Kesenian."""


@lru_cache(maxsize=2**15)
def read_office(position: str | None, organization: str | None, regency: str | None) -> Office | None:
    """The office that an official holds, from what was written; None where none was.

    >>> read_office("Kadis Kominfo", None, "19.03") == read_office("Kepala Diskominfo", "Diskominfo", "19.03")
    True
    >>> read_office("Sekdakab", None, "64.01").position, read_office("Walikota", None, "72.71").position
    ('Sekretaris Daerah', 'Wali Kota')
    >>> read_office("asesor", "Universitas Indonesia", None)
    Office(position='Asesor', organization='Universitas Indonesia', place='Universitas Indonesia', is_single=False)
    """
    if not position or not position.strip():
        return None
    words = _written_out(_ACTING.sub("", fold(position)).strip())
    name, agency, is_single = _classify(words, organization, regency is not None)
    place = regency or agency or _organization(organization, False) or "-"
    return Office(name, agency, place, is_single and place != "-")


def fold(text: str) -> str:
    """Words in lower case with single spaces, without what stands in brackets.

    >>> fold("Kepala Dinas Komunikasi, Informatika & Statistik (DKIS)")
    'kepala dinas komunikasi informatika dan statistik'
    """
    plain = re.sub(r"\([^)]*\)?", " ", text.lower()).replace("&", " dan ")
    return " ".join(re.sub(r"[^\w-]+|(?<!\w)-|-(?!\w)|_", " ", plain).replace("-", " ").split())


@lru_cache(maxsize=2**12)
def read_agency(text: str | None, is_local: bool) -> str | None:
    """The family of an agency by `agencies.csv`: the same one of a regency under all its names; None where unknown.

    >>> read_agency("Dinas Kominfosantik", True), read_agency("Bapperida", True)
    ('Dinas Komunikasi dan Informatika', 'Badan Perencanaan Pembangunan Daerah')
    >>> read_agency("Kominfo", True), read_agency("Dewan Kesenian", True)
    ('Dinas Komunikasi dan Informatika', None)
    """
    words = fold(text or "").split()
    for families in (_families(is_local), _families(not is_local)):
        for size in range(len(words), 0, -1):
            start = " ".join(words[:size])
            if start in families and (size == len(words) or size > 1 or len(start) > 3) and start not in _TOO_WIDE:
                return families[start]
        # Run together: Diskominfoarpus, Dinas Kominfosantik.
        for run, shortest in ((" ".join(words[:1]), 7), (" ".join(words[:2]), len("dinas kominfo"))):
            for size in range(len(run) - 1, shortest - 1, -1):
                if run[:size] in families:
                    return families[run[:size]]
    return None


@lru_cache
def _families(is_local: bool) -> dict[str, str]:
    """Family by folded name, of the agencies of regions or of all others; a name that two families share is not in."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in read_rows("agencies.csv"):
        if any(level in row["government_level"] for level in _LOCAL_LEVELS) == is_local:
            names = [row["name"], row["abbreviation"], row["family_name"], *(row["variants"] or "").split(";")]
            for name in names:
                if name and fold(name):
                    found[fold(name)].add(row["family_name"])
    return {name: next(iter(families)) for name, families in found.items() if len(families) == 1}


@lru_cache
def _positions() -> dict[str, str]:
    """Name of a position by folded spelling, first listed first."""
    names: dict[str, str] = {}
    for row in read_rows("positions.csv"):
        if row["kind"] != "marker":
            for name in [row["name"], *(row["variants"] or "").split(";")]:
                names.setdefault(_written_out(fold(name)), row["name"])
    return names


def _written_out(words: str) -> str:
    """Folded words with the short ones in full: "kadiskominfo" is "kepala diskominfo"."""
    return " ".join(_SHORT.get(word) or _split_head(word) for word in words.split())


def _split_head(word: str) -> str:
    rest = word.removeprefix("ka")
    if rest != word and len(rest) > 4 and (rest in _families(True) or read_agency(rest, True)):
        return f"kepala {rest}"
    return word


def _classify(words: str, organization: str | None, is_local: bool) -> tuple[str, str | None, bool]:
    """Name of the position, its organization, and whether one person holds it at a time."""
    if _SECRETARY.match(words):
        return "Sekretaris Daerah", None, is_local
    if head := _HEADS.match(words):
        is_regional = "gubernur" not in head[0]
        return _title(head[0]), None, is_local and is_regional
    if "pribadi" not in words and "deputi" not in words and (head := _ASSISTANT.match(words)):
        return _classify_assistant(words[head.end() :].strip())
    for name, pattern in _LOCAL_HEADS.items():
        if head := pattern.match(words):
            return _classify_local(name, words[head.end() :].strip(), organization)
    if found := _classify_council(words):
        return found
    if head := _BELOW.match(words):
        return _classify_below(head, words, organization, is_local)
    for head_word in ("kepala pelaksana", "kepala", "sekretaris", "inspektur"):
        if words == head_word or words.startswith(f"{head_word} "):
            found = _classify_agency(head_word, words.removeprefix(head_word).strip(), organization, is_local)
            if found:
                return found
    if not is_local and (found := _classify_central(words, organization)):
        return found
    return _classify_listed(words), _organization(organization, is_local), False


def _classify_assistant(rest: str) -> tuple[str, str | None, bool]:
    rest = _FIELD.sub("", rest)
    for name, pattern in _ASSISTANTS.items():
        if pattern.match(rest):
            return name, None, True
    return "Asisten Sekretaris Daerah", None, False


def _classify_local(name: str, rest: str, organization: str | None) -> tuple[str, str | None, bool]:
    body = fold(organization or "")
    where = rest or (_LOCAL_BODY.sub("", body).strip() if _LOCAL_BODY.match(body) else "")
    where = _REGION.sub("", where)
    return f"{name} {_title(where)}".strip(), None, bool(where)


def _classify_council(words: str) -> tuple[str, str | None, bool] | None:
    commission, chair = _COMMISSION.match(words), _COUNCIL.match(words)
    if commission and commission[1] != "anggota":
        return f"{_title(commission[1])} Komisi {commission[2].upper()} DPRD", None, True
    if chair and chair[1] == "sekretaris":
        return "Sekretaris DPRD", None, True
    if chair and chair[1] != "anggota":
        return f"{_title(chair[1])} DPRD", None, chair[1] == "ketua"
    return ("Anggota DPRD", None, False) if commission or chair else None


def _classify_below(
    head: re.Match[str], words: str, organization: str | None, is_local: bool
) -> tuple[str, str | None, bool]:
    """Below an agency's head: told apart by the field, within the agency."""
    level = {"sub bagian": "Subbagian", "sub bidang": "Subbidang", "upt": "UPTD", "uptd": "UPTD"}.get(
        head[1], head[1].capitalize()
    )
    field = words[head.end() :].strip()
    agency = _organization(organization, is_local)
    # "Kepala Bidang Aplikasi Informatika Diskominfo": the agency is not of the field.
    parts = field.split()
    for at in range(1, len(parts)):
        if (inside := read_agency(" ".join(parts[at:]), is_local)) and _OPENS_AGENCY.match(parts[at]):
            field, agency = " ".join(parts[:at]), inside
            break
    field = _PLACE.sub("", field)
    return f"Kepala {level} {_title(field)}".strip(), None if level == "Bagian" else agency, bool(field)


def _classify_agency(
    head: str, rest: str, organization: str | None, is_local: bool
) -> tuple[str, str | None, bool] | None:
    """Head or secretary of an agency: in the words of the position, else in those of the organization."""
    if head == "inspektur" and rest and not rest.startswith(("daerah", "kab", "kota", "inspektorat")):
        return None
    agency = read_agency(rest, is_local)
    if agency is None and rest.startswith(("dinas ", "badan ")):
        agency = read_agency(rest.partition(" ")[2], is_local)
    if head == "inspektur":
        agency = "Inspektorat Daerah"
    if agency is None and rest in ("", "dinas", "badan", "kantor", "instansi", "daerah"):
        agency = read_agency(organization, is_local)
        rest = fold(organization or "")
    if agency is None:
        body = _REGION.sub("", rest)
        if not re.match(r"(?:dinas|badan|kantor|balai|di[ns]\w{3,}|bap\w{3,}|bk\w+|bp\w+)\b", body):
            return None
        agency = _title(body)
    # A dinas of a province: which province is not known.
    is_known = is_local or agency not in _families(True).values()
    if agency == "Inspektorat Daerah":
        return "Inspektur" if head in ("inspektur", "kepala") else "Sekretaris Inspektorat", agency, is_local
    title = {"sekretaris": "Sekretaris", "kepala pelaksana": "Kepala"}.get(head, "Kepala")
    kind = agency.split()[0].capitalize()
    return f"{title} {kind}" if kind in ("Dinas", "Badan") else title, agency, is_known


def _classify_central(words: str, organization: str | None) -> tuple[str, str | None, bool] | None:
    """Offices of the ministries, with the ministry or directorate that they head."""
    for head, bodies, is_single in (
        ("wakil menteri", "kementerian", False),
        ("menteri koordinator", "kementerian koordinator", True),
        ("menteri", "kementerian", True),
        ("direktur jenderal", "direktorat jenderal", True),
        ("direktur", "direktorat", True),
    ):
        if words == head or words.startswith(f"{head} "):
            field = re.sub(r"\s+(?:ri|republik indonesia)$", "", words.removeprefix(head).strip())
            if head == "direktur" and (not field or field.startswith(("utama", "rsud", "pt ", "pdam", "perum"))):
                return None
            agency = read_agency(f"{bodies} {field}", False) if field else read_agency(organization, False)
            if agency is None:
                # As told, within its ministry.
                of = _organization(organization, False)
                return _title(words), of, is_single and of in _families(False).values()
            return _title(head), agency, is_single
    if words in ("presiden", "presiden ri", "wakil presiden", "wakil presiden ri"):
        return _title(words.removesuffix(" ri")), "Republik Indonesia", True
    return None


def _classify_listed(words: str) -> str:
    """The name in `positions.csv` of the words that a position opens with, and what follows; as written if none."""
    parts = words.split()
    for size in range(len(parts), 0, -1):
        start = " ".join(parts[:size])
        # "Ketua Dewan" is the council's; "Ketua Dewan Adat" is not.
        if (name := _positions().get(start)) and not (size < len(parts) and start.endswith(" dewan")):
            return " ".join([name, _title(" ".join(parts[size:]))]).strip()
    return _title(words)


def _organization(organization: str | None, is_local: bool) -> str | None:
    """The family of an agency, else its name as written, without the region's where that is known."""
    words = fold(organization or "")
    return read_agency(organization, is_local) or _title(_REGION.sub("", words) if is_local else words) or None


def _title(words: str) -> str:
    """Folded words as they are printed.

    >>> _title("kepala bidang tik dan statistik rsud tobelo")
    'Kepala Bidang TIK dan Statistik RSUD Tobelo'
    """
    return " ".join(
        word if word in _SMALL else word.upper() if word in _CAPITALS else word.capitalize() for word in words.split()
    )
