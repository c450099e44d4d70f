"""The picture of the demo: drawn from a recording, small, and with nothing fetched."""

import re

from docs.record import PICTURE, at_the_end, picture, shortened

WRITTEN = (
    "Loading …\r\n"
    "\r\x1b[2K⠋ 1 of 20: What?\r\x1b[2K⠙ 1 of 20: What?\r\x1b[2K1   What?  local\r\n"
    "    Paris.\r\n2   Who?   local\r\n    Shakespeare.\r\n"
    "⠋ 20 of 20: Verse\r\n\x1b[1A\x1b[2K\x1b[?25h\r\n19 answered.\r\n"
)


def test_only_what_stands_at_the_end_is_shown() -> None:
    assert at_the_end(WRITTEN).split("\n") == [
        *("Loading …", "1   What?  local", "    Paris.", "2   Who?   local", "    Shakespeare."),
        *("", "19 answered.", ""),
    ]


def test_prompts_that_are_left_out_leave_a_sign() -> None:
    shown = shortened(at_the_end(WRITTEN)).split("\n")
    assert shown[1:4] == ["1   What?  local", "    Paris.", "…"]
    assert "19 answered." in shown


def test_the_picture_fetches_nothing_and_is_small() -> None:
    made = picture("\x1b[1m1   What?\x1b[0m")
    assert "What?" in made
    assert re.findall(r"url\((?!#)|href|@import|src=", made) == []
    recorded = PICTURE.read_text(encoding="utf-8")
    assert re.findall(r"url\((?!#)|href|@import|src=", recorded) == []
    assert len(recorded) < 200_000
    assert "Nothing left this machine." in re.sub(r"<[^>]*>", " ", recorded).replace("\xa0", " ")
