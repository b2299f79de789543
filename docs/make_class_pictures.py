"""Draw the small pictures of phantoms on the site: leaderboard/site/classes/pictures/*.jpg.

python docs/make_class_pictures.py

One phantom of each class, all at one scale; a field with boxes for the detectors; exosomes, single
and aggregated; a phantom under hard conditions. No pixel is of a real micrograph. TensorFlow is not
needed.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from tem_virus_dataset import facts
from tem_virus_dataset.conditions import corrupt
from tem_virus_dataset.micrographs import drawing, instances
from tem_virus_dataset.micrographs.patch import cut
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.tem_exosome import sim_to_real_aggregates

OUT = Path(__file__).parents[1] / "leaderboard" / "site" / "classes" / "pictures"
SIDE = 192  # pixels of a picture of a class, which shows facts.PATCH nm
FIELD = (384, 192)  # pixels of the pictures that a card shows alone
COLOUR = (86, 180, 233)  # of boxes
NUMBERS = {
    "Papilloma": 1,
    "Marburg": 2,
    "Influenza": 3,
    "Rotavirus": 3,
}  # of the micrograph, where not the first
HARD = {"defocus": 4, "dose": 3, "stain": 4, "drift": 5}  # level of each condition that is shown


def main() -> None:
    """Draw and write all pictures."""
    for name in facts.CLASSES_14:
        phantom = viruses.micrograph(name, NUMBERS.get(name, 0), seed=1)
        x, y = min(phantom.centres, key=lambda xy: abs(xy[0] - 276) + abs(xy[1] - 276))
        picture = Image.fromarray(drawing.stretched(cut(phantom.image, x, y)))
        _save(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS), name)
    _detection("Rift Valley", 3)
    _hard("Adenovirus", "Rift Valley")
    examples = {job.stem: job for job in sim_to_real_aggregates.phantoms() if job.split == "train"}
    for out, style in (("exosomes", "single"), ("exosome aggregates", "bright_aggregates")):
        _exosomes(examples[f"{style}_004"], out)


def _detection(class_name: str, number: int) -> None:
    phantom = viruses.micrograph(class_name, number)
    boxes = [(x - 45, y - 45, x + 45, y + 45) for x, y in phantom.centres]
    _field(phantom.image, boxes, "detection")


def _hard(patch_of: str, field_of: str) -> None:
    """Draw one patch under several conditions, and a field of a low dose."""
    phantom = viruses.micrograph(patch_of, 0, seed=1)
    x, y = min(phantom.centres, key=lambda xy: abs(xy[0] - 276) + abs(xy[1] - 276))
    patch = cut(phantom.image, x, y)
    for condition, level in HARD.items():
        image = corrupt.corrupted(patch, patch_of, condition, level)
        picture = Image.fromarray(drawing.stretched(image))
        _save(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS), f"hard {condition}")
    image = viruses.micrograph(field_of, 3).image
    _field(corrupt.corrupted(image, field_of, "dose", 3), [], "hard detection")


def _exosomes(job: object, out: str) -> None:
    (item,) = job.items()
    boxes = [tuple(map(float, box)) for box in instances.boxes(item.mask).corners]
    _field(item.image, boxes, out)


def _field(image: np.ndarray, boxes: list[tuple[float, ...]], out: str) -> None:
    """Write a wide part of a micrograph, with boxes of x, y of two corners in pixels."""
    picture = Image.fromarray(drawing.stretched(image)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        draw.rectangle(box, outline=COLOUR, width=max(2, picture.width // 180))
    height = picture.width * FIELD[1] // FIELD[0]
    middle = np.mean([(box[1] + box[3]) / 2 for box in boxes]) if boxes else picture.height / 2
    top = int(np.clip(middle - height / 2, 0, picture.height - height))
    part = picture.crop((0, top, picture.width, top + height))
    _save(part.resize(FIELD, Image.Resampling.LANCZOS), out)


def _save(picture: Image.Image, name: str) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    file = OUT / f"{name.lower().replace(' ', '-')}.jpg"
    picture.save(file, quality=78, optimize=True)
    print(file, file.stat().st_size)


if __name__ == "__main__":
    main()
