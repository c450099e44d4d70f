"""Which answers answer nothing, and are not kept; which only sound so."""

import pytest

from cache.negative import is_negative
from tests.cache.conftest import Build, answer, asked

NOTHING = """\
I'm sorry, but I can't help with that.
I\u2019m sorry, but I can\u2019t assist with that request.
I cannot help with this.
I must decline.
I won't do that.
I'm unable to open links.
I am not able to browse the web.
As an AI language model, I don't have access to real-time data.
I don't know.
I do not know the answer to that.
I have no information about that.
I don't have enough information to answer.
I couldn't find anything.
I'm not sure what you mean.
Well, I don't know.
Unfortunately, I cannot open the file.
Sorry, something went wrong.
I apologize, but I cannot continue.
**I'm unable to help with that.**
There is not enough information to answer.
Please provide the text you want me to translate.
Could you please share the code?
Error: timeout
{"error": "rate limit exceeded"}
[Tool error] the tool failed
Traceback (most recent call last):
Internal Server Error
503 Service Unavailable
An error occurred while reading.
Es tut mir leid, aber das kann ich nicht.
Je suis désolé, mais je ne peux pas.
Lo siento, pero no puedo ayudar.
Mi dispiace, non posso.
Desculpe, não posso.""".splitlines()

SOMETHING = """\
Paris.
No.
None of them.
The error is in line 3: a colon is missing.
Errors are values in Go.
Error handling in Rust uses Result.
You can't divide by zero.
It is not possible to divide by zero.
There is no largest prime.
I have two ideas.
I can explain it.
I think that Paris is best.
Please press the button.
Not all primes are odd.
Unfortunately for Napoleon, Wellington won.
404 is the HTTP status Not Found.
Ich kann dir helfen.
Leidenschaft ist wichtig.
The text is about dogs.
Could be either.""".splitlines()


@pytest.mark.parametrize("text", NOTHING)
def test_what_answers_nothing_is_not_kept(build: Build, text: str) -> None:
    assert not build().remember(asked("What is it?"), answer(text))


@pytest.mark.parametrize("text", SOMETHING)
def test_an_answer_that_only_sounds_so_is_kept(build: Build, text: str) -> None:
    assert build().remember(asked("What is it?"), answer(text))


def test_only_the_beginning_decides() -> None:
    assert not is_negative("Press the button. If that does not help, I don't know.")
    assert not is_negative("x" * 10_000 + " I don't know.")
