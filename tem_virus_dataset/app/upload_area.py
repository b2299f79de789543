"""A place where files are dropped or chosen; they are copied into a folder of the window."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import events, ui

from tem_virus_dataset.app import uploads

# Quasar's own header has a sign without words; this one has a button that a keyboard reaches.
HEADER = """
<div class="drop">
  <q-btn outline color="primary" label="{button}" @click="props.pickFiles">
    <q-uploader-add-trigger tabindex="-1"></q-uploader-add-trigger>
  </q-btn>
  <span>{hint}</span>
  <span v-if="props.isUploading" role="status">copying … {{{{ props.uploadProgressLabel }}}}</span>
</div>
"""
FAILED = (
    "a file could not be copied; expected space for it on the disk of temporary files. Make room, "
    "or name another folder with the variable TMPDIR; then choose the file again."
)


class UploadArea:
    """Files from a browser, each with a safe name of its own in a folder."""

    def __init__(
        self,
        folder: Path,
        texts: tuple[str, str],
        take: Callable[[Path], Awaitable[None]],
        fail: Callable[[str], None],
        accept: str = "",
    ) -> None:
        """Draw it.

        Args:
          folder: that the files are copied to; texts: of the button, and beside it.
          take: called with every file that is there; fail: with a message on one that is not.
          accept: suffix of the files to choose from, "" for all.
        """
        self.is_busy = False
        self._folder, self._take, self._fail = folder, take, fail
        self._names: set[str] = set()
        area = ui.upload(on_upload=self._save, multiple=True, auto_upload=True)
        button, hint = texts
        area.add_slot("header", HEADER.format(button=button, hint=hint))
        area.props(f'flat accept="{accept}"' if accept else "flat")
        area.on("start", lambda: setattr(self, "is_busy", True), args=[])
        area.on("finish", self._finish, args=[])
        area.on("failed", lambda: fail(FAILED), args=[])
        area.on("rejected", lambda: fail(f"a file was refused; expected {accept}."), args=[])
        self._area = area

    async def _save(self, upload: events.UploadEventArguments) -> None:
        name = uploads.safe_name(upload.file.name, self._names)
        self._names.add(name)
        path = self._folder / name
        try:
            await upload.file.save(path)
        except OSError as error:
            path.unlink(missing_ok=True)
            self._names.discard(name)
            self._fail(
                f"{name}: cannot be copied to {self._folder} ({error.strerror or error}); expected "
                "space for it. Make room, or name another folder with the variable TMPDIR."
            )
            return
        await self._take(path)

    def release(self, name: str) -> None:
        """Let a name be used again."""
        self._names.discard(name)

    def _finish(self) -> None:
        self.is_busy = False
        self._area.reset()
