"""`homeward folders`: the folders whose documents assistants may hand over by name."""

import json

from mcp_server.cli.person import consent
from mcp_server.cli.running import screen, told
from mcp_server.places import places
from whitelist.editing import add_folder, remove_folder
from whitelist.folders import canonical_folder
from whitelist.whitelist_file import load


def add(path: str) -> None:
    """Open a folder, after the person has typed its real path again."""
    with told():
        where = places()
        own = (where.config, where.data, where.cache)
        folder = canonical_folder(path, own=own)
        if folder in load(where.whitelist).folders:
            screen().print(f"Open already: {folder}", markup=False, soft_wrap=True)
            return
        consent("documents in the folder", folder)
        add_folder(where.whitelist, folder, own=own)
        screen().print(f"Open: {folder}", markup=False, soft_wrap=True)


def show(*, as_json: bool) -> None:
    """The open folders, one a line."""
    with told():
        folders = load(places().whitelist).folders
    if as_json:
        print(json.dumps(list(folders)))
        return
    for folder in folders or ("No folder is open; `homeward folders add PATH` opens one.",):
        screen().print(folder, markup=False, soft_wrap=True)


def remove(path: str) -> None:
    """Close a folder. Tightening needs nobody's approval."""
    with told():
        gone = remove_folder(places().whitelist, path)
    screen().print(f"{'No longer' if gone else 'Was not'} open: {path}", markup=False)
