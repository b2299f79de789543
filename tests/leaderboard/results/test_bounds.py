"""Every field of a record has bounds, and agrees with what follows from it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sample_records import FINISHED, SUBMITTED, change

from leaderboard.results import bounds
from leaderboard.results.record import RecordError
from leaderboard.results.store import read, write

HUGE = 10**400
TOMORROW_AND_MORE = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def epochs(**values: object) -> dict[str, object]:
    return {"history": [{"loss": 1.0, **values}], "epochs": 1, "best_epoch": 1}


EDITS: dict[str, tuple[dict[str, object], str]] = {
    "parameters below 0": ({"parameters_trainable": -5}, "parameters_trainable: found -5"),
    "more trainable than all": ({"parameters_total": 9}, "at most parameters_total, 9"),
    "parameters of 400 digits": ({"parameters_total": HUGE}, "parameters_total: found 1000"),
    "epochs below 0": ({"epochs": -3}, "epochs: found -3"),
    "more epochs than planned": ({"epochs": 15}, "at most those of the recipe, 14"),
    "best epoch beyond": ({"best_epoch": 999}, "best_epoch: found 999, expected at most"),
    "seconds below 0": ({"seconds": -1.0}, "seconds: found -1.0"),
    "seconds of 400 digits": ({"seconds": HUGE}, "seconds: found|Number out of range"),
    "a thousand years": ({"seconds": 3e10}, "seconds: found 30000000000.0"),
    "speed below 0": ({"images_per_second": -9.0}, "images_per_second: found -9"),
    "seed of 400 digits": ({"seed": HUGE}, "seed: found 1000"),
    "side below 0": ({"recipe_settings": {"image_size": -4}}, r"\['image_size'\]: found -4"),
    "side that is true": ({"recipe_settings": {"image_size": True}}, "image_size.*found True"),
    "setting of 400 digits": ({"recipe_settings": {"rate": HUGE}}, "rate.*expected a number below"),
    "lists in lists": ({"recipe_settings": {"a": nested(900)}}, "lists"),
    "settings of 1 MB": ({"recipe_settings": {"a": "b" * 10**6}}, "at most 65536 characters"),
    "created in 2099": ({"created": "2099-01-01T00:00:00+00:00"}, "created: .*clock"),
    "created soon": ({"created": TOMORROW_AND_MORE}, "created: found"),
    "created in the year 1": ({"created": "0001-01-01T00:00:00+00:00"}, "created: found"),
    "submitted on no day": ({"submitted": "2026-02-30"}, "submitted: found '2026-02-30'"),
    "notes of 1 MB": ({"notes": "n" * 10**6}, "notes: found .*expected one line"),
    "notes turned around": ({"notes": "a\u202eb"}, "notes: found"),
    "notes of two lines": ({"notes": "a\nb"}, "notes: found"),
    "half a pair of UTF-16": ({"source": "\ud800"}, "source: found"),
    "error that turns around": ({"error": "a\u2066b"}, "error: found"),
    "device of 1 MB": ({"device": "d" * 10**6}, "device: found"),
    "class of 1 MB": ({"classes": ["c" * 10**6, "Orf"]}, "classes: found"),
    "versions of two lines": ({"versions": {"keras": "3\n4"}}, "versions: found"),
    "published": ({"provenance": "published"}, "expected reproduced or submitted"),
    "interval without its score": ({"intervals": {"f1": [0.2, 0.4]}}, "with the score 0.75"),
    "perfect confusion": ({"confusion": [[4, 0], [0, 4]]}, "confusion: .*accuracy is 0.9"),
    "empty confusion": ({"confusion": [[0, 0], [0, 0]]}, "the counts of all examples"),
    "confusion of 400 digits": ({"confusion": [[HUGE, 0], [0, 1]]}, "confusion"),
    "history of texts": (epochs(validation_f1="high"), "history"),
    "history of 400 digits": (epochs(images=HUGE), "history"),
    "history of lists": (epochs(images=[1]), "history"),
    "F1 of 7": (epochs(validation_f1=7.0), "a number from 0 to 1"),
    "images below 0": (epochs(images=-1), "history"),
    "history of fewer epochs": ({"history": [{"loss": 1.0}]}, "history: found '1 epochs'"),
    "best epoch 0": ({**epochs(), "best_epoch": 0}, "best_epoch: found 0, expected 1 to 1"),
    "network of 1 EB": (
        {"network": {"file": f"{FINISHED.run}.onnx", "bytes": 2**60, "sha256": "0" * 64,
                     "dtype": "float16", "score_difference": 0.0}},
        "network: found",
    ),
    "predictions of 1 MB": ({"predictions": "p" * 10**6}, "predictions: found"),
    "pixel size of 400 digits": ({"nm_per_pixel": HUGE}, "nm_per_pixel|number"),
    "a paper that is a script": ({"paper": "javascript:alert(1)"}, "paper: found"),
    "history of a million epochs": (
        {"history": [{}] * 100_001, "epochs": 100_001, "recipe_settings": {}},
        "history: found '100001 epochs'",
    ),
    "an error of a finished run": ({"error": "x"}, "error: found 'x', expected nothing"),
    "a day of submission of ours": ({"submitted": "2026-01-01"}, "only a submission has it"),
    "superseded though not submitted": ({"superseded_by": "other"}, "only a submission has it"),
    "seconds typed in": ({**epochs(seconds=9.0), "seconds": 1.0}, "seconds: found 1.0, expected 9"),
    "seconds left out": ({**epochs(seconds=9.0), "seconds": None}, "seconds: found None"),
    "speed typed in": (
        {**epochs(seconds=9.0, images=18), "seconds": 9.0, "images_per_second": 1e6},
        "images_per_second: found 1000000.0, expected 2.00",
    ),
    "a better epoch named": (
        {"history": [{"validation_f1": 0.5}, {"validation_f1": 0.4}], "epochs": 2, "best_epoch": 2},
        "best_epoch: found 2, expected 1, of the highest validation_f1",
    ),
    "an average before the last epoch": (
        {"history": [{"validation_f1": 0.5}, {"validation_f1": 0.4}], "epochs": 2, "best_epoch": 1,
         "recipe_settings": {"ema": 0.99}},
        "best_epoch: found 1, expected 2, the last one",
    ),
    "withdrawn in two lines": ({"withdrawn": "a\nb"}, "withdrawn: found"),
    "superseded by a path": ({"superseded_by": "../x"}, "superseded_by: found"),
}  # fmt: skip


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_field_is_one_clear_line(what: str, tmp_path) -> None:
    fields, said = EDITS[what]
    with pytest.raises(RecordError, match=said):
        change(**fields)
    file = write(tmp_path, FINISHED)
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))
    with pytest.raises(RecordError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize(
    "fields",
    [
        {"content_hash": "0" * 64},
        {"versions": {"a": "b"}},
        epochs(),
        {"predictions": "a.csv"},
        {"parameters_total": 12},
        {"images_per_second": 1.0},
        {"backend": "jax"},
        {"temperature": 0.5},
        {"no_network": "x"},
        {"nm_per_pixel": 1.0},
        {"best_epoch": 0},
    ],
)
def test_a_submission_has_no_fields_of_a_training_here(fields: dict) -> None:
    assert change(**SUBMITTED, submission="mine").submission == "mine"
    with pytest.raises(RecordError, match=r"(nothing: a|none: those of a) submission"):
        change(**{**SUBMITTED, "submission": "mine", **fields})


def test_days_are_those_of_the_calendar() -> None:
    assert bounds.is_past_day("2026-01-31")
    assert not any(map(bounds.is_past_day, ("2026-1-31", "31.1.2026", "2026-13-01", "1999-01-01")))
