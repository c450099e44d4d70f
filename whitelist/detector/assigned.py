"""Secrets that show by what they are called: `password = …`, "the token is …", in many tongues."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear
from whitelist.detector.values import (
    is_chosen,
    is_code,
    is_expression,
    is_hard,
    is_name,
    is_placeholder,
    is_strong,
    is_word,
)

# `?` stands for a letter that Latin-1 has not: Polish hasło, Turkish şifre.
_PASSWORDS = (
    r"passw(?:or)?d|passwort|passwd|passphrase|passord|mot de passe|contrase(?:\xf1|ny?)a|"
    r"clave de acceso|senha|palavra[- ]passe|wachtwoord|kennwort|pwd|pswd|psk|has[l?]o|heslo|"
    r"l(?:o|\xf6)senord|adgangskode|salasana|jelsz[o\xf3]|parol[aeu?\xe3]|[s?]ifre|geslo|lozinka|"
    r"m[a?]t kh[a?\xe2\xe0\xe3]u|kata sandi|pass ?code|credentials?|creds|"
    r"(?:db|user|smtp|mysql|root|admin|ftp|mail|proxy|ssh|redis|pg)_?pass\b|_pass\b|\bpass\b|\bpw\b"
)
_KEYS = (
    r"secret(?:[_ -]?key)?|token|api[_ -]?key|apikey|access[_ -]?key|auth[_ -]?key|"
    r"private[_ -]?key|"
    r"account[_ -]?key|encryption[_ -]?key|signing[_ -]?key|master[_ -]?key|license[_ -]?key|"
    r"subscription[_ -]?key|(?:pre)?shared[_ -]?key|authorization|client[_ -]?id|access[_ -]?id|"
    r"api[_ -]?id|bearer|session[_-]?id|recovery code|backup code"
)
# In scripts beyond Latin-1, and what follows them up to the first word of ASCII.
_BEYOND = re.compile(
    "(?:пароль|пароля|паролем|парола|лозинка|κωδικός|κωδικος|密码|密碼|口令|パスワ[ー-]ド|暗証番号|"
    "비밀번호|암호|كلمة المرور|كلمة السر|סיסמה|סיסמא|पासवर्ड|รหัสผ่าน)"
    r"(?:[ \t]{0,3}[:=-][ \t]{0,3}(?P<named>[^\s,;\"']{6,64})"
    r"|[^\x21-\x7e\n]{0,24}?[ \t:=\"'`-]{0,4}(?P<value>[\x21-\x7e]{6,64}))"
)

# After the name: the rest of an identifier, marks that close it, an operator, and the value.
_ASSIGNED = re.compile(
    r"(?P<rest>[\w.-]{0,40}+)[\"'`\])*]{0,4}+"
    r"(?P<op>[ \t]{0,8}(?::=|=>|\|\|:|==?|:|,|>|\|)[ \t]{0,8}|[ \t]{1,4}value=|[ \t])"
    r"(?:[*]{2}[ \t]{0,2})?+"
    r"(?:[@$bfru]?(?P<quote>[\"'`])(?P<quoted>[^\"'`\n\\]{4,500})[\"'`\\]?"
    r"|(?P<bare>[^\s\"'`,;&)(\]}<>|]{6,200}))"
)
# Both are read backwards from the name.
_FLAG = re.compile(r"[\w-]{0,30}?--?(?:[\s\[]|\Z)")
_SHELL = re.compile(r"[\w.-]{0,40}+(?:[\s;?&\"']|\Z)")
_LINE_END = re.compile(r"[ \t]*(?:$|[\r\n;&#]|-{1,2}\w)")
_LOGIN_BEFORE = re.compile(
    r"(?i)\b(?:user(?:[ _]?name)?|login|log in|e-?mail|account|benutzer|usuario|utilisateur)\b"
)
_BELOW = re.compile(r":?[ \t]{0,4}\r?\n[ \t]{0,8}(?P<value>[^\s\"'`/]{6,64})[ \t]{0,4}(?:\r?\n|\Z)")

_IS = (
    r"(?:'s|is|was|will be|would be|has been|set|changed|reset|to|are|equals|this|now|currently|"
    r"temporarily|still|just|from|ist|lautet|est|es|\xe9|\xe8|jest|je|er|\xe4r|on|=|:|-|→)"
)
_FOR = r"(?:[ \t]{1,4}(?:for|of|on|to|f\xfcr|para|pour|voor)(?: [\w@.'-]{1,40}){1,4}?)?"
_TOLD = re.compile(
    rf"(?P<linked>[a-z]{{0,3}}{_FOR}(?:[ \t]{{0,4}}{_IS}(?=[\s:\"'`])){{1,4}}[ \t]{{0,4}})?"
    r"(?:[ \t:]{1,3}[\"'`]?|(?<=[\s\"'`:=])[\"'`]?|[\"'`])(?P<value>[^\s\"'`=:][^\s\"'`]{5,127})"
)
_THEN_TO = re.compile(
    r"[\"'`]?[ \t]{1,2}(?:to|into|->|→)[ \t]{1,2}[\"'`]?(?P<value>[^\s\"'`]{6,64})"
)
_QUOTED_BEFORE = re.compile(
    r"[\"'`](?P<value>[^\s\"'`]{6,64})[\"'`][ \t]{1,2}(?:as|is|was|for|ist|est|es)"
    r"(?: (?:the|my|your|our|a|new|das|le|la))?[ \t]\Z"
)
_WORDS_OF = re.compile(
    r"(?:[ \t]{0,2}[:=]|[ \t]{1,2}is:?)[ \t]{0,2}[\"']?"
    r"(?P<value>[a-z]{3,12}(?:[ -][a-z]{3,12}){3,7})[\"']?[.]?[ \t]*(?:\r?\n|\Z)"
)
# Names upon names with nothing between, of which only the last can name anything.
_CHAIN = re.compile(r"(?:[A-Za-z_-]{0,30}+[=:]){4,60}+")
_LONGEST_NAME = 31
_PROSE = re.compile(r"\b(?:the|and|for|with|that|this|used|not|you|your|must|should|can|are|was)\b")
_TRAILING = ".,;:!?)]}>\"'*"


@cache
def _names() -> Any:
    return linear(rf"({_PASSWORDS})|(?:{_KEYS})s?", ignore_case=True)


def named_secrets(scan: Scan) -> Iterator[Hit]:
    """Values that an identifier or a sentence calls a password, a key or a token."""
    text, done = scan.text, 0
    for name in _names().finditer(scan.raw):
        place = name.span()
        if place[0] < done or text.startswith("iz", place[1]):  # a tokenizer is no secret
            continue
        password = name.span(1)[0] >= 0
        found = (
            _assigned(text, place, password)
            or (_told(text, place[1], password) if place[1] - place[0] > 4 else None)
            or (_apart(text, place) if password else None)
        )
        if found is None:
            chain = _CHAIN.match(text, place[1])
            done = chain.end() - _LONGEST_NAME if chain else done
            continue
        done = found[1]
        yield "SECRET", *found
        changed = _THEN_TO.match(text, done)
        if changed is not None and is_chosen(changed["value"].rstrip(_TRAILING)):
            yield "SECRET", *changed.span("value")
    if not text.isascii():
        yield from _beyond(text)


def _assigned(text: str, name: tuple[int, int], password: bool) -> tuple[int, int] | None:
    match = _ASSIGNED.match(text, name[1])
    if match is None:
        return None
    if match["op"].isspace() and (  # only after a flag, where the name is all of it
        match["rest"] or not _FLAG.match(_before(text, name[0], 33))
    ):
        return None
    group = "quoted" if match["quoted"] is not None else "bare"
    value = match[group]
    if (
        group == "bare"
        and text[match.end() : match.end() + 1] in ("(", "[")
        and value.isidentifier()
    ):
        return None  # a call
    if is_code(value):
        good = is_hard(value)
    elif group == "quoted":
        good = is_chosen(value) if password else is_strong(value)
        good = good and (match["op"].strip() != "," or not match["rest"].isalpha())
    elif password:
        good = _bare(text, match, name, value)
    else:
        good = is_strong(value) and not is_name(value)
    good = good and " " not in value.strip() and not is_placeholder(value)
    return match.span(group) if good else None


def _bare(text: str, match: re.Match[str], name: tuple[int, int], value: str) -> bool:
    """Whether what follows `password=`, without quotes, is one: chosen, or a word in a place where
    variables do not stand (a shell, a file of settings, a form).
    """
    if is_name(value):
        return False
    if match["op"].strip() in (",", ">", "|"):
        return is_strong(value, least_bits=2.2) or (match["op"].strip() != "," and is_chosen(value))
    if is_chosen(value):
        return True
    if not is_word(value) or not _LINE_END.match(text, match.end()):
        return False
    if match["op"] == "=":
        return _SHELL.match(_before(text, name[0], 42)) is not None
    if match["op"].isspace():
        return True
    return _LOGIN_BEFORE.search(text, max(0, name[0] - 120), name[0]) is not None


def _before(text: str, place: int, reach: int) -> str:
    return text[max(0, place - reach) : place][::-1]


def _told(text: str, end: int, password: bool) -> tuple[int, int] | None:
    match = _TOLD.match(text, end)
    if match is None:
        return None
    value = match["value"].rstrip(_TRAILING)
    if len(value) < 6 or is_expression(value):
        return None
    if match["linked"] and "=" in match["linked"] and is_code(value):
        return None
    if match["linked"] and password:
        good = is_chosen(value) and not is_name(value)
    else:
        good = is_strong(value)
    good = good and not is_placeholder(value)
    return (match.start("value"), match.start("value") + len(value)) if good else None


def _apart(text: str, name: tuple[int, int]) -> tuple[int, int] | None:
    """A password on the line below, in quotes before, of several words, or after a login."""
    below = _BELOW.match(text, name[1])
    if below is not None and is_chosen(below["value"]) and not is_code(below["value"]):
        return None if is_placeholder(below["value"]) else below.span("value")
    before = _QUOTED_BEFORE.search(text, max(0, name[0] - 84), name[0])
    if before is not None and is_chosen(before["value"]) and not is_placeholder(before["value"]):
        return before.span("value")
    words = _WORDS_OF.match(text, name[1])
    if words is not None and not _PROSE.search(words["value"]):
        return words.span("value")
    return None


def _beyond(text: str) -> Iterator[Hit]:
    for match in _BEYOND.finditer(text):
        group = "named" if match["named"] else "value"
        value = match[group].rstrip(_TRAILING)
        if is_chosen(value) and not is_placeholder(value) and not is_code(value):
            yield "SECRET", match.start(group), match.start(group) + len(value)
