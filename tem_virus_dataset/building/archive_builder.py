"""The base of the TFDS builders: read an archive once, build it whole or not at all."""

import collections
import dataclasses
import functools
import importlib.util
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds

from tem_virus_dataset import facts
from tem_virus_dataset.building import (
    beam,
    content_hash,
    exclusive,
    locate,
    place,
    preflight,
    prepared,
    rebuild,
    recorded_files,
)
from tem_virus_dataset.building.config import Config
from tem_virus_dataset.building.short_info import ShortInfo
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import manifest
from tem_virus_dataset.files.arguments import did_you_mean
from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.micrographs.job import Job

MOCKING = "tensorflow_datasets.testing.mocking"  # module of what `tfds.testing.mock_data` puts in


# TFDS has no types
class ArchiveBuilder(  # type: ignore[call-arg]
    tfds.core.GeneratorBasedBuilder, skip_registration=True
):
    """A builder of micrographs read from an archive, or generated.

    An example has `image`, 16-bit raw counts of one channel, `label`, `id` ("split/Class/name",
    unique) and `micrograph` ("split/Class/stem"), and what its config adds. A subclass names its
    configs and its `HOMEPAGE`.
    """

    HOMEPAGE: str

    def __init__(self, *, data_dir: Any = None, config: Any = None, **more: Any) -> None:
        """Look for prepared data; see `tfds.core.DatasetBuilder`.

        Args:
          data_dir: folder of the prepared data sets; `~` is the user's home.
          config: its name, or a config, be it a copy of one that the builder has.

        Raises:
          DatasetError: `data_dir` is the address of a bucket, or the config is unknown.
        """
        names = list(self.builder_configs)
        if isinstance(config, str) and config not in names:  # TFDS names some that are alike
            raise DatasetError(
                f"{self.name}/{config}: no such config{did_you_mean(config.lower(), names)}; "
                f"expected one of {', '.join(names)}. Correct its name."
            )
        known = self.builder_configs.get(getattr(config, "name", ""))
        if (
            known and isinstance(config, Config) and config.is_copy_of(known)
        ):  # TFDS takes it for another of the same name
            config = known.name
        super().__init__(data_dir=place.data_dir(data_dir), config=config, **more)

    def _info(self) -> tfds.core.DatasetInfo:
        config, metadata = self.builder_config, self.get_metadata()
        return ShortInfo(
            builder=self,
            description=metadata.description,
            citation=metadata.citation,
            features=tfds.features.FeaturesDict(
                {
                    **config.features(),
                    "label": config.label(),
                    "id": tfds.features.Text(),
                    "micrograph": tfds.features.Text(),
                }
            ),
            supervised_keys=("image", "label"),
            homepage=self.HOMEPAGE,
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        config = self.builder_config
        manual_dir = _manual_dir(dl_manager) if config.source else Path()
        listed = locate.jobs(config, manual_dir, may_download=not self._manual_dir_named)
        root = Path(self.data_dir).parents[1]
        if config.source:  # first, since it names the files
            known, record = config.source.recorded(root)
            recorded_files.check(config, listed, known, record)
        jobs = config.chosen(listed)
        counted: collections.Counter[tuple[str, str]] = collections.Counter()
        for job in jobs:
            counted[job.split, job.class_name] += job.count
        content_hash.check_counts(counted, config.expected, str(manual_dir), config.estimated)
        if config.source:
            # All that is listed, even what is left out: the record must name the whole archive, or
            # the next config would take the rest for foreign files.
            listed = config.source.with_checksums(listed, root)
            if not self._beam:  # Beam's workers read each file once only
                manifest.record(config.source.record_file(root), preflight.check_sources(listed))
            jobs = config.chosen(listed)
        return {
            split: self._generate_examples([job for job in jobs if job.split == split])
            for split in facts.SPLITS
        }

    def _generate_examples(self, jobs: list[Job]) -> Any:
        """Return an iterator of (id, example); under Beam a transform that yields them."""
        examples_of = functools.partial(encoded, self.builder_config)
        if not self._beam:
            return itertools.chain.from_iterable(in_threads(examples_of, jobs))
        import apache_beam  # an extra

        return apache_beam.Create(jobs) | apache_beam.FlatMap(examples_of)

    _manual_dir_named = False  # whether the user named the folder with the archive
    _beam = False  # whether the build runs under Apache Beam

    def download_and_prepare(
        self, *, download_config: Any = None, file_format: Any = None, **kwargs: Any
    ) -> None:
        """Build the config unless it is there; see `tfds.core.DatasetBuilder`.

        The modes `REUSE_CACHE_IF_EXISTS` and `FORCE_REDOWNLOAD` build it again. The old data stay
        until the new are complete. An archive that is there is not downloaded again.

        Raises:
          DatasetError: bad input, no place to build in, `max_examples_per_split`, or prepared in
            another format than `file_format`. No incomplete build stays behind. Where another
            process builds the config, this one waits for its result.
        """
        if _is_mocked():
            return super().download_and_prepare()
        given = download_config or tfds.download.DownloadConfig()
        manual_dir, mode = place.manual_dir(given.manual_dir), _mode(given)
        given = dataclasses.replace(given, manual_dir=manual_dir, download_mode=mode)
        if mode == tfds.GenerateMode.UPDATE_DATASET_INFO:
            self.check_prepared()
        reuses = self.data_path.exists() and not mode.overwrite_dataset
        file_format = file_format or self._format_without_tensorflow()
        chosen = prepared.written_format(file_format or self.info.file_format)
        if not reuses:  # before a build that could not write its examples
            prepared.require_writer(chosen, str(self.data_dir))
        kwargs |= {"download_config": given, "file_format": file_format}
        if reuses:  # TFDS moves only complete builds there
            self.check_prepared()
            super().download_and_prepare(**kwargs)
        else:
            _check_whole(given)
            self._manual_dir_named = bool(manual_dir)
            self._beam = bool(given.beam_runner or given.beam_options)
            self._build(mode, kwargs)
        return self._check_format(file_format and chosen)

    def _build(self, mode: tfds.GenerateMode, kwargs: dict[str, Any]) -> None:
        """Build alone, with enough space: a config that is absent, or beside its old data."""
        folder, megabytes = Path(self.data_dir).parent, self.builder_config.megabytes
        with exclusive.exclusive_build(folder, megabytes), beam.workers_errors():
            rebuild.restore(Path(self.data_dir))
            if not self.data_path.exists():
                exclusive.check_space(folder, megabytes)
                super().download_and_prepare(**kwargs)
            elif mode.overwrite_dataset:
                exclusive.check_space(folder, megabytes)
                kwargs["file_format"] = kwargs["file_format"] or self.info.file_format
                with rebuild.beside(self):
                    super().download_and_prepare(**kwargs)
            else:  # built while we waited, or put back
                self.info.read_from_directory(self.data_dir)

    def _format_without_tensorflow(self) -> str | None:
        """Return the format to build where none is named and TensorFlow is not installed."""
        if self.data_path.exists() or importlib.util.find_spec("tensorflow"):
            return None
        return "array_record" if importlib.util.find_spec("array_record") else "tfrecord"

    def _check_format(self, wanted: str | None) -> None:
        """Raise `DatasetError` where the config is already prepared in another format."""
        if wanted and wanted != self.info.file_format.value:
            raise DatasetError(
                f"{self.data_dir}: prepared as {self.info.file_format.value}; expected {wanted}. "
                "A folder holds one format: name another data_dir, or delete this folder."
            )

    def check_prepared(self) -> None:
        """Raise `DatasetError` where the config has not been built in this data_dir."""
        if _is_mocked():
            return
        if not self.data_path.exists():
            how_to_get = f"{self.builder_config.how_to_get} ".lstrip()
            raise DatasetError(
                f"{self.data_dir}: not prepared. {how_to_get}"
                f"{locate.prepare_command(self.builder_config)} "
                "(and --data-dir, if you name one here)"
            )
        if not (self.data_path / "dataset_info.json").exists():
            raise DatasetError(
                f"{self.data_dir}: has no dataset_info.json; expected complete prepared data. "
                "Delete the folder, and prepare the config again."
            )

    def as_dataset(self, *args: Any, **kwargs: Any) -> Any:
        """Read prepared data as `tf.data.Dataset`; see `tfds.core.DatasetBuilder`.

        Raises:
          DatasetError: they are not prepared; it says how to get them.
        """
        self.check_prepared()
        return super().as_dataset(*args, **kwargs)

    def as_data_source(self, *args: Any, **kwargs: Any) -> Any:
        """Read prepared data by random access; see `as_dataset`."""
        self.check_prepared()
        return super().as_data_source(*args, **kwargs)

    def examples(self) -> Iterator[dict[str, Any]]:
        """Read every prepared example, split by split; see `prepared.examples`."""
        self.check_prepared()
        return prepared.examples(self)


def _is_mocked() -> bool:
    """Return whether `tfds.testing.mock_data` makes up examples: then nothing is prepared."""
    return tfds.core.DatasetBuilder.download_and_prepare.__module__ == MOCKING


def _check_whole(given: tfds.download.DownloadConfig) -> None:
    """Refuse a build of some examples, which every later user of the folder takes for all."""
    if given.max_examples_per_split is not None:
        raise DatasetError(
            f"max_examples_per_split={given.max_examples_per_split}: a build is of all examples, "
            "since what is prepared is later read as the whole config; expected none. Leave it "
            'out, and load fewer: split="train[:10]".'
        )


def _mode(given: tfds.download.DownloadConfig) -> tfds.GenerateMode:
    """Return how to treat data that are there; a text is read as the mode of that name."""
    try:
        return tfds.GenerateMode(str(getattr(given.download_mode, "value", given.download_mode)))
    except ValueError as error:
        known = ", ".join(mode.name for mode in tfds.GenerateMode)
        raise DatasetError(
            f"download_mode={given.download_mode!r}: unknown; expected one of {known}."
        ) from error


def _manual_dir(dl_manager: tfds.download.DownloadManager) -> Path:
    try:
        return Path(dl_manager.manual_dir)
    except (AssertionError, NotADirectoryError):  # the former: absent or empty
        return Path(dl_manager._manual_dir)


def encoded(config: Config, job: Job) -> list[tuple[str, dict[str, Any]]]:
    """Return the examples of one micrograph: a pure function of its files' bytes."""
    examples = []
    for item in job.items():
        name, features = config.encode(job, item)
        more = {"label": config.class_of(job), "id": name, "micrograph": job.micrograph}
        examples.append((name, {**features, **more}))
    return examples


def instructions(configs: Iterable[Config]) -> str:
    """Return how to get the archive of each config, a line for each."""
    return "\n".join(f"{c.name}: {c.how_to_get or 'needs nothing.'}" for c in configs)
