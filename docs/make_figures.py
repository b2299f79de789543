"""Draw docs/phantoms.png: one phantom patch of each class (python docs/make_figures.py)."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tem_virus_dataset import facts, patch, phantom

COLUMNS, GAP, NUMBER, BAR_NM = 7, 4, 6, 100
CAPTION = f"phantoms (generated), {facts.PATCH} x {facts.PATCH} nm each, bar {BAR_NM} nm"


def main() -> None:
    """Draw and write the picture."""
    side, rows = facts.PATCH // 2, -(-len(facts.CLASSES_14) // COLUMNS)
    sheet = Image.new("L", (COLUMNS * (side + GAP) - GAP, rows * (side + GAP) + 18), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for place, name in enumerate(facts.CLASSES_14):
        made = phantom.micrograph(name, NUMBER)
        values = patch.cut(made.image, *made.centres[0]).astype(np.float32)
        low, high = np.percentile(values, (0.5, 99.5))
        gray = Image.fromarray(np.uint8(np.clip((values - low) / (high - low), 0, 1) * 255))
        x, y = place % COLUMNS * (side + GAP), place // COLUMNS * (side + GAP)
        sheet.paste(gray.resize((side, side), Image.Resampling.LANCZOS), (x, y))
        draw.text((x + 4, y + 2), name, 255, font, stroke_width=1, stroke_fill=0)
    right = COLUMNS * (side + GAP) - GAP - 6
    draw.rectangle((right - BAR_NM // 2, y + side - 10, right, y + side - 7), 255, 0)
    draw.text((0, rows * (side + GAP)), CAPTION, 0, font)
    sheet.save(Path(__file__).parent / "phantoms.png", optimize=True)


if __name__ == "__main__":
    main()
