from __future__ import annotations

import itertools

import pytest

from crawler.urls import clean_url, url_key

# As a site, a reader or a search engine gives an address, and as we ask for it.
FETCHED = [
    # WordPress
    ("https://kabarpaser.example/2023/06/bimtek-smart-city-tahap-i/", None),
    ("https://kabarpaser.example/2023/06/bimtek-smart-city-tahap-i/#respond", "https://kabarpaser.example/2023/06/bimtek-smart-city-tahap-i/"),
    ("https://kabarpaser.example/bimtek-smart-city/?share=whatsapp&nb=1", "https://kabarpaser.example/bimtek-smart-city/"),
    ("https://kabarpaser.example/bimtek-smart-city/?amp", "https://kabarpaser.example/bimtek-smart-city/"),
    ("https://kabarpaser.example/bimtek-smart-city/?amp=1", "https://kabarpaser.example/bimtek-smart-city/"),
    ("https://kabarpaser.example/bimtek-smart-city/amp/", "https://kabarpaser.example/bimtek-smart-city/"),
    ("https://kabarpaser.example/bimtek-smart-city/?noamp=mobile", "https://kabarpaser.example/bimtek-smart-city/"),
    ("https://kabarpaser.example/bimtek-smart-city/?replytocom=481#respond", "https://kabarpaser.example/bimtek-smart-city/"),
    ("https://kabarpaser.example/bimtek-smart-city/?print=print", "https://kabarpaser.example/bimtek-smart-city/?print=print"),
    ("https://kabarpaser.example/bimtek-smart-city/2/", None),
    ("https://kabarpaser.example/?p=12&page=2", None),
    ("https://kabarpaser.example/?p=12&utm_source=rss&utm_medium=rss", "https://kabarpaser.example/?p=12"),
    ("https://kabarpaser.example/?rest_route=/wp/v2/posts&search=smart+city", None),
    ("https://kabarpaser.example/?amp/berita/12", None),
    ("https://kabarpaser.example", "https://kabarpaser.example/"),
    # Tribun
    ("https://kaltim.tribunnews.com/2023/11/02/bontang-menuju-kota-cerdas?page=all", None),
    ("https://kaltim.tribunnews.com/amp/2023/11/02/bontang-menuju-kota-cerdas", "https://kaltim.tribunnews.com/2023/11/02/bontang-menuju-kota-cerdas"),
    ("https://m.tribunnews.com/amp/regional/2023/11/02/bontang-menuju-kota-cerdas", "https://m.tribunnews.com/regional/2023/11/02/bontang-menuju-kota-cerdas"),
    ("https://bangka.tribunnews.com/lokal/1143921/evaluasi-kota-cerdas?jxconn=1*a1b2*other_jxampid*X", "https://bangka.tribunnews.com/lokal/1143921/evaluasi-kota-cerdas"),
    ("https://kaltim.tribunnews.com/index-news?date=2023-11-02&page=3", None),
    # Kompas
    ("https://regional.kompas.com/read/2023/11/02/213419026/bupati-teken-masterplan?source=terpopuler", "https://regional.kompas.com/read/2023/11/02/213419026/bupati-teken-masterplan"),
    ("https://amp.kompas.com/regional/read/2023/11/02/213419026/bupati-teken-masterplan", None),
    ("https://www.kompas.com/tren/read/2023/11/02/213419026/kota-cerdas?lgn_method=google&google_btn=onetap", "https://www.kompas.com/tren/read/2023/11/02/213419026/kota-cerdas?google_btn=onetap"),
    # detik
    ("https://www.detik.com/bali/berita/d-6295009/klungkung-raih-penghargaan?single=1", None),
    ("https://www.detik.com/bali/berita/d-6295009/klungkung-raih-penghargaan/amp", "https://www.detik.com/bali/berita/d-6295009/klungkung-raih-penghargaan"),
    ("https://www.detik.com/bali/berita/d-6295009/klungkung-raih-penghargaan?tag_from=wp_nhl_12", "https://www.detik.com/bali/berita/d-6295009/klungkung-raih-penghargaan"),
    ("https://www.detik.com/indeks?page=3&date=11/02/2023", None),
    # Antara
    ("https://babel.antaranews.com/berita/381203/bangka-selatan-susun-masterplan?utm_medium=mobile", "https://babel.antaranews.com/berita/381203/bangka-selatan-susun-masterplan"),
    ("https://babel.antaranews.com/amp/berita/381203/bangka-selatan-susun-masterplan", "https://babel.antaranews.com/berita/381203/bangka-selatan-susun-masterplan"),
    ("https://kalsel.antaranews.com/search?q=kota+cerdas&page=2", None),
    # Liputan6: without `/amp` this is no address of theirs
    ("https://m.liputan6.com/amp/5043288/wali-kota-luncurkan-command-center", None),
    # RRI
    ("https://rri.co.id/daerah/412345/kolaka-ikuti-bimtek-smart-city?utm_campaign=rri_share&utm_content=x", "https://rri.co.id/daerah/412345/kolaka-ikuti-bimtek-smart-city"),
    ("https://rri.co.id/search?q=smart%20city&page=3", None),
    # Promedia
    ("https://www.kabartapanuli.example/daerah/pr-946208593/tapsel-raih-smart-city-award?_gl=1*1abc*_ga*MTIz", "https://www.kabartapanuli.example/daerah/pr-946208593/tapsel-raih-smart-city-award"),
    ("https://www.kabartapanuli.example/daerah/4285470810/tapsel-raih-smart-city-award?page=2", None),
    # regency portals: CodeIgniter, Joomla, Drupal, others nobody knows
    ("https://diskominfo.kolaka.example/berita/detail/12?ref=12", None),
    ("https://diskominfo.kolaka.example/berita/detail/12?source=whatsapp", "https://diskominfo.kolaka.example/berita/detail/12"),
    ("https://kolaka.example/?berita/detail/12", None),
    ("https://kolaka.example/?berita/detail/12&fbclid=IwAR0", "https://kolaka.example/?berita/detail/12"),
    ("https://kolaka.example/index.php/berita/detail/12", None),
    ("https://kolaka.example/index.php?option=com_content&view=article&id=88:bimtek&Itemid=101", None),
    ("https://kolaka.example/berita/88-bimtek-smart-city?tmpl=component&print=1&layout=print&page=", "https://kolaka.example/berita/88-bimtek-smart-city?page="),
    ("https://kolaka.example/berita.php?id=12&page=2", None),
    ("https://kolaka.example/berita.php?id=12&amp;hal=2&amp;utm_source=fb", "https://kolaka.example/berita.php?id=12&hal=2"),
    ("https://kolaka.example/detil-berita-kota.php?from=7", None),
    ("https://kolaka.example/module.php?m=1&galeri=12&cid=3", None),
    ("https://kolaka.example/node/4021", None),
    ("https://kolaka.example/berita/12;jsessionid=8A31F?lang=id", "https://kolaka.example/berita/12?lang=id"),
    ("https://kolaka.example:8443/berita/12", None),
    ("http://kolaka.example:80/berita/12", "http://kolaka.example/berita/12"),
    ("https://kolaka.example:80/berita/12", None),
    ("HTTPS://WWW.Kolaka.Example/Berita/Kota-Cerdas", "https://www.kolaka.example/Berita/Kota-Cerdas"),
    ("https://kolaka.example./berita/12", "https://kolaka.example/berita/12"),
    ("https://kolaka.example//berita///12", "https://kolaka.example/berita/12"),
    ("https://kolaka.example/a/../berita/./12", "https://kolaka.example/berita/12"),
    ("https://kolaka.example/../../berita/12", "https://kolaka.example/berita/12"),
    ("https://kolaka.example/berita/jum%e2%80%99at%2Dbersih", "https://kolaka.example/berita/jum%E2%80%99at-bersih"),
    ("https://kolaka.example/berita/jum’at bersih", "https://kolaka.example/berita/jum%E2%80%99at%20bersih"),
    ("https://kolaka.example/berita/naik-100%", "https://kolaka.example/berita/naik-100%25"),
    ("https://kolaka.example/a%2Fb?x=%2f", "https://kolaka.example/a%2Fb?x=%2F"),
    ("https://kolaka.example/berita?&&id=12&", "https://kolaka.example/berita?id=12"),
    ("https://désa.example/artikel/1", "https://xn--dsa-bma.example/artikel/1"),
    ("  https://kolaka.example/berita/12\n", "https://kolaka.example/berita/12"),
    # OpenSID
    ("https://desa-lamunre.example/artikel/2023/6/14/musyawarah-desa-cerdas", None),
    ("https://desa-lamunre.example/index.php?artikel/2023/6", None),
    ("https://desa-lamunre.example/index.php/first/artikel/31?fbclid=IwAR0", "https://desa-lamunre.example/index.php/first/artikel/31"),
    # Blogger
    ("https://kabardesa.blogspot.com/2023/06/bimtek.html?m=1", "https://kabardesa.blogspot.com/2023/06/bimtek.html"),
    ("https://www.kabardesa.example/2023/06/bimtek.html?m=0&spref=fb", "https://www.kabardesa.example/2023/06/bimtek.html?spref=fb"),
    ("https://kabardesa.blogspot.com/?m=1", "https://kabardesa.blogspot.com/"),
    # what others wrapped around them
    ("https://kabar-example.cdn.ampproject.org/c/s/kabar.example/bimtek-smart-city/amp/", "https://kabar.example/bimtek-smart-city/"),
    ("https://kabar-example.cdn.ampproject.org/v/kabar.example/bimtek?amp_js_v=a6&usqp=mq33", "http://kabar.example/bimtek"),
    ("https://www.google.com/amp/s/kabar.example/bimtek/amp", "https://kabar.example/bimtek"),
    ("https://www.google.co.id/url?sa=t&q=https%3A%2F%2Fkabar.example%2F%3Fp%3D12&usg=AOv", "https://kabar.example/?p=12"),
    ("https://web.archive.org/web/20230614010203/https://kabar.example/bimtek?id=3", "https://kabar.example/bimtek?id=3"),
    ("https://kabar.example/b/.;/amp", "https://kabar.example/b/"),
    ("https://w\neb.archive.org/web/2023/https://kabar.example/bim\ttek", "https://kabar.example/bimtek"),
    ("https://web.archive.org/web/2023//https://kabar.example/bimtek", "https://kabar.example/bimtek"),
    ("https://web.archive.org/web/20230614010203if_/http:/kabar.example/bimtek", "http://kabar.example/bimtek"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fkabar.example%2Fbimtek%3Ffbclid%3DIwAR0&h=AT1", "https://kabar.example/bimtek"),
    ("https://l.instagram.com/?u=https%3A%2F%2Fkabar.example%2Fbimtek&e=ATM", "https://kabar.example/bimtek"),
    ("https://kabar--muara-example.translate.goog/bimtek?_x_tr_sl=id&_x_tr_tl=en", "https://kabar-muara.example/bimtek"),
    ("https://translate.google.com/translate?sl=id&tl=en&u=https://kabar.example/bimtek", "https://kabar.example/bimtek"),
    ("https://www.google.com/url?q=https%3A%2F%2Fweb.archive.org%2Fweb%2F2023%2Fhttps%3A%2F%2Fkabar.example%2Fa", "https://kabar.example/a"),
    ("https://www.google.com/search?q=kota+cerdas", None),
    ("https://www.facebook.com/sharer/sharer.php?u=https://kabar.example/bimtek", None),
    ("https://web.archive.org/about/", None),
    # no web address, or none that can be read
    ("https://bank.example@kabar.example/bimtek", "https://kabar.example/bimtek"),
    ("https://nama:sandi@kabar.example:8443/bimtek", "https://kabar.example:8443/bimtek"),
    ("mailto:redaksi@kabar.example?subject=Berita", None),
    ("javascript:void(0)", None),
    ("whatsapp://send?text=https://kabar.example/bimtek?utm_source=wa", None),
    ("file:///berkas/Bimtek//Smart City.html#a", None),
    ("urn:uuid:6e8bc430", None),
    ("http://[kabar.example/bimtek", None),
    ("http://kabar.example:delapan/bimtek", None),
    ("http:///bimtek", None),
    ("/berita/12?utm_source=rss", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), FETCHED)
def test_an_address_is_cleaned_of_what_does_not_name_the_article(url: str, expected: str | None) -> None:
    assert clean_url(url) == (url if expected is None else expected)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://kaltim.tribunnews.com/2023/11/02/kota-cerdas?page=all", "https://kaltim.tribunnews.com/2023/11/02/kota-cerdas"),
        ("https://kaltim.tribunnews.com/2023/11/02/kota-cerdas?page=3&s=x", "https://kaltim.tribunnews.com/2023/11/02/kota-cerdas?s=x"),
        ("https://www.detik.com/bali/berita/d-6295009/klungkung?single=1", "https://www.detik.com/bali/berita/d-6295009/klungkung"),
        ("https://daerah.sindonews.com/read/888397/211/kota-cerdas-1663481346?showpage=all", "https://daerah.sindonews.com/read/888397/211/kota-cerdas-1663481346"),
        ("https://lutra.inews.id/read/228629/jembatan-menuju-kota-cerdas/all", "https://lutra.inews.id/read/228629/jembatan-menuju-kota-cerdas"),
        ("https://kabar.example/berita/all", "https://kabar.example/berita/all"),
        ("https://kabar.example/?p=12&paged=2", "https://kabar.example/?p=12&paged=2"),
    ],
)  # fmt: skip
def test_the_page_is_dropped_where_all_pages_are_asked_for(url: str, expected: str) -> None:
    assert clean_url(url, drop_page=True) == expected


