"""Good answers of every form, at which no check may raise an alarm."""

import pytest

from tests.routing.checks.asking import found
from vocabulary import TaskKind

PYTHON = """Here is the function:

```python
def mean(values: list[float]) -> float:
    return sum(values) / len(values)
```

It raises `ZeroDivisionError` for an empty list."""

PART = """Only this line changes:

```python
        return self._cache.get(key, default)
```"""

SESSION = """```python
>>> sorted([3, 1, 2])
[1, 2, 3]
```"""

JAVASCRIPT = """```js
const say = (name) => `hello ${name} (again)`; // a smile :)
console.log(say("Ada"), /[(]/.test("("));
```"""

TABLE = """| name | age |
|------|-----|
| Ada  | 36  |
| Alan | 41  |"""

STEPS = """Ann has 3 * 4 = 12 apples.
She eats 12 / 3 = 4 of them, so 12 - 4 = 8 are left.
Sold at $0.50 each they bring 8 * 0.5 = $4.00.
#### 4"""

POEM = """The river runs, the river sings,
the river carries little things,
the river runs, the river sings,
and sleeps beneath the heron's wings."""

LETTER = """Dear Ms Brown,

I cannot attend the meeting on Friday, as I am unwell. I am sorry for the short notice.

Kind regards,
Anna"""

EMAIL = """I'm sorry, but I can't accept your offer at this time. Thank you for thinking of me."""

LONG = """Photosynthesis turns light into stored energy. In the leaf, chlorophyll takes up light and
splits water, which sets oxygen free. The energy is kept in small carriers, and a second set of
reactions uses them to build sugar from carbon dioxide. Temperature, water and light each limit how
fast this goes."""

SQUARES = "\n".join(f"{n} squared is {n * n}." for n in range(1, 31))
XML = '```xml\n<?xml version="1.0"?>\n<note><to>Ada</to></note>\n<note><to>Alan</to></note>\n```'
TOML = "```toml\n[server]\nport = 8080\n```"
ELIDED = '```json\n{"name": "Ada", ...}\n```'
LINES = '```json\n{"a": 1}\n{"a": 2}\n```'
SCHEMA = (
    'Reply in JSON with this schema: {"type": "object", "properties": {"age": {"type": "integer"}, '
    '"tags": {"type": "array", "items": {"type": "string"}}}, "required": ["age"]}'
)

