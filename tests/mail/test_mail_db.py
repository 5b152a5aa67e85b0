"""mail.db, where readers' addresses lie."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.mailing.connect import open_mail_db, read_secret
from db.mailing.subscribers import Choice, ask, forget_unconfirmed

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_only_its_owner_can_read_the_addresses(tmp_path: Path) -> None:
    with closing(open_mail_db(tmp_path / "mail.db")):
        assert (tmp_path / "mail.db").stat().st_mode & 0o777 == 0o600


def test_a_secret_stays_and_is_another_in_each_file(tmp_path: Path) -> None:
    with closing(open_mail_db(tmp_path / "mail.db")) as db, closing(open_mail_db(":memory:")) as other:
        first = read_secret(db, "tokens")
        assert (read_secret(db, "tokens"), len(first)) == (first, 32)
        assert read_secret(db, "bounces") != first != read_secret(other, "tokens")


def test_a_number_that_is_in_somebodys_links_is_never_given_to_another_reader() -> None:
    with closing(open_mail_db(":memory:")) as db:
        asked = {"choices": [(Choice("all"), "weekly")], "origin": "form", "now": NOW}
        first = ask(db, "sari@tabanan.example", **asked).id
        assert forget_unconfirmed(db, NOW + timedelta(days=60)) == 1
        assert ask(db, "dewi@tabanan.example", **asked).id > first
