"""The model of a window, its threshold, and the info strip."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from nicegui import ui

from tem_virus_dataset.app import choices
from tem_virus_dataset.app.choices import Choice
from tem_virus_dataset.app.theme import panel
from tem_virus_dataset.app.upload_area import UploadArea
from tem_virus_dataset.app.window import Window, as_text
from tem_virus_dataset.errors import DatasetError

HINT = "for a model of your own; or drop it here"
STRIP = {True: "found automatically", False: "its rows are given"}


class ModelPanel:
    """The fields that hold for all files."""

    def __init__(
        self, window: Window, models: Sequence[Choice], note: Callable[[str, str], None]
    ) -> None:
        """Draw them; `note` shows a message."""
        self._window, self._note = window, note
        self._choices = {choice.label: choice for choice in models}
        form = window.form
        with panel("Model"):
            self._select = ui.select(
                list(self._choices), label="model", value=next(iter(self._choices)),
                on_change=self._changed,
            ).props("outlined dense options-dense")  # fmt: skip
            self._threshold = ui.input("confidence threshold, 0 to 1")
            self._threshold.bind_value(form, "confidence")
            self._threshold.props("outlined dense inputmode=decimal").style("margin-top: 10px")
            self._hint = ui.label().classes("hint")
            self._intended_use = ui.markdown().classes("card")
            with ui.expansion("Model card: training data, scores, limits").classes("card"):
                self._card = ui.markdown()
            with ui.expansion("Another network's file (.onnx)"):
                UploadArea(
                    window.networks, ("Choose a file", HINT), self._take,
                    lambda text: note("error", text), accept=".onnx",
                )  # fmt: skip
            ui.checkbox("particles are darker than the stain").bind_value(form, "invert")
            ui.html('<h3 id="strip">Info strip</h3>', sanitize=False)
            ui.radio(STRIP).bind_value(form, "finds_strip").props('inline aria-labelledby="strip"')
            rows = ui.input("rows of the info strip, 0 for none").bind_value(form, "strip_rows")
            rows.props("outlined dense inputmode=numeric")
            rows.bind_visibility_from(form, "finds_strip", value=False)
        self._changed()

    @property
    def choice(self) -> Choice:
        """The chosen model."""
        return self._choices[self._select.value]

    def _changed(self) -> None:
        own = as_text(self.choice.confidence)
        self._window.form.confidence = own
        self._hint.text = f"{own} is the model's own: the best on validation micrographs."
        self._intended_use.content, self._card.content = parts(self.choice.card)

    async def _take(self, path: Path) -> None:
        try:
            choice = await asyncio.to_thread(choices.of_file, path)
        except (DatasetError, OSError) as error:
            self._note("error", str(error))
            path.unlink(missing_ok=True)
            return
        self._choices[choice.label] = choice
        self._select.set_options(list(self._choices), value=choice.label)


def parts(card: str) -> tuple[str, str]:
    """Return the intended use of a model card, which comes before its headings, and the rest."""
    _, _, text = card.partition("\n")  # without its title
    use, heading, rest = text.partition("\n## ")
    return use.strip(), f"{heading.strip()} {rest}".strip()
