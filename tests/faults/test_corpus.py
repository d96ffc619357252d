"""What coverage-guided fuzzing found to take ways of its own through the readers: each is read, or refused in a sentence."""

import io
from pathlib import Path

import pytest

from xlsig.errors import DataError
from xlsig.frames.schema import check
from xlsig.ooxml.guard import open_guarded
from xlsig.sources import sections
from xlsig.sources.delimited import read_delimited


def read_toml(content):
    try:
        sections.loads(content.decode())
    except ValueError as failure:  # of which the configuration makes a sentence
        raise DataError(str(failure)) from None


READERS = {
    "csv": lambda content: check("prices", read_delimited(content, "prices.csv", name="prices")),
    "toml": read_toml,
    "zip": lambda content: open_guarded(io.BytesIO(content)).close(),
}


@pytest.mark.parametrize("kind", READERS)
def test_the_corpus_is_read_or_refused(kind):
    lines = Path(__file__).with_name("corpus.txt").read_text().splitlines()
    corpus = [bytes.fromhex(line.partition(" ")[2]) for line in lines if line.startswith(f"{kind} ")]
    assert len(corpus) >= 5
    said = []
    for content in corpus:
        try:
            READERS[kind](content)
        except DataError as refusal:
            said.append(str(refusal))
    assert said
    assert all(len(sentence) < 3_000 for sentence in said)
