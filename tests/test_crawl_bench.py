"""What is measured when the crawl's speed is; how fast it is stands in no test."""

from __future__ import annotations

from benchmarks.crawl_bench import (
    NEVER,
    build_articles,
    build_page,
    measure_crawl,
    measure_extraction,
    measure_hosts,
    measure_memory,
)
from crawler.ingest import LOCAL_SOURCE
from crawler.items import Page
from crawler.parse import parse_article
from crawler.sampleweb.samples import load_samples


def test_its_pages_are_as_large_as_real_ones_and_read_as_what_they_hold() -> None:
    sizes = [len(page) for page in build_articles()]
    assert min(sizes) > 50_000
    assert max(sizes) < 200_000
    assert build_page(3) != build_page(3 + len(sizes))
    sample = load_samples("serumpun")[3]
    page = Page("http://127.0.0.1/berita/3/kabar", "ingest", sample.published, 200, build_page(3))
    article = parse_article(page, LOCAL_SOURCE)
    assert (article.title, article.published_at) == (f"{sample.title} 3", sample.published)
    assert article.text.startswith(sample.lead)
    assert "iklan" not in article.text.casefold()


def test_extraction_and_crawl_are_measured_apart() -> None:
    alone, both = measure_extraction(4), measure_crawl(16)
    assert (alone.pages, both.pages) == (4, 16)
    assert min(alone.cost["extraction"], both.cost["crawl"], both.cost["extraction"]) > 0
    assert set(both.cost) == {"crawl", "extraction", "(server)"}


def test_a_host_that_never_answers_is_not_waited_for() -> None:
    assert measure_hosts(4, 3, {0: 0.2, 1: NEVER}) < 30


def test_memory_is_that_of_a_crawl_that_kept_every_page() -> None:
    assert measure_memory(40, hosts=2) > 30 << 20
