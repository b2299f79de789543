"""Take the picture app.jpg of the window, with phantoms alone. It needs Chromium.

python docs/make_window_figure.py
"""

import base64
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

HELPERS = Path(__file__).parents[1] / "tests" / "helpers"
sys.path[:0] = [str(HELPERS / name) for name in ("common", "dataset")]

import chromium  # noqa: E402
from driven_window import DrivenWindow, served, write_phantom  # noqa: E402

PHANTOMS = ("Rift Valley", "CCHF", "Norovirus")
WIDTH, SHOWN = 1280, 1000  # pixels: of the window, of the picture


def main() -> None:
    """Predict three phantoms in a window, and write its picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        starting = chromium.start(folder / "profile")
        browser = next(starting)
        with served(folder) as (address, _):
            window = DrivenWindow(browser, address, WIDTH)
            for virus in PHANTOMS:
                window.upload(write_phantom(folder / f"phantom {virus}.tif", virus))
            window.predict()
            window.wait(lambda: window.overlay()[1])
            _write(browser, Path(__file__).with_name("app.jpg"))
        next(starting, None)


def _write(browser, file: Path) -> None:  # type: ignore[no-untyped-def]
    height = browser.execute_script("return document.scrollingElement.scrollHeight")
    part = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd(
        "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": part}
    )
    picture = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
    size = SHOWN, round(picture.height * SHOWN / WIDTH)
    picture.resize(size, Image.Resampling.LANCZOS).save(file, quality=70, optimize=True)


if __name__ == "__main__":
    main()
