"""What readers see: `pantau publish`, `export`, `cite`, `serve`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any

import click

from pantau.house import House, alone, complain, data_stream, opened, parse_parameters
from pantau.sources import check_health

if TYPE_CHECKING:
    from publish.export import Format


@click.command()
@click.option("--full-text", is_flag=True, help="Publish whole articles too; only for texts that are yours.")
@click.pass_obj
def publish(house: House, full_text: bool) -> None:
    """Bake the public database from the private one."""
    with alone(house, "publish"):
        click.echo(publish_database(house, full_text))


@click.command()
@click.argument("tables", metavar="[TABLE]...", nargs=-1)
@click.option("--query", metavar="NAME", help="The answer of a query of the site instead of tables.")
@click.option(
    "-p", "parameters", metavar="NAME=VALUE", multiple=True, help="Parameter of the query; empty if not said."
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl", "parquet"]), default="csv", show_default=True,
    help="Form of the files.",
)  # fmt: skip
@click.option(
    "--to", metavar="DIR", help="Folder of the files; - prints. Default: exports/<release>/<format> in the data folder."
)
@click.pass_obj
def export(
    house: House, tables: Sequence[str], query: str | None, parameters: Sequence[str], form: Any, to: str | None
) -> None:
    """Write tables of the public database, all if none is named, or the answer of a query, as files."""
    if query and tables:
        raise click.UsageError("either tables or --query")
    if parameters and not query:
        raise click.UsageError("-p is for --query")
    export_files(house, tables, query, parse_parameters(parameters), form, to)


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", "is_checked", is_flag=True, help="Reckon the hash anew and say whether it is the release's.")
@click.pass_obj
def cite(house: House, file: Path | None, is_checked: bool) -> None:
    """Print how to cite the release that is published, or that a file is."""
    if not cite_release(file or house.public_db, is_checked):
        raise SystemExit(1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, help="Port to listen on.")
@click.pass_obj
def serve(house: House, host: str, port: int) -> None:
    """Open the site on the public database, until Ctrl-C; it shows what is published meanwhile."""
    from publish import serve as site

    try:
        with site.listening(host, port) as listener:
            click.echo(f"Site: http://{host}:{port}/  (Ctrl-C ends it)")
            site.serve(house.public_db, listener, worker="pantau.site_worker")
    except (OSError, CalledProcessError) as error:  # a port that is taken; a process that cannot start, which says why
        raise click.ClickException(str(error)) from error


def publish_database(house: House, full_text: bool = False) -> str:
    """Bake public.db; a failing check stops it, and the old one stays."""
    from publish.bake import BakeError, bake
    from publish.disk import DiskFullError

    check_health(house)
    with opened(house, "publish") as (_, counts, _):
        try:
            counts.update(bake(house.pantau_db, house.public_db, full_text))
        except (BakeError, DiskFullError) as error:
            raise click.ClickException(str(error)) from error
    return f"{counts['articles']} articles, {counts['events']} events, {counts['review']} to review: {house.public_db}"


def export_files(
    house: House, tables: Sequence[str], query: str | None, parameters: Mapping[str, str], form: Format, to: str | None
) -> None:
    """Write files into a folder, or print; one line a file."""
    from publish.disk import DiskFullError
    from publish.export import Asked, ExportError, export_folder, print_rows
    from publish.export import export_files as write_files

    asked = Asked(tables, query, parameters)
    try:
        if to == "-":
            print_rows(house.public_db, asked, form, data_stream())
            return
        folder = Path(to) if to else export_folder(house.public_db, form)
        for path, rows in write_files(house.public_db, asked, form, folder).items():
            click.echo(f"{rows} rows: {path}")
    except (ExportError, DiskFullError, LookupError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error


def cite_release(path: Path, is_checked: bool) -> bool:
    """Print how a public database is cited; whether its content is that of its release, where that is checked."""
    from db.connect import open_read_only
    from publish.release import bibtex, citation, content_hash, read_release

    try:
        db = open_read_only(path)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    try:
        release = read_release(db)
    except LookupError as error:
        raise click.ClickException(f"{path}: {error}") from error
    seen = content_hash(db) if is_checked else release.hash
    db.close()
    click.echo(f"{citation(release)}\n\n{bibtex(release)}")
    if seen != release.hash:
        complain(f"{path}: it was changed after it was published: the hash of its content is {seen}")
    elif is_checked:
        click.echo(f"\n{path}: its content has this hash")
    return seen == release.hash
