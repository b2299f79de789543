"""A contact sheet: one example of every class, with its size, counts and a scale bar."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tem_virus_dataset import facts
from tem_virus_dataset.building.config import Config, PatchesConfig
from tem_virus_dataset.micrographs import drawing

GAP, LINE = 12, 17  # pixels: between cells and around all of them; from one line to the next
BELOW = 54  # pixels below each image, for three lines
GRAY, YELLOW = "#6e6e6e", "#ffdc00"
BAR = drawing.BarStyle(
    share=0.45, letters=12, stroke=1, thickness=3, frame=1, edge=8, gap=3, align="left"
)


def contact_sheet(
    config: Config,
    full_name: str,
    examples: Mapping[str, Mapping[str, Any]],
    counts: facts.Counts,
    side: int = 0,
) -> Image.Image:
    """Draw a cell for every class of a config, in label order, and a caption below.

    Args:
      full_name: of the data set, with config and version.
      examples: by class, as `figure.choose` or `Builder.examples` gives them. The cell of a
        class without one is empty.
      counts: examples per class and split.
      side: pixels of an image's longer side, at least 128; 0 for 192, whole micrographs 320.

    Returns:
      An image, gray for patches and else RGB. Each example is stretched in contrast from its
      0.5th to its 99.5th percentile, and has a scale bar, and its points or boxes.
    """
    patches = isinstance(config, PatchesConfig)
    side = side or (192 if patches else 320)
    rows = -(-len(config.expected) // (7 if patches else 5))
    columns = -(-len(config.expected) // rows)
    high, width = side + BELOW + GAP, columns * (side + GAP) + GAP
    caption = _wrapped(_caption(config, full_name), width - 2 * GAP)
    size = width, GAP + rows * high + LINE * len(caption) + GAP
    page = Image.new("L" if patches else "RGB", size, "white")
    pen = ImageDraw.Draw(page)
    for place, name in enumerate(config.expected):
        x, y = GAP + place % columns * (side + GAP), GAP + place // columns * high
        numbers = " / ".join(str(counts[name][split]) for split in facts.SPLITS)
        example = examples.get(name)
        if example:
            picture = draw_example(example, side)
            page.paste(picture, (x, y + side - picture.height))
        else:
            pen.rectangle((x, y, x + side - 1, y + side - 1), outline=GRAY)
        number = example["id"].split("/", 2)[2] if example else "none in train"
        texts = name, f"{config.size_of(name)}; {numbers}", number
        styles = (15, 3, "black"), (12, 22, "black"), (11, 38, GRAY)
        for text, (points, down, color) in zip(texts, styles, strict=True):
            font = ImageFont.load_default(points)
            pen.text((x, y + side + down), _fitted(text, font, side), color, font)
    for line, text in enumerate(caption):
        pen.text((GAP, GAP + rows * high + line * LINE), text, "black", ImageFont.load_default(13))
    return page


def draw_example(example: Mapping[str, Any], side: int) -> Image.Image:
    """Draw one example, its longer side `side` pixels long."""
    height, width = example["image"].shape[:2]
    zoom = side / max(height, width)
    gray = Image.fromarray(drawing.stretched(example["image"].reshape(height, width)))
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    picture = gray.resize(size, Image.Resampling.LANCZOS).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for y0, x0, y1, x1 in example.get("objects", {}).get("bbox", ()):
        corners = np.array([x0, y0, x1, y1]) * np.array(size * 2) - [0, 0, 1, 1]
        pen.rectangle([round(c) for c in corners.tolist()], outline=YELLOW)
    points = (np.asarray(example.get("points", np.zeros((0, 2)))) * zoom).tolist()
    particle = example.get("particle", ())
    for number, (x, y) in enumerate(points):
        if number and particle[number] == particle[number - 1]:
            pen.line((*points[number - 1], x, y), YELLOW)
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), YELLOW)
    drawing.draw_bar(picture, float(example.get("nm_per_pixel", 1)) / zoom, style=BAR)
    return picture


def _caption(config: Config, full_name: str) -> str:
    patches = isinstance(config, PatchesConfig)
    kind = "phantoms" if not config.source else "patches" if patches else "micrographs"
    name, _, version = full_name.rpartition("/")
    rows = "class" if config.classes == tuple(config.expected) else "set"
    return (
        f"{name}, version {version}: {kind}{'' if config.source else ' (generated)'}. Below each: "
        f"{rows}; diameter of the particle; number of {kind} in {' / '.join(facts.SPLITS)}; which "
        f"one of train it is. {'' if patches else 'Yellow: the annotated particles. '}Contrast is "
        "stretched image by image."
    )


def _fitted(text: str, font: Any, width: int) -> str:
    """Return a text, or the part of its end that fits the width, in pixels."""
    short = text
    while font.getlength(short) > width:
        text = text[1:]
        short = f"...{text}"
    return short


def _wrapped(text: str, width: int) -> list[str]:
    font, lines = ImageFont.load_default(13), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
