"""What the guard lets through, what it does not, and what never comes before it."""

import pytest

from cache.guard import TrainedGuard, exact_only, reading_key, veto
from cache.guard.lexicon import lexicon
from cache.judge import CERTAINTY, Judge

LONG = "The meeting began at nine and everybody spoke at length about the budget. " * 20

LITERAL = "code, quotation, address or identifier"

DIFFERENT = [
    # stored, asked, why
    ("retry 3 times", "retry 30 times", "numbers"),
    ("How far is 5 km in miles?", "How far is 5 m in miles?", "other words"),
    ("convert 5 km and 3 miles", "convert 3 km and 5 miles", "order"),
    ("What happened on 3 May 1999?", "What happened on 3 June 1999?", "time"),
    ("Is PostgreSQL 3.8 supported?", "Is PostgreSQL 3.80 supported?", "numbers"),
    ("what is 5!", "what is 5?", "numbers"),
    ("How do I enable 2FA?", "How do I disable 2FA?", "opposites"),
    ("Is it safe to eat raw beef?", "Is it unsafe to eat raw beef?", "opposites"),
    ("Why does my dog eat grass?", "Why doesn't my dog eat grass?", "negation"),
    ("Can you pay with cash?", "Can you pay without cash?", "opposites"),
    ("increase it by 10 %", "decrease it by 10 %", "opposites"),
    ("sort rows in ascending order", "sort rows in descending order", "opposites"),
    ("flights to Rome", "flights from Rome", "comparison or direction"),
    ("flights from Paris to Rome", "flights from Rome to Paris", "order"),
    ("Alice follows Bob", "Bob follows Alice", "order"),
    ("Is Postgres better than MySQL?", "Is MySQL better than Postgres?", "order"),
    ("Do all cats purr?", "Do any cats purr?", "quantity"),
    ("Give me at least three names", "Give me at most three names", "quantity"),
    ("review my changes", "review your changes", "who or what is meant"),
    ("undo the last commit", "undo this commit", "quantity"),
    ("What is the capital of Norway?", "What is the capital of Poland?", "other words"),
    ("Who was Ada Lovelace?", "When was Ada Lovelace?", "kind of question"),
    ("Who is the chancellor?", "Who was the chancellor?", "time"),
    ("Summarise src/app.py", "Summarise src/App.py", LITERAL),
    (
        "open http://a.example/x",
        "open http://a.example/y",
        LITERAL,
    ),
    ("What does `xs[0]` do?", "What does `xs[1]` do?", LITERAL),
    ('Translate "Polish"', 'Translate "polish"', LITERAL),
    ("grep -v in a file", "grep -V in a file", LITERAL),
    ("Do I polish it in May?", "Do I Polish it in May?", "capital letters"),
    ("How will this help us in the US?", "How will this help US in the us?", "capital letters"),
    ("write it in French", "write it in German", "language or format"),
    ("answer as JSON please", "answer as a table please", "language or format"),
    ("Translate to French: the cat", "Translate to French: the dog", "the text to work on"),
    ("Summarise:\nfoo(1)", "Summarise:\nfoo(2)", "the text to work on"),
    (f"Summarise: {LONG}A", f"Summarise: {LONG}B", "the text to work on"),
    (LONG + "Compose a poem.", LONG + "Drop the table.", "language or format"),
    ("What is C?", "What is C++?", "code, quotation, address or identifier"),
    ("vitamin deficiency", "vitamin A deficiency", "other words"),
    ("Define a function in Python", "What is a function in Python?", "kind of question"),
    ("How do you work?", "How do I work?", "kind of question"),
    ("What is π²?", "What is π2?", "numbers"),
    ("什么是数学\uff1f", "什么是物理\uff1f", "other words"),
    ("What happened on 2024-1-12?", "What happened on 2024-11-2?", "numbers"),
    ("Is -400 even?", "Is 400 even?", "numbers"),
    ("What is the sum of 5,100,200?", "What is the sum of 5100200?", "numbers"),
    ("Convert 5 mJ to kWh", "Convert 5 MJ to kWh", "capital letters"),
    ("convert 5 mj to kwh", "Convert 5 MJ to kWh", "capital letters"),
    ("Is Co in the air?", "Is CO in the air?", "capital letters"),
    ("Where do you store my data?", "Where do I store my data?", "who or what is meant"),
    ("Can you keep a secret?", "Can I keep a secret?", "who or what is meant"),
    ("How do you handle personal data?", "How do I handle personal data?", "kind of question"),
    ("If Ann and Tom are old, is Ann?", "If Tom and Ann are old, is Ann?", "order"),
    ("Plot height and weight", "Plot weight and height", "order"),
    ("How do I treat major burns?", "How do I treat burns?", "other words"),
    ("Where can I buy used books?", "Where can I buy books?", "quality"),
    ("How do I start my own band?", "How do I start my band?", "other words"),
    ("What is the Doppler effect?", "What is the Doppler impact?", "other words"),
    ("What is an HTML picture?", "What is an HTML image?", "other words"),
    ("What are the rules of football?", "What are the rules of soccer?", "other words"),
    ("How do I spell colour?", "How do I spell color?", "other words"),
    ("What rhymes with car?", "What rhymes with automobile?", "other words"),
    ("Is recieve a word?", "Is receive a word?", "other words"),
    ("What does ; do in bash?", "What does , do in bash?", LITERAL),
    ("What does ?? mean in C#?", "What does ? mean in C#?", LITERAL),
    ("Is Mercury heavy in Rome?", "Is mercury heavy in Rome?", "capital letters"),
    ("How do I help us there?", "how do i help US there?", "capital letters"),
    ("Darf ich hier parken?", "Darf ich hier Parken?", "capital letters"),
    ("Was kostet die Busse?", "Was kostet die Buße?", "other words"),
    ("What does SQL stand for?", "What is SQL?", "other words"),
    ("What is the meaning of Hamlet?", "What is Hamlet?", "kind of question"),
    ("Is coal safe and why?", "Is coal safe?", "kind of question"),
    ("How long is a second?", "How long is a 2nd?", "numbers"),
    ("What is tcp/ip?", "What is tcp or ip?", "how things are joined"),
    ("What is propene used for?", "What is propane used for?", "other words"),
    ("How do I search for a list?", "How do I search in a list?", "other words"),
    ("How do I get people to pay?", "How do I get to pay?", "other words"),
    ("Why was I charged?", "Why would I charge?", "time"),
    ("What are you for?", "What are you?", "comparison or direction"),
    ("Can I be sued?", "Can I sue?", "other words"),
    ("?", "!", LITERAL),
]

