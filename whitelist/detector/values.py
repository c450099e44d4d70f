"""Whether a value is a secret, only stands for one, or is code: judged by its characters alone."""

import math
import re
from collections import Counter
from itertools import pairwise

# What documentation writes where a secret would stand. Not a secret, whoever asks.
_PLACEHOLDER = re.compile(
    r"(?i)<|\[\w|\{\{?[\w. ]{1,64}\}|\$[{(]?\w{1,64}[)}]?$|%\w{1,64}%$|[!:@]\w{1,64}$|ENC\(|"
    r"(?:your|my|the|some|insert|replace|enter|add|put)[_ -]|"
    r"(?:null|none|nil|true|false|undefined|todo)$"
)
_STANDING = (
    *("${", "{{", "$(", "xxxxx", "***", "...", "\u2026", "placeholder", "redacted", "dummy"),
    *("example", "sample", "fake"),
    *(f"goes{mark}here" for mark in ("", "_", "-")),
    *(f"your{mark}{word}" for mark in ("", "_", "-") for word in ("api", "key", "token", "pass")),
    *(f"your{mark}secret" for mark in ("", "_", "-")),
)
_CHANGE = tuple(f"change{mark}{word}" for mark in ("", "_", "-") for word in ("me", "it"))
_LEAST_BITS = 3.0
_SHOWN = 80  # so much of a value is enough to judge it by
_COUNTED = "12345678901234567890"

# Names, as code and paths have them: letters, with digits at the end at most.
_WORDY = re.compile(
    r"[A-Za-z_]\w{0,60}+(?:\.[A-Za-z_]\w{0,60}+){1,8}\Z|"
    r"[A-Za-z]{1,60}+(?:[_.:/-][A-Za-z]{1,60}+){0,16}\d{0,2}\Z|"
    r"[A-Z]?[a-z]{1,60}+(?:[A-Z][a-z]{1,60}+){1,8}\d?\Z"
)
_CODE = re.compile(r"[({\[]|[\w.]{1,60}+=|[A-Z][A-Z0-9_]+\Z|https?:|/|\d{1,4}\Z")
_EXPRESSION = re.compile(
    r"(?:self|this|args?|cfg|config|settings?|options?|opts|params?|users?|req|request|res|data|env|"
    r"process|os|ctx|context|props|state|form|input|body|auth|conn|db|account|credentials?|creds|"
    r"app|api|client|secrets?|event|model|obj|row|item|cls|session|vars?|local|module|string)\.\w"
    r"|(?:[A-Za-z.]|_\d?){1,100}+[(\[]\w{0,100}+[)\]]?\Z"
)
_CHUNK = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_ASSIGNING = re.compile(r"[A-Za-z_][\w.]{0,60}+=(?:[\d.]{1,12}|[A-Za-z_.]{1,40})\Z")
_CALLS = re.compile(r"\w[(\[]")
_DOTTED = re.compile(r"\w\.\w{1,60}+\.\w")
_NAME = re.compile(
    r"(?i)^\w{0,60}(?:pass|pwd|secret|token|cred|hash|random|input|value|string)\w{0,60}$|"
    r"^[a-z]{1,40}(?:_[a-z0-9]{1,40}){1,6}$|^\d{1,3}-[a-z]{1,40}$"
)
_CAPITAL_TO_DIGIT = re.compile(r"[A-Z]\w{3,40}\d\Z")  # `Secret123` is nobody's variable
_MARKS = frozenset("!@#$%^&*+=?~")

# What stands after `password` in manuals, code and talk, and is no password.
_NO_PASSWORD = re.compile(
    r"password|passwort|passwd|passphrase|pass|pwd|pw|secret|secrets|string|str|text|user|"
    r"username|test|value|values|field|fields|input|type|bool|boolean|required|optional|"
    r"default|option|empty|valid|invalid|wrong|correct|incorrect|missing|hidden|masked|"
    r"encrypted|hashed|plain|plaintext|prompt|stdin|file|admin|root|guest|login|email|number|"
    r"char|chars|character|characters|letters|digits|hash|md5|bcrypt|sha256|argon2|sha512|"
    r"base64|utf8|int32|int64|uint32|uint64|float32|varchar|nvarchar|object|array|integer|"
    r"none|null|undefined|true|false|yes|should|must|would|could|cannot|before|after|again|"
    r"because|reset|change|forgot|forgotten|expired|expires|protected|protection|policy|"
    r"manager|managers|generator|strength|length|confirm|confirmation|and|or|not|the|for|with|"
    r"from|when|where|which|this|that|these|those|your|their|have|has|been|being|only|also|"
    r"then|than|just|like|here|there|below|above|about|please|click|enter|sign|strong|weak|"
    r"random|secure|unique|following|changed|updated|stored|saved|sent|vergessen|oubli|oublié|"
    r"olvidada|olvidado|incorrecta|falsch|function|return|request|response|public|private|"
    r"static|final|const|letmein|foobar|foo|bar"
)


