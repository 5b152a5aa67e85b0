"""Every kind of page by WCAG 2.2 AA and in a narrow, a zoomed, a dark and a scriptless browser, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import find, fits, running_site
from playwright.sync_api import Browser, Page
from sitepages import in_english

from db.connect import open_read_only
from db.mailing.connect import open_mail_db
from db.mailing.ledger import add_delivery, save_letter
from db.mailing.subscribers import Cadence, Choice, ask
from publish.letters.confirmation import build_confirmation
from publish.mail.choices import choice_name
from publish.mail.tokens import Purpose, sign, sign_confirmation

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

# What a page of a kind is, in the data at hand; None where the address needs no lookup.
KINDS: dict[str, tuple[str, str | None]] = {
    "beranda": ("/", None),
    "daerah": ("/daerah", None),
    "satu daerah": ("/daerah/{}", "select regency_code from events group by 1 order by count(*) desc, 1"),
    "daerah tanpa berita": (
        "/daerah/{}",
        "select code from regencies where code not in (select regency_code from article_regencies) order by 1",
    ),
    "tahapan": ("/tahapan", None),
    "satu tahap": ("/tahapan/evaluasi-2", None),
    "kesehatan": ("/kesehatan", None),
    "corong": ("/kesehatan/corong", None),
    "satu provinsi": (
        "/provinsi/{}",
        "select substr(regency_code, 1, 2) from events group by 1 order by count(*) desc",
    ),
    "daftar peristiwa": ("/peristiwa", None),
    "langkah belum pasti": ("/peristiwa?keadaan=belum-pasti", None),
    "peristiwa": ("/peristiwa/{}", "select id from events order by articles desc, conflicts desc, id"),
    "artikel": ("/artikel/{}", "select evidence_article_id from events order by articles desc, id"),
    "pejabat": ("/pejabat", None),
    "satu pejabat": ("/pejabat/{}", "select person_id from office_terms group by 1 order by sum(articles) desc, 1"),
    "media": ("/media", None),
    "satu media": ("/media/{}", "select name from sources order by articles desc, name"),
    "surat": ("/surat", None),
    "satu surat": ("/surat/{}", "select week from digests order by week desc"),
    "tentang": ("/tentang", None),
    "salinan surat": ("/surat/saya/{copy}", None),
    "minta surat": ("/langganan/surat", None),
    "minta surat tentang daerah": ("/langganan/surat?daerah=62.02&daerah=solok", None),
    "konfirmasi surat": ("/langganan/konfirmasi/{confirm}", None),
    "atur surat": ("/langganan/atur/{preferences}", None),
    "berhenti": ("/langganan/berhenti/{unsubscribe}", None),
    "langganan": ("/langganan", None),
    "pilihan langganan": ("/langganan?daerah=solok", None),
    "cari": ("/cari", None),
    "hasil cari": ("/cari?q=evaluasi", None),
    "tanpa hasil": ("/cari?q=xyzzy", None),
    "untuk peneliti": ("/peneliti", None),
    "kamus data": ("/peneliti/kamus", None),
    "kueri siap pakai": ("/peneliti/kueri", None),
    "buku catatan": ("/peneliti/catatan/02-the-ladder", None),
    "data": ("/public", None),
    "tabel": ("/public/events", None),
    "baris": ("/public/events/{}", "select id from events order by id"),
    "kueri": ("/public/tahapan_daerah?kode=51.02", None),
    "sql": ("/public?sql=select+code,name+from+regencies+limit+3", None),
}

Address = Callable[[str], str]


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder from which letters are sent, to one reader."""
    folder = tmp_path_factory.mktemp("surat")
    (folder / "mail.yml").write_text("from: {address: surat@kota.example}\n")
    return folder


@pytest.fixture(scope="module")
def tokens(mailing: Path, public: Path) -> dict[str, str]:
    """What stands in the addresses of that reader's pages, by the kind of page."""
    now = datetime.now(UTC)
    with closing(open_mail_db(mailing / "mail.db")) as db, closing(open_read_only(public)) as release:
        chosen: list[tuple[Choice, Cadence]] = [(Choice("all"), "weekly"), (Choice("stage", "mou"), "daily")]
        reader = ask(db, "sari@kota.example", chosen, name="Sari", origin="import", now=now, is_confirmed=True)
        new = ask(db, "rahmi@kota.example", chosen, origin="form", now=now)
        letter = build_confirmation(
            [choice_name(release, choice, "id") for choice, _ in chosen], "id", "https://a.example"
        )
        kept = save_letter(
            db, issue="2026-W47", selection="a", lang="id", subject="Surat", html=letter.html, text="a", now=now
        )
        add_delivery(db, reader.id, "2026-W47", kept, "<a@kota.example>", now)
        purposes: tuple[Purpose, ...] = ("preferences", "unsubscribe")
        return {
            "confirm": sign_confirmation(db, new.id, new.confirmations, now),
            "copy": sign(db, "copy", reader.id, "2026-W47"),
            **{purpose: sign(db, purpose, reader.id) for purpose in purposes},
        }


