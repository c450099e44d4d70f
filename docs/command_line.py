"""The reference page of the command line, from the commands themselves."""

import inspect
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from docs.pages import page, table_of

Command = TyperCommand | TyperGroup


def command_line() -> str:
    """Every command with its arguments and options, as `--help` has them."""
    from mcp_server.cli.commands import app

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    about = (
        "Every command, in the words of its `--help`. What each does at length stands on "
        "the page of its subject. Exit status: 0 it is done, 1 it could not be done and standard "
        "error says why, 2 the command was not understood."
    )
    entries = (_entry(path, command) for path, command in _below(group, ("homeward",)))
    return page("Command line", "mcp_server/cli/commands.py", about, *entries)


def _below(group: TyperGroup, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Command]]:
    for name, command in group.commands.items():
        assert isinstance(command, TyperCommand | TyperGroup)
        yield (*path, name), command
        if isinstance(command, TyperGroup):
            yield from _below(command, (*path, name))


def _entry(path: tuple[str, ...], command: Command) -> str:
    title = f"{'#' * len(path)} {' '.join(path)}"
    rows = [_parameter(each) for each in command.params if each.name != "help"]
    table = table_of(("argument or option", "default", "meaning"), rows) if rows else ""
    return "\n\n".join(filter(None, (title, inspect.cleandoc(command.help or ""), table)))


def _parameter(each: Any) -> tuple[str, str, str]:
    meaning = " ".join((each.help or "").split())
    if isinstance(each, TyperArgument):
        choices = _values(each)
        name = f"`{each.metavar or (each.name or '').upper()}`"
        return f"{name}{choices}", "" if each.required else "may be left out", meaning
    assert isinstance(each, TyperOption)
    names = ", ".join(f"`{name}`" for name in (*each.opts, *each.secondary_opts))
    again = ", may be repeated" if each.multiple else ""
    return f"{names}{'' if each.is_flag else _values(each)}{again}", _default(each), meaning


def _values(each: TyperArgument | TyperOption) -> str:
    kind = _bare(each.type_descriptor.annotation)
    if get_origin(kind) is Literal:
        return ": " + ", ".join(f"`{choice}`" for choice in get_args(kind))
    if isinstance(each, TyperArgument):
        return ""
    words = {int: "N", float: "N", str: "TEXT"}
    return f" {each.metavar or words.get(kind, getattr(kind, '__name__', 'TEXT').upper())}"


def _bare(kind: Any) -> Any:
    """The kind of one value: without None, and without the list around it."""
    if get_origin(kind) in (Union, types.UnionType):
        return _bare(next(part for part in get_args(kind) if part is not type(None)))
    return _bare(get_args(kind)[0]) if get_origin(kind) in (list, tuple) else kind


def _default(option: TyperOption) -> str:
    if option.required:
        return "required"
    if option.default is True:
        return f"`{option.opts[0]}`"
    return f"`{option.default}`" if option.default else ""