def is_placeholder(value: str) -> bool:
    """Whether `value` only stands for a secret: `YOUR_API_KEY`, `<token>`, `xxxxxxxx`, `$VAR`."""
    shown = value[:200].lower()
    return (
        _PLACEHOLDER.match(shown) is not None
        or any(words in shown for words in _STANDING)
        or shown.rstrip("!").endswith(_CHANGE)
    )


def is_code(value: str) -> bool:
    """Whether `value` is an expression or a path rather than what it comes to."""
    shown = value[:_SHOWN]
    return (
        _CODE.match(shown) is not None
        or is_expression(shown)
        or _CALLS.search(shown) is not None
        or _DOTTED.search(shown) is not None
        or "->" in shown
        or "::" in shown
    )


def is_expression(value: str) -> bool:
    """Whether `value` calls, indexes or looks into something: `self.password`, `get(x)`."""
    return _EXPRESSION.match(value) is not None


def is_name(value: str) -> bool:
    """Whether `value` reads like the name of a variable: `new_password2`, `user_1`."""
    return _NAME.match(value) is not None and not _CAPITAL_TO_DIGIT.match(value)


def is_word(value: str) -> bool:
    """Whether `value` is one word that nobody writes after `password` but as one."""
    return (
        6 <= len(value) <= 40
        and value.isalpha()
        and not value.isupper()
        and not _NO_PASSWORD.fullmatch(value.lower())
        and not is_name(value)
    )


def is_chosen(value: str) -> bool:
    """What a person may have chosen for a password: no plain word, unless a very long one."""
    if len(set(value)) < 4 or _NO_PASSWORD.fullmatch(value.lower()):
        return False
    if value.isdecimal():
        return len(value) >= 6 and value not in _COUNTED
    shown = value[:_SHOWN]
    letter = _LETTER.search(shown) is not None
    if letter and (_DIGIT.search(shown) or not _MARKS.isdisjoint(shown[1:])):
        return True
    long = len(value) > 20 and not is_code(value)
    return long and (value.isalpha() or not _is_wordy(value))


def is_strong(value: str, *, least_bits: float = 2.8) -> bool:
    """What nobody writes for another reason: letters and digits mixed, and not as in a name.

    `least_bits` is the least entropy of a character.
    """
    shown = value[:_SHOWN]
    if len(value) < 8:
        return False
    if shown.isdecimal():
        return len(shown) >= 14 and entropy(shown) >= 2.2
    mixed = _LETTER.search(shown) if _DIGIT.search(shown) else is_jumbled(shown)
    return bool(mixed) and not _is_wordy(shown) and entropy(shown) >= least_bits


def _is_wordy(value: str) -> bool:
    """Whether it is made of words, as a name is: in camelCase three letters and more each."""
    if _WORDY.match(value):
        return True
    if len(value) < 16 or not value.isalnum() or value.isupper() or value.islower():
        return False
    return len(value) >= 3 * len(_CHUNK.findall(value))


def is_hard(value: str) -> bool:
    """Strong enough to be a key wherever it stands."""
    if len(value) < 16 or _CALLS.search(value) or _ASSIGNING.match(value):
        return False
    return is_strong(value, least_bits=3.5)


def looks_random(value: str) -> bool:
    """Whether no word or name looks like that: three bits a character (Shannon), and digits or
    capitals where no language has them.
    """
    return (_DIGIT.search(value) is not None or is_jumbled(value)) and entropy(value) >= _LEAST_BITS


def is_jumbled(value: str) -> bool:
    """Small and capital letters alternate, and capitals stand together, more often than even
    camelCase makes them.
    """
    value = value[:_SHOWN]
    if len(value) < 16 or value.islower() or value.isupper():
        return False
    turns = sum(a.islower() != b.islower() for a, b in pairwise(value))
    capitals = sum(a.isupper() and b.isupper() for a, b in pairwise(value))
    return turns > 0.3 * len(value) and capitals > 0.08 * len(value)


def entropy(value: str) -> float:
    """Shannon's entropy in bits a character, of the characters as they are counted in `value`."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())
