from __future__ import annotations

from crawler.url_set import UrlSet


def test_a_set_of_addresses_knows_those_that_were_put_in_and_no_other() -> None:
    urls = [f"https://kabar{number % 7}.example/berita/{number}/bimtek-smart-city" for number in range(20_000)]
    here, elsewhere = urls[::2], urls[1::2]
    seen = UrlSet(here[:100])
    assert [seen.add(url) for url in here] == [False] * 100 + [True] * (len(here) - 100)
    assert len(seen) == len(here)
    assert all(url in seen for url in here)
    assert not any(url in seen for url in elsewhere)
