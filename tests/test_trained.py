"""The trained reader of names: what is shipped, what it is told about words, and how its training data are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from nlp.hints import Hints, kinds_of_words
from nlp.pipeline import NAMES_MODEL, build_pipeline
from nlp.tokens import IndonesianTokenizer
from nlp.training.card import score
from nlp.training.corpora import _with_other_names, build_doc, corpus_docs, without_copies
from nlp.training.passages import LABELS

MODEL = NAMES_MODEL.parent
BLANK = spacy.blank("id")


def test_everything_trained_is_small_enough_for_git() -> None:
    assert sum(file.stat().st_size for file in MODEL.rglob("*") if file.is_file()) < 12_000_000


def test_the_store_of_strings_tells_nothing_of_the_training_text() -> None:
    strings = json.loads((NAMES_MODEL / "vocab" / "strings.json").read_text(encoding="utf-8"))
    assert len(strings) < 200
    assert not {"Jokowi", "Bupati", "dan"} & set(strings)


def test_the_card_names_data_licences_and_scores() -> None:
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    assert all(word in card for word in ("IDNER-news-2K", "NERGrit", "MIT", "Apache-2.0", "idner2k.test", *LABELS))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Menurut Ratnasari Widiastuti, layanan itu sudah berjalan sejak bulan lalu.", "Ratnasari Widiastuti"),
        ("Pelatihan dibuka Yohanes Tanggu Wora di aula kantor kecamatan.", "Yohanes Tanggu Wora"),
        ("Hal itu disampaikan Lalu Mahdi Suryanata kepada wartawan.", "Lalu Mahdi Suryanata"),
    ],
)
def test_it_finds_people_it_has_never_heard_of(text: str, name: str) -> None:
    doc = build_pipeline()(text)
    assert name in {entity.text for entity in doc.spans["entities"] if entity.label_ == "PER"}


def test_places_stay_the_gazetteers_beside_it() -> None:
    doc = build_pipeline()("Bupati Tabanan meninjau Kota Bima.")
    assert {ent.label_ for ent in doc.ents} <= {"REGENCY", "PROVINCE"}


def test_each_word_carries_what_our_lists_know_and_the_habit_to_follow() -> None:
    doc = IndonesianTokenizer(BLANK.vocab)("Kepala Dinas Sosial Tabanan Wayan")
    doc.user_data["habit"] = "nergrit"
    Hints(BLANK.vocab)(doc)
    assert [token.tag_ for token in doc] == ["OFFICE", "OFFICE", "OFFICE", "PLACE", "-"]
    assert {token.lemma_ for token in doc} == {"nergrit"}


def test_hints_of_nothing_are_nothing() -> None:
    assert len(Hints(BLANK.vocab)(IndonesianTokenizer(BLANK.vocab)(""))) == 0


def test_kinds_of_words_are_lower_case_words() -> None:
    kinds = kinds_of_words()
    assert set(kinds.values()) == {"OFFICE", "DEGREE", "PLACE", "PLACE-PART"}
    assert all(word == word.lower() for word in kinds)


def test_spans_within_words_are_widened_and_those_over_two_sentences_left_open() -> None:
    doc = build_doc(("Jokowi-Ahok hadir. Bupati datang.", [(0, 6, "PER"), (12, 25, "ORG")]), "nerui")
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Jokowi-Ahok", "PER")]
    assert [token.text for token in doc if not token.ent_iob] == ["hadir", ".", "Bupati"]
    assert doc.user_data["habit"] == "nerui"


def test_a_sentence_that_shares_eight_words_with_a_test_sentence_is_left_out() -> None:
    test = build_doc(("Rapat itu dihadiri para kepala dinas se-kabupaten di aula besar kantor bupati.", []), "a")
    copy = build_doc(("Kemarin rapat itu dihadiri para kepala dinas se-kabupaten di aula.", []), "b")
    short = build_doc(("Rapat itu dihadiri para kepala.", []), "b")
    assert without_copies([copy, short], [test]) == [short]


class Dice:
    def choice(self, names: list[list[str]]) -> list[str]:
        return names[-1]


def test_a_sentence_about_other_people_keeps_everything_else() -> None:
    doc = build_doc(("Sekda Budi Santoso, S.E. dan Ina hadir.", [(6, 18, "PER"), (29, 32, "PER")]), "kita")
    told = _with_other_names(doc, [["Cut", "Nyak", "Mala"]], Dice())  # type: ignore[arg-type]
    assert told.text == "Sekda Cut Nyak Mala, S.E. dan Cut Nyak Mala hadir."
    assert [ent.text for ent in told.ents] == ["Cut Nyak Mala", "Cut Nyak Mala"]


def test_a_corpus_is_read_with_its_name_as_habit(tmp_path: Path) -> None:
    row = {"text": "Menteri hadir di Palu.", "ents": [[17, 21, "LOC"]]}
    (tmp_path / "idner2k.test.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    [doc] = corpus_docs(tmp_path, "idner2k.test")
    assert ([ent.text for ent in doc.ents], doc.user_data) == (["Palu"], {"habit": "idner2k"})


def test_scores_count_exact_spans() -> None:
    class Echo:
        def make_doc(self, text: str) -> Doc:
            return build_doc((text, []), "kita")

        def __call__(self, doc: Doc) -> Doc:
            return build_doc((doc.text, [(0, 4, "PER"), (11, 15, "LOC")]), "kita")

    gold = ("Budi ke di Palu", [(0, 4, "PER"), (11, 15, "ORG")])
    assert score(Echo(), [gold], "kita") == {"all": 50.0, "PER": 100.0, "ORG": 0.0}  # type: ignore[arg-type]


def test_a_saved_pipeline_keeps_the_lists_it_was_trained_with(tmp_path: Path) -> None:
    hints = Hints(BLANK.vocab)
    hints.tell({"ende": "PLACE"})
    hints.to_disk(tmp_path / "hints")
    doc = IndonesianTokenizer(BLANK.vocab)("Kepala Ende")
    assert [token.tag_ for token in Hints(BLANK.vocab).from_disk(tmp_path / "hints")(doc)] == ["-", "PLACE"]


def test_what_is_shipped_names_no_place_of_the_machine_it_was_trained_on() -> None:
    config = spacy.util.load_config(NAMES_MODEL / "config.cfg")
    assert set(config["paths"].values()) == {None}
