"""The page of a window: what it shows, and what its buttons do."""

from collections.abc import Sequence
from pathlib import Path

from nicegui import app, ui

from tem_virus_dataset.app import addresses, choices, messages, theme
from tem_virus_dataset.app.choices import Choice
from tem_virus_dataset.app.files_panel import FilesPanel
from tem_virus_dataset.app.job import Event
from tem_virus_dataset.app.model_panel import ModelPanel
from tem_virus_dataset.app.process import Prediction
from tem_virus_dataset.app.results_panel import ResultsPanel
from tem_virus_dataset.app.theme import panel
from tem_virus_dataset.app.window import Window, described
from tem_virus_dataset.errors import DatasetError

TITLE = "tem-virus"
NOTICE = (
    "Detects, classifies and measures virus particles in electron micrographs. Everything happens "
    "on this computer: the page is at 127.0.0.1, no image leaves it. "
)
WARNING = "For research, looked over by a person. Not for diagnosis."
# on a telephone the results are below the form
TO_RESULTS = """
if (innerWidth < 1000) document.querySelector("[aria-label=Results]").scrollIntoView()
"""


class Page:
    """A page in a browser, with its window."""

    def __init__(self, window: Window, models: Sequence[Choice]) -> None:
        """Draw it into the page that is being built."""
        self.window = window
        self.prediction: Prediction | None = None
        ui.colors(primary=theme.PRIMARY)
        ui.add_css(theme.STYLE)
        with ui.element("header").classes("top"):
            ui.html(f"<h1>{TITLE}</h1><p>{NOTICE}<strong>{WARNING}</strong></p>", sanitize=False)
        with ui.element("main").classes("page columns"):
            with ui.element("div"):
                self.files = FilesPanel(window, self.note)
                self.model = ModelPanel(window, models, self.note)
                self._buttons()
            with ui.element("div"):
                self.results = ResultsPanel(window)

    def _buttons(self) -> None:
        with panel("Predict"):
            with ui.element("div").classes("together"):
                self.predict_button = ui.button("Predict", on_click=self.predict)
                self.stop_button = ui.button("Stop", on_click=self.stop).props("outline")
                self.stop_button.disable()
            with ui.element("div").props('role="status" aria-live="polite"'):
                self.status = ui.label("Nothing is predicted yet.").classes("hint")
            self.bar = ui.linear_progress(0, show_value=False).props('aria-label="progress"')
            self.bar.set_visibility(False)

    def note(self, kind: str, text: str) -> None:
        """Show a message that belongs to no prediction."""
        self.results.say(kind, messages.shown(text, self.window.micrographs, self.window.networks))

    async def predict(self) -> None:
        """Predict all files; show what happens, and the results."""
        self.results.clear()
        self.window.forget_results()
        if self.files.is_busy:
            self.note("error", "micrographs: still being copied; wait until they are listed.")
            return
        choice = self.model.choice
        try:
            job = self.window.job(choice)
        except DatasetError as error:
            for line in str(error).splitlines():
                self.note("error", line)
            self.status.text = "Nothing was predicted: see the messages."
            return
        about = described(job, choice, self.window.files)
        self.prediction = prediction = Prediction(job)
        self._set_running(True)
        failed = 0
        try:
            async for event in prediction.events():
                failed += event.kind == "error"
                self._show(event)
        finally:
            self.prediction = None
            self._set_running(False)
        if prediction.is_stopped:
            self.window.forget_results()
            self.status.text = "Stopped. There are no results."
            return
        shown = await self.results.show(about)
        ui.run_javascript(TO_RESULTS)
        self.status.text = _ended(shown, failed)

    def stop(self) -> None:
        """End the prediction that runs."""
        if self.prediction:
            self.prediction.stop()

    def close(self) -> None:
        """End the prediction, and delete all files of the window."""
        self.stop()
        addresses.remove(self.window)
        self.window.delete()

    def _set_running(self, is_running: bool) -> None:
        self.predict_button.set_enabled(not is_running)
        self.stop_button.set_enabled(is_running)
        self.bar.set_visibility(is_running)
        self.bar.value = 0
        if is_running:
            self.status.text = "Loading the model …"

    def _show(self, event: Event) -> None:
        if event.kind == "started":
            self.status.text = f"{event.number} of {event.total}: {event.file}"
        elif event.kind == "finished":
            self.bar.value = event.number / event.total
        else:
            folders = (self.window.micrographs, self.window.out, self.window.networks)
            self.results.say(event.kind, messages.shown(event.text, *folders))


def _ended(micrographs: int, failed: int) -> str:
    done = f"Finished: {_counted(micrographs, 'micrograph')}." if micrographs else "No results."
    return f"{done} {_counted(failed, 'error')}: see the messages." if failed else done


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def build(root: Path) -> None:
    """Draw a new window into the page that is being built."""
    window = Window.below(root)
    addresses.register(window)
    page = Page(window, choices.released())
    ui.context.client.on_delete(page.close)
    app.on_shutdown(page.close)
