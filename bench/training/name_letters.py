"""Trains `lexicon/namelike.py`: which letter runs speak for a personal name.

    uv run --with scikit-learn --with faker python -m bench.training.name_letters

Prints the held-out area under the curve; the words are those of `lexicon/data` and of Faker's texts in other languages.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from array import array
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from bench.training.word_lists import latin_words, strings
from lexicon.namelike import SCALE, SLOTS, slots
from lexicon.wordlists import table, word_set

TARGET = Path(__file__).parents[2] / "lexicon" / "data" / "name_letters.bin"
RARE_ENOUGH = 9
"""Words of the small hand-made lists count this often, for cards are full of them."""


def other_languages() -> set[str]:
    """Plain words of Faker's filler texts and job titles."""
    found: set[str] = set()
    for kind, attribute in (("lorem", "word_list"), ("job", "jobs")):
        package = importlib.import_module(f"faker.providers.{kind}")
        for module in pkgutil.iter_modules(package.__path__):
            provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
            found |= latin_words(strings(getattr(provider, attribute, ())), 3)
    return found


def examples() -> tuple[list[str], list[int], list[float]]:
    """Words, whether each is a name, and what it weighs."""
    names = word_set("given") | word_set("family")
    plain = word_set("english") | {word for city in table("cities") for word in city.split()} | other_languages()
    ours = {w for name in ("jobs", "departments", "trades", "streets", "slogans") for w in word_set(name)}
    rows = [(word, 1, 1.0) for word in sorted(names - ours)] + [(word, 0, 1.0) for word in sorted(plain - names - ours)]
    rows += [(word, 0, float(RARE_ENOUGH)) for word in sorted(ours)]
    random.Random(0).shuffle(rows)
    words, truth, weights = zip(*rows, strict=True)
    return list(words), list(truth), list(weights)


def matrix(words: list[str]) -> csr_matrix:
    """One row a word: its letter runs, each weighing one over the root of their number."""
    inputs = [slots(word) for word in words]
    rows = np.repeat(np.arange(len(words)), [len(found) for found in inputs])
    values = np.concatenate([np.full(len(found), len(found) ** -0.5) for found in inputs])
    return csr_matrix((values, (rows, np.concatenate(inputs))), shape=(len(words), SLOTS))


def main() -> None:
    """Train on nine tenths, print the rest's area under the curve, then train on all and write."""
    words, truth, weights = examples()
    features, labels, weight = matrix(words), np.array(truth), np.array(weights)
    held = np.arange(len(words)) % 10 == 0
    model = LogisticRegression(C=3.0, max_iter=300)
    model.fit(features[~held], labels[~held], weight[~held])
    print(
        f"{len(words)} words, held-out AUC {roc_auc_score(labels[held], model.decision_function(features[held])):.3f}"
    )
    model.fit(features, labels, weight)
    stored = np.clip(np.round(np.append(model.coef_[0], model.intercept_) * SCALE), -127, 127).astype(int)
    TARGET.write_bytes(array("b", stored.tolist()).tobytes())


if __name__ == "__main__":
    main()
