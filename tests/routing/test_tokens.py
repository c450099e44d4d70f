"""The token estimate holds for the world's scripts, and for texts of any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.tokens import WHOLE_UP_TO, estimate_tokens

# What Gemma 3's own tokenizer (262,144 entries, kind to every script) makes of each text.
ARTICLE_1 = {
    "english": (
        "All human beings are born free and equal in dignity and rights. They are endowed with "
        "reason and conscience and should act towards one another in a spirit of brotherhood.",
        32,
    ),
    "german": (
        "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft "
        "und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
        39,
    ),
    "russian": (
        "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены "
        "разумом и совестью и должны поступать в отношении друг друга в духе братства.",
        40,
    ),
    "arabic": (
        "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميراً "
        "وعليهم أن يعامل بعضهم بعضاً بروح الإخاء.",
        44,
    ),
    "hebrew": (
        "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, "
        "לפיכך חובה עליהם לנהוג איש ברעהו ברוח של אחווה.",
        60,
    ),
    "hindi": (
        "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें "
        "बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।",
        45,
    ),
    "thai": (
        "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ "
        "ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ",
        54,
    ),
    "chinese": (
        "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
        31,
    ),
    "japanese": (
        "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。"
        "人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
        46,
    ),
    "korean": (
        "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 "
        "이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
        49,
    ),
    "digits": ("3141592653589793238462643383279502884197", 40),
}


@pytest.mark.parametrize(("text", "tokens"), ARTICLE_1.values(), ids=ARTICLE_1)
def test_an_estimate_is_never_far_below_a_real_tokenizer_nor_wildly_above(
    text: str, tokens: int
) -> None:
    assert 0.85 * tokens <= estimate_tokens(text) <= 1.75 * tokens


@pytest.mark.parametrize(
    ("text", "chars_per_token"),
    [
        pytest.param(ARTICLE_1["chinese"][0], (0.8, 1.1), id="chinese-0.9"),
        pytest.param(ARTICLE_1["russian"][0], (2.2, 2.7), id="russian-2.4"),
        pytest.param(
            "def area(self) -> float:\n    return self.width * self.height\n" * 9,
            (3.5, 5.0),
            id="python-4.1",
        ),
    ],
)
def test_characters_per_token_are_near_what_cl100k_was_measured_at(
    text: str, chars_per_token: tuple[float, float]
) -> None:
    least, most = chars_per_token
    assert least <= len(text) / estimate_tokens(text) <= most


def test_chinese_is_not_counted_as_a_quarter_of_its_characters() -> None:
    assert estimate_tokens("你" * 100) >= 100


def test_no_text_is_no_tokens_and_any_text_at_least_one() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens(" ") == 1
    assert estimate_tokens("\ud800") == 1


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_is_never_fewer_tokens(text: str, more: str) -> None:
    assert estimate_tokens(text + more) >= estimate_tokens(text)


def test_a_sampled_text_is_judged_as_the_same_text_in_pieces_would_be() -> None:
    paragraph = "The quick brown fox. 快速的棕色狐狸。 12345\n"
    count = 4 * WHOLE_UP_TO // len(paragraph)
    whole = estimate_tokens(paragraph) * count
    assert estimate_tokens(paragraph * count) == pytest.approx(whole, rel=0.03)


def test_ten_megabytes_cost_no_more_to_judge_than_the_samples_of_them() -> None:
    class Counted(str):
        read = 0

        def __getitem__(self, key: object) -> str:
            piece = str.__getitem__(self, key)  # type: ignore[index]
            Counted.read += len(piece)
            return piece

    estimate_tokens(Counted("x" * 10_000_000))
    assert 0 < Counted.read <= WHOLE_UP_TO