NEAR = [
    # stored, asked, cosine: the harmless neighbours of what is refused above
    ("How much is 1,500 km?", "How much is 1500 km?", 0.95),
    ("Is room 12 free?", "is room 12 free", 0.99),
    ("How heavy is 5 kg?", "How heavy is 5 Kg?", 0.99),
    ("How do I sort a list in Python?", "how do i sort a list in python", 0.99),
    ("Where can you buy milk?", "Where can I buy milk?", 0.95),
    ("How do you lose weight?", "How do I lose weight?", 0.96),
    ("Should I rent or buy?", "Should I buy or rent?", 0.98),
    ("Compare Java and Go", "Compare Go and Java", 0.98),
    ("How do cats and dogs differ?", "How do dogs and cats differ?", 0.98),
    ("What are the major causes of rust?", "What are the causes of rust?", 0.97),
    ("How do I purchase a house?", "How do I buy a house?", 0.97),
    ("How do I execute a script?", "How do I run a script?", 0.97),
    ("How do I spell colour?", "how do i spell colour", 0.99),
    ("What colour is rust?", "What color is rust?", 0.97),
    ("How do I reset it ?", "How do I reset it?", 0.99),
    ("WHAT IS A MAMMAL?", "what is a mammal", 0.99),
    ("Was kostet die Busse?", "Was kostet die Busse", 0.99),
    ("What does osmosis mean?", "What is osmosis?", 0.95),
    ("What does SQL stand for?", "what does sql stand for", 0.99),
    ("Is aspirin safe?", "Is aspirni safe?", 0.95),
]

SAME = [
    ("How do I reset my router?", "how do i reset my router"),
    ("How do I reset my router?", "  How  do I reset my router ?"),
    ("How do I reset my router?", "Hi, how do I reset my router? Thanks!"),
    ("How do I reset my router?", "Please answer: How do I reset my router?"),
    ("How do I reset my router?", "What is the best way to reset my router?"),
    ("How do I reset my router?", "I want to reset my router, how do I do that?"),
    ("How do I reset my router?", "Can you tell me how to reset my router, please?"),
    ("What's CORS?", "what is cors"),
    ("What`s CORS?", "What does CORS mean?"),
    ("Define CORS", "Could you tell me what CORS is?"),
    ("Explain CORS", "I'd like an explanation of CORS."),
    ("Can you explain CORS?", "please explain CORS to me"),
    ("What if it doesn't start?", "What if it does not start?"),
    ("Summarise the behaviour", "summarize the behavior"),
    ("Is “free” really free?", 'Is "free" really free?'),
    ("What is (roughly) a monad?", "What is roughly a monad?"),
    ("WHAT IS A MONAD?", "What is a monad?"),
    ("What is (a monad)?", "What is a (monad)?"),
    ("Sort [this] list!", "sort this list"),
    ("什么是数学\uff1f", "什么是数学\uff1f "),
]


@pytest.mark.parametrize(("stored", "asked", "why"), DIFFERENT)
def test_questions_that_differ_in_meaning_are_kept_apart_both_ways(
    stored: str, asked: str, why: str
) -> None:
    assert veto(stored, asked) == why
    assert not TrainedGuard().confidence(asked, stored, 1.0) >= CERTAINTY


