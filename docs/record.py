"""The picture of the demo: `python -m docs.record` runs `homeward demo` and draws what it showed.

The run is real: models, routes, tokens and times are those of this machine and this day.
"""

import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from io import StringIO
from pathlib import Path

PICTURE = Path(__file__).parent / "assets" / "demo.svg"
WIDTH, HEIGHT = 124, 60
SHOWN = {1, 3, 4, 8, 11, 12, 13, 15}
"""Which of the twenty prompts the picture has: of each way one or two."""
KEPT = ("PATH", "HOME", "HOMEWARD_CACHE_DIR")
NOWHERE = "http://127.0.0.1:9"
"""The discard port: the demo answers with the embedded model, also where an Ollama runs."""


def recorded() -> str:
    """All that `homeward demo` writes at a terminal of its own, colours and all.

    Raises:
        CalledProcessError: it ended otherwise than with 0.
    """
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environ = {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "TERM": "xterm-256color",
        "COLUMNS": str(WIDTH),
        "LANG": "C.UTF-8",
        "OLLAMA_HOST": NOWHERE,
    }
    command = [str(Path(sys.executable).parent / "homeward"), "demo"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    seen = bytearray()
    with suppress(OSError):  # Linux says EIO once nobody has the other end open
        while piece := os.read(ours, 65536):
            seen += piece
    os.close(ours)
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, command)
    return seen.decode()


def at_the_end(written: str) -> str:
    """What stands on the screen at the end: lines that were drawn anew count once."""
    lines: list[str] = []
    for line in written.split("\n"):
        if "\x1b[1A\x1b[2K" in line:
            lines.pop()
        lines.append(re.sub(r"\x1b\[\?25[lh]|\r", "", line.rsplit("\x1b[2K", 1)[-1]))
    return "\n".join(lines)


def shortened(screen: str) -> str:
    """The screen with the prompts of SHOWN only, and a sign where some are left out."""
    kept: list[str] = []
    number = 0
    for line in screen.splitlines():
        plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
        if begins := re.match(r"(\d+) {2}", plain):
            number = int(begins[1])
        elif plain and not plain.startswith(" "):
            number = 0
        if number == 0 or number in SHOWN:
            kept.append(line)
        elif kept[-1] != "…":
            kept.append("…")
    return "\n".join(kept)


def lean(svg: str) -> str:
    """The same picture without what does not show: blank text, a frame for every line of text."""
    svg = svg.replace("&#160;", "\N{NO-BREAK SPACE}")
    svg = re.sub(r'<clipPath id="[^"]*-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#[^)]*-line-\d+\)"', "", svg)
    svg = re.sub(r"<text[^>]*>\s*</text>", "", svg)
    svg = re.sub(r' textLength="[\d.]+"', "", svg)
    return re.sub(r"[ \t]*\n\s*", "\n", svg)


def picture(shown: str) -> str:
    """The screen as SVG, in the reader's own fixed-width font: nothing is fetched."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=StringIO(), color_system="truecolor")
    console.print(Text.from_ansi(f"$ homeward demo\n{shown.strip()}"))
    template = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    font = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono"
    return lean(
        console.export_svg(
            title="homeward demo",
            code_format=template.replace("Fira Code", font),
            unique_id="demo",
        )
    )


def main() -> None:
    """Run the demo (a minute or so) and write the picture."""
    PICTURE.write_text(picture(shortened(at_the_end(recorded()))), encoding="utf-8")
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