@pytest.fixture(scope="module")
def site(public: Path, mailing: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANTAU_DATA", str(mailing))
        with running_site(public) as address:
            yield address


@pytest.fixture(scope="module")
def address(public: Path, tokens: dict[str, str]) -> Address:
    def of_kind(kind: str) -> str:
        path, sql = KINDS[kind]
        return path.format(*(find(public, sql) if sql else ()), **tokens)

    return of_kind


@pytest.fixture(scope="module")
def narrow(browser: Browser, site: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 320, "height": 640}, base_url=site, reduced_motion="reduce")
    yield page
    page.close()


@pytest.fixture(scope="module")
def scriptless(browser: Browser, site: str) -> Iterator[Page]:
    page = browser.new_page(java_script_enabled=False, base_url=site)
    yield page
    page.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, each with the elements it is about."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:3]) for one in found]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(desk: Page, address: Address, kind: str, scheme: str) -> None:
    """The dark pages are read in English, so that both languages pass too."""
    path = address(kind)
    desk.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    desk.goto(in_english(path) if scheme == "dark" else path)
    found = violations(desk)
    desk.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert found == []


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/daerah/solok",
        "/artikel/nowhere",
        "/peristiwa?halaman=999",
        "/cari?tahap=x",
        "/langganan/atur/x",
        "/langganan/surat?daerah=Atlantis",
    ],
)
def test_axe_finds_nothing_on_pages_that_say_what_is_not_there(narrow: Page, path: str) -> None:
    answer = narrow.goto(path)
    assert answer is not None
    assert answer.status in (300, 400, 404)
    assert violations(narrow) == []
    assert fits(narrow)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_320_pixels_needs_no_scrolling_sideways(narrow: Page, address: Address, kind: str) -> None:
    narrow.goto(address(kind))
    assert fits(narrow)
    assert violations(narrow) == []


def lay_out(page: Page, width: int, letters: int) -> None:
    """Waits for a size of window and letters, px: the browser tells the page of both a moment later than us.

    Not by Playwright's own waiting, which asks again by `eval`: the policy of our pages forbids that.
    """
    page.evaluate(
        """([width, letters]) => new Promise(done => {
          const size = getComputedStyle(document.documentElement);
          const look = () => innerWidth === width && parseFloat(size.fontSize) === letters
            ? done() : requestAnimationFrame(look);
          look();
        })""",
        [width, letters],
    )


def write_twice_as_large(page: Page) -> None:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    lay_out(page, 1280, 32)


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_twice_the_size_fit(desk: Page, address: Address, kind: str) -> None:
    """200 % zoom leaves half of the width; larger letters only must fit too."""
    desk.set_viewport_size({"width": 640, "height": 450})
    desk.goto(address(kind))
    lay_out(desk, 640, 16)
    is_zoomed_in_sight = fits(desk)
    desk.set_viewport_size({"width": 1280, "height": 900})
    write_twice_as_large(desk)
    assert is_zoomed_in_sight
    assert fits(desk)


def test_the_strip_fits_whichever_step_has_no_date(desk: Page, address: Address) -> None:
    """Which of them has none is for the articles to say, so each of the seven is made to."""
    desk.goto(address("satu daerah"))
    write_twice_as_large(desk)
    desk.evaluate("""document.querySelectorAll('.track > li').forEach(phase => {
        const list = phase.appendChild(document.createElement('ul'));
        list.innerHTML = '<li><svg class="sign"></svg>tanpa tanggal</li>';
    })""")
    assert fits(desk)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tabulator_goes_through_the_page_and_shows_where_it_is(desk: Page, address: Address, kind: str) -> None:
    desk.goto(address(kind))
    seen: list[str] = []
    for _ in range(40):
        desk.keyboard.press("Tab")
        at = desk.evaluate(WHERE)
        if at is None or at["key"] in seen[:1]:
            break
        assert at["shown"], at["html"]
        seen.append(at["key"])
    assert len(set(seen)) == len(seen) >= 8, "the focus moves on, and back only from the end to the start"


WHERE = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const style = getComputedStyle(at), ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  at.dataset.visited ??= String(document.querySelectorAll("[data-visited]").length);
  return {key: at.dataset.visited, html: at.outerHTML.slice(0, 120), shown: ring && at.checkVisibility()};
}"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_what_it_is_without_script(scriptless: Page, address: Address, kind: str) -> None:
    answer = scriptless.goto(address(kind))
    assert answer is not None
    assert answer.status == 200
    assert scriptless.locator("h1").count() == 1
    assert scriptless.locator("main").inner_text().strip()
    assert scriptless.locator("html").get_attribute("lang") == "id"


def test_a_page_on_paper_leaves_the_menu_out(desk: Page, address: Address) -> None:
    desk.emulate_media(media="print")
    for kind in ("satu daerah", "tahapan", "peristiwa"):
        desk.goto(address(kind))
        shown = [desk.locator(part).first.is_visible() for part in ("nav.menu", "h1")]
        assert shown == [False, True], kind
    desk.emulate_media(media="screen")
