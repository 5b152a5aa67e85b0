"""A bare Scrapy spider over the served lists: follows every link of them and keeps the bodies in one file.

`crawl_scrapy.py DATA ADDRESS...`. It asks as many at once of a host as our crawl does of one that sets no delay, and
says what benchmarks/corridor.py says.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

SETTINGS = {
    "LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0,
}  # fmt: skip


class Bare(Spider):
    """Lists until one is empty, and what they name."""

    name = "bare"

    def __init__(self, data: str, addresses: list[str], **more: Any) -> None:
        super().__init__(**more)
        self.addresses = addresses
        self.kept = (Path(data) / "bodies").open("wb")
        self.count = 0

    async def start(self) -> AsyncIterator[Request]:
        for address in self.addresses:
            yield Request(f"{address}/indeks/1", cb_kwargs={"number": 1})

    def parse(self, response: Response, number: int) -> Iterator[Request]:
        links = response.css("h2 a::attr(href)").getall()
        for link in links:
            yield response.follow(link, self.keep)
        if links:
            yield response.follow(f"/indeks/{number + 1}", cb_kwargs={"number": number + 1})

    def keep(self, response: Response) -> None:
        self.kept.write(response.body)
        self.count += 1


def main(data: str, addresses: list[str]) -> None:
    process = CrawlerProcess(SETTINGS)
    process.crawl(Bare, data=data, addresses=addresses)
    [crawler] = process.crawlers
    print("ready", flush=True)  # noqa: T201
    begun, before = monotonic(), os.times()
    process.start()
    wall, after = monotonic() - begun, os.times()
    line = {"wall": wall, "seconds": sum(after[:4]) - sum(before[:4]), "count": crawler.spider.count}
    print(json.dumps(line), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