@pytest.mark.parametrize(("stored", "asked"), SAME)
def test_the_same_question_politely_put_is_served_both_ways(stored: str, asked: str) -> None:
    assert veto(stored, asked) is None
    assert TrainedGuard().confidence(asked, stored, 0.95) >= CERTAINTY


@pytest.mark.parametrize(("stored", "asked", "cosine"), NEAR)
def test_the_harmless_neighbour_of_a_refused_pair_is_served_both_ways(
    stored: str, asked: str, cosine: float
) -> None:
    assert veto(stored, asked) is None
    assert TrainedGuard().confidence(stored, asked, cosine) >= CERTAINTY
    assert TrainedGuard().confidence(asked, stored, cosine) >= CERTAINTY


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("What is the weather in Paris?", "depends on the time"),
        ("Who is the current president?", "depends on the time"),
        ("What happened this week?", "depends on the time"),
        ("Give me a random number", "asks for chance or variety"),
        ("Tell me another joke", "asks for chance or variety"),
        ("and in winter?", "leans on what was said before"),
        ("What about Spain?", "leans on what was said before"),
        ("Shorten your last answer", "leans on what was said before"),
        ("Qui a gagné aujourd'hui ?", "depends on the time"),
        ("Wer ist derzeit Kanzler?", "depends on the time"),
        ("Tell me a joke", "asks for chance or variety"),
        ("Is this one cheaper?", "leans on what was said before"),
        ("What is my account balance?", "depends on who asks"),
        ("Please send it to Ann", "is an order to act"),
        ("Book a table for two", "is an order to act"),
        ("Delete all my files", "is an order to act"),
        ("Explain it", "says too little by itself"),
        ("How do I delete all my files?", None),
        ("What is earth fault current?", None),
        ("Why?", "says too little by itself"),
        ("How do I reset my router?", None),
        ("What is a knowledge graph?", None),
        ("Write a poem about snow", None),
    ],
)
def test_what_depends_on_more_than_its_words_is_recognised(text: str, why: str | None) -> None:
    assert exact_only(text) == why


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "a/b " * 25_000,
        "what is " * 12_000,
        "=" * 100_000,
        "(" * 4_600,
        "is it " * 760 + "x",
        "'" * 4_600,
        "a_" * 2_300,
        "a'b " * 1_150,
        ". , " * 1_150,
    ],
)
def test_the_strangest_text_that_fits_the_window_is_decided_at_once(text: str) -> None:
    exact_only(text)
    assert veto(text, text + " b") is not None


def test_an_empty_question_is_never_the_same_as_another() -> None:
    assert veto("", "") == "no words"


@pytest.mark.parametrize(("stored", "asked"), SAME)
def test_equal_reading_keys_belong_to_questions_no_veto_keeps_apart(
    stored: str, asked: str
) -> None:
    assert reading_key(stored) != reading_key(asked) or veto(stored, asked) is None


@pytest.mark.parametrize(("stored", "asked", "why"), DIFFERENT)
def test_different_questions_have_different_reading_keys(stored: str, asked: str, why: str) -> None:
    assert reading_key(stored) is None or reading_key(stored) != reading_key(asked)


def test_politeness_case_and_spelling_do_not_change_the_reading_key() -> None:
    key = reading_key("How do I organise a party?")
    assert key == reading_key("hi, how to organize a party? Thanks!")
    assert key is not None


@pytest.mark.parametrize("text", ["What is the weather?", "?", "Explain it", "Send it to Ann"])
def test_what_is_found_to_the_letter_only_has_no_reading_key(text: str) -> None:
    assert reading_key(text) is None


def test_a_swap_of_letters_in_a_known_word_is_a_slip_and_a_known_word_is_not() -> None:
    assert veto("Is aspirin safe?", "Is aspirni safe?") is None
    assert veto("What is infarction?", "What is infraction?") == "other words"


@pytest.mark.parametrize("similarity", [float("nan"), -1.0, 0.0, 0.69])
def test_below_the_floor_nothing_is_sure(similarity: float) -> None:
    assert Judge(TrainedGuard()).confidence("What is CORS?", "what is cors", similarity) == 0.0


def test_a_guard_that_fails_or_gives_no_number_is_never_sure() -> None:
    class Broken:
        def __init__(self, answer: float | None) -> None:
            self.answer = answer

        def confidence(self, stored: str, asked: str, similarity: float) -> float:
            if self.answer is None:
                raise RuntimeError
            return self.answer

    for answer in (None, float("nan"), float("inf"), -0.5, 1.5):
        assert Judge(Broken(answer)).confidence("a", "a", 1.0) == 0.0


def test_more_similar_texts_are_never_less_sure() -> None:
    sure = [
        TrainedGuard().confidence("Why do cats purr?", "Why does a cat purr?", step / 100)
        for step in range(70, 101)
    ]
    assert sure == sorted(sure)
    assert 0 < sure[0] < sure[-1]


def test_no_word_may_stand_for_its_opposite() -> None:
    words = lexicon()
    assert [pair for pair in words.opposite if words.alike(*pair)] == []
