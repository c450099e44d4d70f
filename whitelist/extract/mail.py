"""E-mails (eml): the headers people look at, the best body, and the attachments' text."""

from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from .found import Text, Unreadable
from .letters import decoded

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MOST_PARTS = 200


def read_eml(raw: bytes, text: Text) -> None:
    """Attachments are read one level deep; of an attached e-mail only the name is told.

    Raises:
        Unreadable: more parts than an e-mail has, or too much text.
    """
    mail = message_from_bytes(raw, policy=policy.default)
    if sum(1 for _ in mail.walk()) > _MOST_PARTS:
        raise Unreadable("too_many_parts")
    for name in _HEADERS:
        value = _header(mail, name)
        if value:
            text.line(f"{name}: {value}")
    text.line()
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is not None:
        _body(body, text)
    for part in mail.iter_attachments():
        _attachment(part, text)


def _header(mail: EmailMessage, name: str) -> str:
    """A header's value; one that the strict parser trips over as it stands."""
    try:
        value = str(mail[name] or "")
    except (ValueError, LookupError, AttributeError, TypeError):
        value = next((str(v) for key, v in mail.raw_items() if key.lower() == name.lower()), "")
    return " ".join(value.split())


def _body(part: MIMEPart, text: Text) -> None:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return
    if part.get_content_subtype() == "html":
        from .web import read_html

        read_html(raw, text)
    else:
        text.line(decoded(raw, text, part.get_content_charset("")))


def _attachment(part: MIMEPart, text: Text) -> None:
    from .formats import kind_of, read_into

    name = " ".join((part.get_filename() or part.get_content_type()).split())
    text.line(f"\n# Attachment: {name}")
    raw = part.get_payload(decode=True)
    inside = Text(text.characters)
    try:
        if not isinstance(raw, bytes) or (kind := kind_of(raw, name)) == "eml":
            raise Unreadable("attached")
        read_into(raw, kind, inside)
    except Unreadable:
        text.notices["attachments_unread"] += 1
        text.line("(not read)")
        return
    text.notices.update(inside.notices)
    text.line(inside.whole())
