"""Names and addresses by a language model that the person installed. An extra, off by default.

Nothing is downloaded and no socket opens: both libraries would fetch a model or a list of domains
that they miss, so each is built from parts that are here, and is refused where one is not.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from whitelist.detector.scan import Finder, Hit, Scan
from whitelist.errors import Unusable

Library = Literal["presidio", "gliner"]

Named = tuple[str, int, int]
"""A label of the model and the place in the text."""

_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("PERSON", "PER", "person"), "PERSON"),
    **dict.fromkeys(("ADDRESS", "STREET_ADDRESS", "street address"), "ADDRESS"),
}
_LABELS = ["person", "street address"]  # what GLiNER is asked for, in words
_WINDOW, _OVERLAP = 1_000, 120  # characters; GLiNER reads no more than its first 384 words


@dataclass(frozen=True, slots=True)
class Names:
    """A finder that asks a loaded model."""

    ask: Callable[[str], Iterator[Named]]

    def __call__(self, scan: Scan) -> Iterator[Hit]:
        for label, start, end in self.ask(scan.text):
            kind = _KINDS.get(label)
            if kind is not None and start < end:
                yield kind, start, end


def _is_installed(module: str) -> bool:
    return find_spec(module) is not None


def names_finder(
    library: Library,
    model: str,
    *,
    language: str = "en",
    installed: Callable[[str], bool] = _is_installed,
) -> Finder:
    """A finder for names and addresses. `model` is the folder of a model, or with presidio the name
    of an installed spaCy package. Takes seconds: it imports the library and loads the model.
    `installed` says whether a module is there, without importing it.

    Raises:
        Unusable: the library or the model is not on this machine.
    """
    module = {"presidio": "presidio_analyzer", "gliner": "gliner"}[library]
    if not installed(module):
        raise Unusable(
            f'names = "{library}" needs a library that is not installed',
            fix=f'install it with: pip install "homeward[{library}]"',
        )
    folder = Path(model).expanduser()
    packaged = library == "presidio" and model.isidentifier() and _is_installed(model)
    if not packaged and not folder.is_dir():
        raise Unusable(
            f"the model {model!r} of names_model is not on this machine",
            fix="name a folder that holds it, or install its package; Homeward downloads none",
        )
    place = model if packaged else str(folder.resolve())
    return Names(_presidio(place, language) if library == "presidio" else _gliner(place))


def _presidio(model: str, language: str) -> Callable[[str], Iterator[Named]]:
    # Presidio's own choice of recognisers would fetch a list of domains, so only the model's is in.
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import SpacyRecognizer

    kinds = {label: kind for label, kind in _KINDS.items() if label.isupper()}
    engine = AnalyzerEngine(
        nlp_engine=SpacyNlpEngine(
            models=[{"lang_code": language, "model_name": model}],
            ner_model_configuration=NerModelConfiguration(model_to_presidio_entity_mapping=kinds),
        ),
        registry=RecognizerRegistry(
            recognizers=[
                SpacyRecognizer(
                    supported_language=language, supported_entities=sorted(set(kinds.values()))
                )
            ],
            supported_languages=[language],
        ),
        supported_languages=[language],
    )

    def ask(text: str) -> Iterator[Named]:
        for found in engine.analyze(text, language=language):
            yield found.entity_type, found.start, found.end

    return ask


def _gliner(model: str) -> Callable[[str], Iterator[Named]]:
    os.environ["HF_HUB_OFFLINE"] = "1"  # or its tokenizer may be looked for on the hub
    from gliner import GLiNER

    loaded: Any = GLiNER.from_pretrained(model, local_files_only=True)

    def ask(text: str) -> Iterator[Named]:
        for start in range(0, max(1, len(text) - _OVERLAP), _WINDOW - _OVERLAP):
            for found in loaded.predict_entities(text[start : start + _WINDOW], _LABELS):
                yield found["label"], start + found["start"], start + found["end"]

    return ask
