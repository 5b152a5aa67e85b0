"""`pantau sources`: what is read, and what one more address would give."""

from __future__ import annotations

from pathlib import Path

from test_pantau import pantau

from crawler.sampleweb.samples import ROOT as SAMPLEWEB


def test_the_list_has_a_line_for_each_source(tmp_path: Path) -> None:
    done = pantau("sources", "list", data=tmp_path, sources=SAMPLEWEB / "sources")
    assert done.stdout.splitlines() == [
        "kabarnusa\tKabar Nusa\tgeneric\tsitemap, feed\tnational\tseen",
        "portal\tPortal Kabupaten Kolaka\tgeneric\tlisting\tSulawesi Tenggara\tseen",
        "serumpun\tWarta Serumpun\twordpress\twordpress?, feed?, sitemap\tKepulauan Bangka Belitung, Riau, "
        "Sumatera Barat, Kalimantan Tengah, Kalimantan Timur, Kalimantan Utara\tseen",
    ]
