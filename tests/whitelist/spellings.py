"""The ways to write a text otherwise, for tables of what people paste."""

import base64

from whitelist import KINDS, detect


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def wrapped(text: str, width: int = 64) -> str:
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


def percent(text: str) -> str:
    """Every character as `%XX`."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


BODY = b64("0123456789 not a key, only something as long as one; not a key at all. " * 6)


def kinds(text: str) -> set[str]:
    """What is found in `text` that is more than a signal; documentation's own values are not."""
    findings = detect(text)
    assert findings.complete
    return {item.kind for item in findings.items if KINDS[item.kind].tier != "C"}
