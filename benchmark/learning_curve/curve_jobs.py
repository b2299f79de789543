"""The trainings of a learning curve, as the jobs that `benchmark.run` does."""

from collections.abc import Sequence
from pathlib import Path

from benchmark.data import npz
from benchmark.detection import npz_file, recipes
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.models.registry import SCRATCH, TRANSFER
from benchmark.runs.job import Job

MODEL, SEED = "yolov5n", 0
FINE, FROM_SCRATCH = "finetune", "steady"
SHARED = (  # so that steps and images are equal
    "epochs", "batch_size", "samples_per_class", "image_size", "min_steps", "nm_per_pixel",
    "local_contrast",
)  # fmt: skip


def scratch_recipe(fine: DetectionRecipe) -> tuple[str, DetectionRecipe]:
    """Return the recipe from scratch with as many updates as a fine-tuning, of equal images."""
    known = recipes.RECIPES[FROM_SCRATCH]
    changes = [
        f"{name}={getattr(fine, name)}"
        for name in SHARED
        if getattr(fine, name) != getattr(known, name)
    ]
    return recipes.recipe(FROM_SCRATCH, changes)


def written(scenes: Scenes, folder: Path) -> Path:
    """Write data as an .npz file unless the same lie there; return the file."""
    file = folder / f"{scenes.config.partition('/')[2]}.npz"
    if not file.exists() or _content_hash(file) != scenes.content_hash:
        npz_file.write(scenes, file)
    return file


def _content_hash(file: Path) -> str:
    (_, _, digest), _ = npz.opened(file, npz.about)
    return digest


def job(
    data: Path, label: str, recipe: DetectionRecipe, runs: Path, weights: Path | None = None
) -> Job:
    """Return one training.

    Args:
      data: .npz file; weights: a detector's file (.onnx), or None from scratch.
    """
    about = npz.describe(data)
    return Job(
        data=str(data),
        model=MODEL,
        initialization=TRANSFER if weights else SCRATCH,
        weights=str(weights) if weights else None,
        label=label,
        recipe=recipe,
        seed=SEED,
        data_dir=None,
        **vars(about),
        note="",
        records=str(runs / "records"),
        runs=str(runs),
    )


def base(data: Scenes, changes: Sequence[str], runs: Path) -> Job:
    """Return the training of the detector that knows all classes but one.

    Args:
      data: without the class; changes: of the recipe.
    """
    return job(written(data, runs / "data"), *_recipe(FROM_SCRATCH, changes), runs)


def of_draw(data: Scenes, changes: Sequence[str], weights: Path, runs: Path) -> list[Job]:
    """Return the fine-tuning on some micrographs, and the training from scratch.

    Args:
      data: of `subsets.drawn`; changes: of the recipe of the fine-tuning; weights: of the base.
    """
    file = written(data, runs / "data")
    label, recipe = _recipe(FINE, changes)
    return [
        job(file, label, recipe, runs, weights),
        job(file, *scratch_recipe(recipe), runs),
    ]


def _recipe(name: str, changes: Sequence[str]) -> tuple[str, DetectionRecipe]:
    return recipes.recipe(name, changes)


def network(base_job: Job) -> Path:
    """Return the file of the network of a finished job."""
    return base_job.record.with_suffix(".onnx")
