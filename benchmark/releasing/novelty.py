"""The novelty of a released classifier: second output, threshold, and what the card says."""

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Data
from benchmark.novelty import compare, network, open_set, scores
from benchmark.novelty.choice import Choice
from benchmark.novelty.features import Features
from benchmark.novelty.open_set import OpenSet
from benchmark.novelty.rounds import CLASSES
from tem_virus_dataset.networks.metadata import Metadata


@dataclasses.dataclass(frozen=True)
class WithNovelty:
    """A classifier's `onnx.ModelProto` with its second output, and what its file states."""

    model: Any
    stated: Metadata


def added(model: Any, stated: Metadata, data: Data, chosen: Choice) -> WithNovelty:
    """Fit the chosen score on the training patches, and its threshold on those of validation.

    Args:
      model: `onnx.ModelProto` of the classifier; stated: of its file; data: that it was trained on.
    """
    train, validation = (
        network.of_patches(model, data.splits[split], stated.image_size)
        for split in ("train", "validation")
    )
    score = network.fitted(chosen.score, model, train)
    distances = scores.mean_distances(score, _as_used(validation, stated))
    threshold = compare.threshold(distances, chosen.accepted)
    stated = dataclasses.replace(
        stated,
        novelty_score=chosen.score,
        novelty_threshold=threshold,
        novelty_accepted=float((distances <= threshold).mean()),
    )
    return WithNovelty(network.with_novelty(model, score), stated)


def _as_used(features: Features, stated: Metadata) -> Features:
    """Return the features of the D4 transforms that the classifier is averaged over."""
    values: NDArray[np.float32] = features.values[: stated.tta]
    return dataclasses.replace(features, values=values)


def paragraphs(stated: Metadata, content: bytes, chosen: Choice, log: Path) -> list[str]:
    """Return what the model card says of unknown viruses.

    Args:
      content: of the file; log: folder, with the result on real unknown viruses if there is one.
    """
    found = open_set.read(log)
    known = found if found and found.sha256 == hashlib.sha256(content).hexdigest() else None
    return [
        "## Unknown viruses",
        "A second output, `novelty`, is the distance of a patch from the training patches "
        f"(`{stated.novelty_score}`, of what the last layer sees, averaged over the D4 "
        f"transforms). Divided by the threshold {stated.novelty_threshold:.4g}, it is above 1 "
        f"where the class is called unknown. {stated.novelty_accepted:.1%} of the validation "
        "patches are not.",
        _rounds(chosen),
        *([_real(known)] if known else []),
    ]


def _rounds(chosen: Choice) -> str:
    of_class = {
        name: (separation.auroc_of[name], separation.flagged_of[name][f"{chosen.accepted:.2f}"])
        for round_name, by_score in chosen.rounds.items()
        if round_name.startswith(CLASSES)
        for separation in [by_score[chosen.score]]
        for name in separation.auroc_of
    }
    lines = ["| class left out of a training | AUROC | called unknown |", "|---|---|---|"]
    lines += [f"| {name} | {a:.2f} | {f:.0%} |" for name, (a, f) in sorted(of_class.items())]
    mean = float(np.mean([flagged for _, flagged in of_class.values()]))
    sessions = chosen.sessions.get(chosen.score)
    control = (
        ""
        if sessions is None
        else f" Known viruses of imaging sessions left out had an AUROC of {sessions:.3f} (.5: "
        "they look no newer than those of known sessions)."
    )
    return (
        "Score and share were chosen with short trainings of this network that left classes out, "
        f"each class once: mean AUROC {chosen.auroc[chosen.score]:.3f}, {mean:.0%} called "
        f"unknown.{control}\n\n" + "\n".join(lines)
    )


def _real(found: OpenSet) -> str:
    of_class = ", ".join(f"{name} {share:.0%}" for name, share in found.flagged_of.items())
    return (
        f"Three viruses that no training ever saw, {found.unknown} official test patches, scored "
        f"once: {found.flagged:.0%} are called unknown ({of_class}). Of {found.known:,} patches of "
        f"the eleven known viruses, cut and scaled by others, {found.kept:.0%} are not. AUROC "
        f"{found.auroc:.3f}. Of the known ones {found.accuracy:.1%} are named correctly, of those "
        f"that are not called unknown {found.accuracy_kept:.1%}."
    )
