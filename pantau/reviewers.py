"""`pantau reviewer`: who may review on the site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from pantau.house import House


@click.group()
def reviewer() -> None:
    """Say who may review on the site: names and passwords, kept in the data folder."""


@reviewer.command("add")
@click.argument("name")
@click.pass_obj
def add_reviewer(house: House, name: str) -> None:
    """Let a person sign in, or give them a new password; it is asked for, twice, and not shown."""
    from publish.site.reviewing.accounts import account_name, accounts_file, add_account

    with accounted():
        name = account_name(name)
        # From the terminal alone: a password in a command line stands in the history and in the list of processes.
        password = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        path = accounts_file(house.pantau_db)
        is_new = add_account(path, name, password)
    click.echo(f"{name}: {'may review now' if is_new else 'has a new password'} ({path})")


@reviewer.command("list")
@click.pass_obj
def list_reviewers(house: House) -> None:
    """Print who may review, one name a line."""
    from publish.site.reviewing.accounts import accounts_file, read_accounts

    with accounted():
        for name in read_accounts(accounts_file(house.pantau_db)):
            click.echo(name)


@reviewer.command("remove")
@click.argument("name")
@click.pass_obj
def remove_reviewer(house: House, name: str) -> None:
    """Let a person not sign in any more; who is signed in is signed out. Their decisions stay."""
    from publish.site.reviewing.accounts import accounts_file, remove_account

    with accounted():
        remove_account(accounts_file(house.pantau_db), name)
    click.echo(f"{name}: may not review any more")


@contextmanager
def accounted() -> Iterator[None]:
    """What is wrong with an account is told in one line, and the exit status is 1."""
    from publish.site.reviewing.accounts import AccountError

    try:
        yield
    except AccountError as error:
        raise click.ClickException(str(error)) from error
