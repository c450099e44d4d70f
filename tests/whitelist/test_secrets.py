"""Secrets: by their vendor's form, by what they are called, and never by a placeholder's."""

import random
import string

import pytest

from whitelist import detect
from whitelist.detector.values import entropy, is_jumbled, is_placeholder, looks_random

LETTERS = string.ascii_letters + string.digits
RNG = random.Random(7)


def made(length: int, alphabet: str = LETTERS) -> str:
    """Random characters, so that nothing here was ever anybody's secret."""
    return "".join(RNG.choice(alphabet) for _ in range(length - 2)) + "a7"


def hexadecimal(length: int) -> str:
    return made(length, "0123456789abcdef")


def secrets(text: str) -> list[str]:
    findings = detect(text)
    assert findings.complete
    return [text[i.start : i.end] for i in findings.items if i.kind == "SECRET"]


VENDORS = {
    "AWS": "AKIA" + made(16, string.ascii_uppercase)[:14] + "Q7",
    "Bedrock": "ABSK" + made(100),
    "GitHub": "ghp_" + made(36),
    "GitHub, fine-grained": "github_pat_" + made(82),
    "GitLab": "glpat-" + made(20),
    "Atlassian": "ATATT3" + made(180),
    "Slack": f"xoxb-{made(12, string.digits)[:-2]}-{made(24)}",
    "Slack webhook": f"hooks.slack.com/services/T{made(8)}/B{made(9)}/{made(24)}",
    "Stripe": "sk_live_" + made(24),
    "Anthropic": f"sk-ant-api03-{made(93)}AA",
    "OpenAI": "sk-proj-" + made(48),
    "OpenRouter": "sk-or-v1-" + hexadecimal(64),
    "Google": "AIza" + made(35),
    "Azure": f"{made(3)}8Q~{made(34)}",
    "Hugging Face": "hf_" + made(34),
    "Groq": "gsk_" + made(52),
    "npm": "npm_" + made(36),
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + made(60),
    "Twilio": "SK" + hexadecimal(32),
    "SendGrid": f"SG.{made(22)}.{made(43)}",
    "Mailchimp": hexadecimal(32) + "-us12",
    "DigitalOcean": "dop_v1_" + hexadecimal(64),
    "Databricks": "dapi" + hexadecimal(32),
    "Vault": "hvs." + made(24),
    "Shopify": "shpat_" + hexadecimal(32),
    "Telegram": f"123456789:AA{made(33)}",
    "Discord": f"M{made(23)}.{made(6)}.{made(27)}",
    "Grafana": f"glsa_{made(32)}_{hexadecimal(8)}",
    "New Relic": "NRAK-" + made(27, string.ascii_uppercase)[:25] + "Z7",
    "Linear": "lin_api_" + made(40),
    "Notion": "ntn_" + made(46),
    "Postman": f"PMAK-{hexadecimal(24)}-{hexadecimal(34)}",
    "age": "AGE-SECRET-KEY-1" + made(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")[:56] + "QP",
    "JWT": f"eyJ{made(20)}.eyJ{made(40)}.{made(43)}",
}


@pytest.mark.parametrize("secret", list(VENDORS.values()), ids=list(VENDORS))
def test_a_vendors_key_is_found_whole_wherever_it_stands(secret: str) -> None:
    for text in (secret, f"use {secret} for this", f"K='{secret}'", f"See:\n\n{secret}\nThanks"):
        assert any(secret in found or found in secret for found in secrets(text))
        (found,) = secrets(text)
        assert len(found) >= 0.9 * len(secret)


def test_a_private_key_is_found_from_its_first_to_its_last_line() -> None:
    body = "\n".join(made(64) for _ in range(4))
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    assert secrets(f"here:\n{key}\nbye") == [key]
    assert secrets(key) == [key]
    (cut_off,) = secrets(f"-----BEGIN PRIVATE KEY-----\n{body}")
    assert body in cut_off


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('password = "hunter2!"', "hunter2!"),
        ("DB_PASSWORD=s3cr3tP4ss", "s3cr3tP4ss"),
        ('{"api_key": "9f8Xa72Lq0ZbT1"}', "9f8Xa72Lq0ZbT1"),
        ("apiToken: 'a1b2c3d4e5f6g7h8'", "a1b2c3d4e5f6g7h8"),
        ("export AUTH_KEY=Zx81Qm22Lp90", "Zx81Qm22Lp90"),
        ("client_secret => 4f5Gh6Jk7Lm8Np9Q", "4f5Gh6Jk7Lm8Np9Q"),
        ("token := `0495660536630626`", "0495660536630626"),
        ("my password is hunter2", "hunter2"),
        ("The password for the router is Blue!Sky9, thanks", "Blue!Sky9"),
        ("password: correcthorsebatterystaple", "correcthorsebatterystaple"),
        ("Reset password vx*fR2JcY1+1*ZE for ann", "vx*fR2JcY1+1*ZE"),
        ("API token H7JTKKUOW7SFQM9RIT8F was issued", "H7JTKKUOW7SFQM9RIT8F"),
        ("Mein Passwort lautet Geheim#123", "Geheim#123"),
        ("la contraseña es Abc12345", "Abc12345"),
        ("le mot de passe est Soleil99", "Soleil99"),
        ("postgres://app:s3cr3tP4ss@db.acme.io/x", "s3cr3tP4ss"),
        ("Authorization: Basic dXNlcjpodW50ZXIyMTIz", "dXNlcjpodW50ZXIyMTIz"),
        ("-H 'Authorization: Bearer 9f8Xa72Lq0ZbT1kk'", "9f8Xa72Lq0ZbT1kk"),
        ("curl -u ann:s3cr3tP4ss https://acme.io", "s3cr3tP4ss"),
        ("pass\uff57ord\uff1as3cr3tP4ss", "s3cr3tP4ss"),
    ],
)
def test_what_is_called_a_secret_is_one(text: str, secret: str) -> None:
    assert secret in secrets(text)


@pytest.mark.parametrize(
    "value",
    [
        *("YOUR_API_KEY", "your-token", "<token>", "[token]", "{{ token }}", "${TOKEN}", "$TOKEN"),
        *("%TOKEN%", "xxxxxxxx", "sk-xxxxxxxxxxxx", "********", "abc...xyz", "changeme", "None"),
        *("insert_key_here", "AKIAIOSFODNN7EXAMPLE", "REDACTED", "placeholder-1", "todo"),
    ],
)
def test_a_placeholder_is_never_a_secret(value: str) -> None:
    assert is_placeholder(value)
    assert secrets(f'api_key = "{value}"') == []


@pytest.mark.parametrize("value", ["hunter2!", "*6wsAR@!g4qB*bA", "$ecr3tW0rd!", "(9x]Kf2!"])
def test_an_odd_password_is_no_placeholder(value: str) -> None:
    assert not is_placeholder(value)


def test_randomness_tells_keys_from_names() -> None:
    assert looks_random("9f8Xa72Lq0ZbT1")
    assert looks_random("METfUsvMliPWhPlGqvkkoEYoqqdokNtXeO")
    assert not looks_random("requiredCharacteristicTypesForDisplay")
    assert not looks_random("aaaaaaaaaaaaaaa1")
    assert not is_jumbled("short")
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2
