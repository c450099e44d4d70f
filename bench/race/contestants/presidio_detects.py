"""What Presidio's pattern recognisers find, without its models for names and places.

python presidio_detects.py TEXTS.json THRESHOLD; prints {"found": [[[kind, start, end], ...], ...],
"ms": processor ms for all}. Its context words work on a blank English pipeline whose lemmas are
the words themselves, in small letters.
"""

import json
import sys
import time
from pathlib import Path

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language


@Language.component("small_letters")
def small_letters(doc):
    for token in doc:
        token.lemma_ = token.lower_
    return doc


class Blank(SpacyNlpEngine):
    """No model to load."""

    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        pipeline = spacy.blank("en")
        pipeline.add_pipe("small_letters")
        pipeline.max_length = 10_000_000
        self.nlp = {"en": pipeline}

    def load(self):
        pass


def main(path, threshold):
    engine, registry = Blank(), RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    registry.remove_recognizer("SpacyRecognizer")
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    texts, found = json.loads(Path(path).read_text("utf-8")), []
    analyzer.analyze("warm", language="en")
    began = time.process_time()
    for text in texts:
        items = analyzer.analyze(text, language="en", score_threshold=float(threshold))
        found.append([[item.entity_type, item.start, item.end] for item in items])
    print(json.dumps({"found": found, "ms": (time.process_time() - began) * 1000}))


main(*sys.argv[1:])