@pytest.mark.parametrize("drop_page", [False, True])
@pytest.mark.parametrize("url", [url for url, _ in FETCHED])
def test_cleaning_again_changes_nothing(url: str, drop_page: bool) -> None:
    once = clean_url(url, drop_page)
    assert clean_url(once, drop_page) == once
    assert url_key(clean_url(url)) == url_key(url)


def test_any_mixture_of_views_and_trackers_comes_off_at_once() -> None:
    slug = "https://kabar.example/daerah/7/kota-cerdas-slawi"
    ends = ["", "/amp", "/amp/amp", "/amp.html"]
    noise = ["amp", "utm_source=rss", "ref=home", "outputType=amp", "share=line", "igshid=a"]
    for end, *chosen in itertools.product(ends, noise, noise, ["", "#top"]):
        url = f"{slug}{end}?{chosen[0]}&{chosen[1]}{chosen[2]}"
        assert clean_url(url) == slug
        assert clean_url(clean_url(url)) == clean_url(url)


@pytest.mark.parametrize(
    "same",
    [
        [
            "https://kabarpaser.example/2023/06/bimtek-smart-city/",
            "http://www.kabarpaser.example/2023/06/bimtek-smart-city",
            "https://m.kabarpaser.example/2023/06/bimtek-smart-city/?amp=1",
            "https://mobile.kabarpaser.example/2023/06/bimtek-smart-city/index.html",
            "https://amp.kabarpaser.example/2023/06/bimtek-smart-city/amp/",
            "https://kabarpaser.example/2023/06/bimtek-smart-city/?page=all&share=telegram",
            "https://kabarpaser.example/2023/06/bimtek-smart-city/?page=2#isi",
            "https://kabarpaser-example.cdn.ampproject.org/c/s/kabarpaser.example/2023/06/bimtek-smart-city/amp/",
        ],
        [
            "https://kaltim.tribunnews.com/2023/11/02/bontang-menuju-kota-cerdas",
            "https://kaltim.tribunnews.com/amp/2023/11/02/bontang-menuju-kota-cerdas?page=all",
            "http://kaltim.tribunnews.com/2023/11/02/bontang-menuju-kota-cerdas?page=4",
        ],
        [
            "https://www.tribunnews.com/regional/2023/11/02/kota-cerdas",
            "https://m.tribunnews.com/amp/regional/2023/11/02/kota-cerdas",
        ],
        [
            "https://money.kompas.com/read/2023/11/02/213419026/harga-tiket",
            "https://amp.kompas.com/money/read/2023/11/02/213419026/harga-tiket",
            "https://money.kompas.com/read/2023/11/02/213419026/harga-tiket?page=all",
        ],
        [
            "https://www.detik.com/bali/berita/d-6295009/klungkung-raih-penghargaan",
            "https://www.detik.com/bali/berita/d-6295009/klungkung-raih-penghargaan?single=1",
        ],
        ["https://kolaka.example/?p=12", "http://www.kolaka.example/index.php?p=12"],
        ["https://desa.example/?artikel/2023/6", "https://desa.example/index.php?artikel/2023/6"],
        ["https://kolaka.example/index.php/berita/detail/12", "https://kolaka.example/berita/detail/12/"],
        ["https://kolaka.example/berita.php?id=12&hal=2", "https://kolaka.example/berita.php?hal=2&id=12"],
        ["https://lutra.inews.id/read/228629/jembatan-kota-cerdas", "https://lutra.inews.id/read/228629/jembatan-kota-cerdas/all"],
        ["https://kabardesa.blogspot.com/2023/06/bimtek.html", "http://kabardesa.blogspot.com/2023/06/bimtek.html?m=1"],
        ["http://127.0.0.1:8101/a", "http://127.0.0.1:8101/a/?utm_source=rss"],
        ["http://kabar.example:80/a", "https://kabar.example:443/a"],
    ],
)  # fmt: skip
def test_addresses_of_one_article_have_one_key(same: list[str]) -> None:
    assert {url_key(url) for url in same} == {url_key(same[0])}