GOOD = [
    ("What is the capital of Peru?", "Lima"),
    ("What is the capital of Peru?", "The capital of Peru is Lima"),
    ("What is 12 + 30?", "42"),
    ("What is 12 + 30?", "12 + 30 = 42."),
    ("What is 12 + 30?", "The answer is forty-two."),
    ("What is 7 divided by 2?", "3.5"),
    ("What is 10 / 3?", "About 3.33"),
    ("What is 1000 * 1000?", "1,000,000"),
    ("What is 3 - 10?", "-7"),
    ("What is 1/3?", "1/3 is about 0.33"),
    ("What is 2/4?", "1/2"),
    ("What is 7/3?", "2 1/3"),
    ("What is 5 - 5?", "0"),
    ("What is 2 + 2? Answer in one word.", "Four"),
    ("Is the sun a star? Answer yes or no.", "Yes."),
    ("Is the sun a star? Answer yes or no.", "yes"),
    ("Is 9 prime? Answer only yes or no.", "No"),
    ("Is the sky green, true or false?", "False. The sky is blue."),
    ("Did voters say yes or no to it, and why?", "Most of them refused it because of the cost."),
    ("Answer in one word: what do bees make?", "Honey."),
    ("In one word, how do you feel about my plan?", "Excited!"),
    ("Summarise the plot in one sentence.", "A man hunts a whale, e.g. for revenge, and dies."),
    ("Describe the sea in at most five words.", "Vast, deep, blue and restless"),
    ("Explain photosynthesis in under 100 words.", LONG),
    ("Explain photosynthesis in at least 40 words.", LONG),
    ("Name three colours.", "Red, green and blue."),
    ("Name three colours.", "- red\n- green\n- blue"),
    ("List 3 reasons to walk.", "1. Health\n2. Calm\n   - and sleep\n3. It costs nothing"),
    ("Give me two examples of irony.", "A fire station burns down. A pilot fears heights."),
    ("List three pros and three cons.", "Pros:\n- a\n- b\n- c\n\nCons:\n- d\n- e\n- f"),
    ("Name two books, and why.", "Animal Farm, which mocks tyranny, and 1984, which warns"),
    ("Name three rivers.", "The Nile, the Amazon and the Rhine"),
    ("What are two or three ways to cook rice?", "Boil it, steam it, bake it or fry it."),
    ("Write 3 functions that sort a list.", PYTHON),
    ("How many legs does a spider have?", "8"),
    ("How many legs does a spider have?", "Eight legs."),
    ("How many moons has Venus?", "None."),
    ("In what year did Columbus reach America?", "In 1492"),
    ("How many people came? Write a sentence about it.", "There were dozens of guests."),
    ("Write a function for the mean.", PYTHON),
    ("Which line has to change?", PART),
    ("Show me sorting in the Python shell.", SESSION),
    ("Write hello in JavaScript.", JAVASCRIPT),
    ("Make a table of names and ages.", TABLE),
    ("Ann has 3 bags of 4 apples and eats a third. What do the rest bring at $0.50?", STEPS),
    ("Write a poem about a river.", POEM),
    ("Write a letter that excuses me from Friday's meeting.", LETTER),
    ("Draft a letter to a tenant.", "I'm sorry, but I cannot provide you with the flat."),
    ("Draft an email that declines a job offer.", EMAIL),
    ("Explain photosynthesis.", LONG),
    ("List the squares from 1 to 30.", SQUARES),
    ("Who are you?", "I'm a language model that runs on this computer."),
    ("What can't you do?", "I can't browse the web, and I don't have access to your files."),
    ("My dog died.", "I'm so sorry for your loss. I cannot imagine how hard this must be."),
    ("Can I return it without a receipt?", "Unfortunately, no: the shop needs one."),
    ("Is this book good?", "I cannot recommend it enough: it is funny, short and wise."),
    ("Can I feed my dog chocolate?", "No, you cannot: it is poisonous to dogs."),
    ("What did the judge say?", "“I can\u2019t help noticing that you are late,” he said."),
    ("Return the person as JSON.", '{"name": "Ada", "born": 1815}'),
    ("Return the person as JSON.", 'Here it is:\n\n```json\n{"name": "Ada"}\n```'),
    ("Give me a JSON list of primes.", "[2, 3, 5, 7]"),
    ("Convert this JSON to YAML: {}", "a: 1"),
    ("Convert the JSON below into CSV", "a,b"),
    ("What is wrong with this JSON: {a:1}", 'The key a needs double quotes: {"a": 1}.'),
    ("Which field is missing?", '```json\n"name": "Ada"\n```'),
    ("Show me only the decorator.", "```python\n@app.get('/')\n```"),
    ("Show me the signature.", "```python\ndef mean(values: list[float]) -> float:\n```"),
    ("Show me lifetimes.", "```rust\nfn f<'a>(x: &'a str) -> &'a str { x }\n```"),
    ("Make a CSS rule.", "```css\na { color: red; } /* } */\n```"),
    ("What is JSON?", "A text format for data, with objects, lists, strings and numbers."),
    ("How do I parse JSON in Python?", "Use `json.loads(text)`."),
    (SCHEMA, '{"age": 36, "tags": ["a", "b"]}'),
    (SCHEMA, '```json\n{"age": 36.0}\n```'),
    ("Show me two notes in XML.", XML),
    ("Show me a TOML file.", TOML),
    ("Sketch the object as JSON for the docs.", ELIDED),
    ("Show me what a log in JSON lines looks like.", LINES),
    ("Wie heißt die Hauptstadt von Frankreich?", "Die Hauptstadt von Frankreich ist Paris."),
    (
        "Was ist der Unterschied zwischen Affe und Pferd?",
        "Das Pferd ist ein Huftier und der Affe ist ein Primat.",
    ),
    ("Translate to Spanish: where is the station?", "¿Dónde está la estación, por favor?"),
    ("How do you say thank you in Japanese?", "ありがとうございます"),
    (
        "Qu'est-ce que la photosynthèse ?",
        "C'est la façon dont les plantes font du sucre avec la lumière.",
    ),
    ("日本の首都はどこですか?", "東京です。"),
    ("中国的首都是哪里", "北京。"),
    ("Какая столица Франции?", "Париж"),
    (
        "Write twelve or more Greek letters.",
        "β, δ, ε, ζ, η, θ, κ, λ, μ, ξ, π, τ, φ, χ, ψ, ω",
    ),
    ("Which operator adds numbers?", "+"),
    ("Which emoji is a smile?", "🙂"),
    ("Repeat after me: blue bird flies high", "Blue bird flies high"),
    ("Correct the grammar: She goes home every day.", "She goes home every day."),
    ("Write ha one hundred times.", "ha " * 100),
    ("Draw a box.", "+--------------------+\n|                    |\n+--------------------+"),
    ("Write a post about rain.", "Rain again. My umbrella has given up, and so have I. #rain"),
    ("Draw a line of dashes and a heading.", "-" * 80 + "\nHeading"),
    ("Give me the identity matrix of size 8.", "\n".join("0 0 0 0 0 0 0 0" for _ in range(8))),
    ("Make an FAQ about bikes.", "Q: Do I need a lock?\nA: Yes.\n\nQ: And a bell?\nA: Yes."),
    ("What is `<|im_end|>` for?", "`<|im_end|>` ends a turn."),
    ("Where is the file?", "/home/ada/notes.txt"),
    ("Who founded the company, and where?", "Ada Lovelace, London"),
    (
        "Give me a title for an essay on rivers.",
        "Where the Water Goes: A Short History of Rivers and the Towns They Built",
    ),
    (
        "What does 2 ** 10 give in Python?",
        "It gives `1024`; `2 ^ 10` is 8, as `^` is exclusive or.",
    ),
    ("How tall is she in inches?", "5 feet 6 inches is 5 * 12 + 6 = 66 inches."),
    ("How many eggs are in 2 dozen and 3?", "2 dozen + 3 = 27 eggs."),
    ("When is it 30 minutes before 10:15?", "10:15 - 30 minutes = 9:45"),
    ("Solve x - 3 = 4.", "x = 4 + 3 = 7"),
    ("What share is 25 of 200?", "25 / 200 = 0.125 = 12.5%"),
]


@pytest.mark.parametrize(("asked", "answer"), GOOD)
def test_a_good_answer_raises_no_alarm(asked: str, answer: str) -> None:
    assert found(asked, answer) == ()


def test_a_line_of_code_is_cut_by_design() -> None:
    task = TaskKind.INLINE_COMPLETION
    assert found("def mean(values):", "    return sum(values", finish="length", task=task) == ()


def test_a_translation_is_in_another_language() -> None:
    answer = "Der Hund ist nicht im Garten, und die Katze schläft."
    task = TaskKind.TRANSLATION
    assert found("The dog is not in the garden and the cat is asleep.", answer, task=task) == ()
