"""What is measured when letters are handed over; how fast that is stands in no test."""

from __future__ import annotations

from pathlib import Path

from benchmarks import mail_bench
from benchmarks.mail_bench import Measured


def test_signed_letters_to_a_server_in_another_process_are_counted_on_both_sides(tmp_path: Path) -> None:
    run = mail_bench.measure_apart("SMTP", 3, tmp_path, is_smtp=True, is_signed=True)
    assert (run.what, run.letters) == ("SMTP", 3)
    assert run.seconds > 0
    assert run.memory > 1_000_000


def test_the_report_tells_whether_memory_grows_with_the_readers() -> None:
    runs = [
        Measured(name, letters, seconds=letters / 50, memory=memory)
        for name in ("outbox", "SMTP")
        for letters, memory in ((100, 100_000_000), (1000, 150_000_000))
    ]
    told = list(mail_bench.lines(runs))
    assert "SMTP: 1000 letters, 50 letters/s, memory 150 MB" in told
    assert told[-1] == "SMTP: memory at 1000 letters 1.50 times that at 100 (bar 1.1)"