@pytest.mark.parametrize(
    "different",
    [
        ["https://babel.tribunnews.com/2023/11/02/kota-cerdas", "https://bangka.tribunnews.com/2023/11/02/kota-cerdas"],
        ["https://kolaka.example/?p=12", "https://kolaka.example/?p=13", "https://kolaka.example/"],
        ["https://desa.example/index.php?artikel/2023/6", "https://desa.example/index.php?artikel/2023/7"],
        ["https://kolaka.example/berita.php?id=12", "https://kolaka.example/berita.php?id=12&page=2"],
        ["https://kolaka.example/index.php?page=1", "https://kolaka.example/index.php?page=2"],
        ["https://kolaka.example/module.php?galeri=12", "https://kolaka.example/module.php?galeri=13"],
        ["https://kolaka.example/berita/kegiatan-bupati-kolaka/2", "https://kolaka.example/berita/kegiatan-bupati-kolaka/3"],
        ["https://kolaka.example/a", "https://kolaka.example:8443/a"],
        ["https://kolaka.example/Berita", "https://kolaka.example/berita"],
        ["https://www.go.id/berita", "https://www.id/berita"],
    ],
)  # fmt: skip
def test_addresses_of_different_articles_have_different_keys(different: list[str]) -> None:
    assert len({url_key(url) for url in different}) == len(different)
