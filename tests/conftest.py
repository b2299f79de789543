import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import numpy as np
import pytest
import running
import small_archive
import small_data
import tensorflow_datasets as tfds
import threadpoolctl
from project_paths import PYTHONPATH, ROOT

from tem_virus_dataset import Builder
from tem_virus_dataset.__main__ import main

if TYPE_CHECKING:
    import keras

SHARED = Path(os.environ.get("TEM_VIRUS_SHARED", ROOT.parent / "shared"))

os.environ["TEM_VIRUS_CACHE"] = ""  # no test depends on scores of an earlier one
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")

if "PYTEST_XDIST_WORKER" not in os.environ:  # workers have their variables from this process
    # Locks, sockets and what is left of killed processes lie in a folder that is removed in the
    # end; the folders of tests stay where pytest keeps them. The name is short for Ray's sockets.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="tem-")
    atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)

tfds.disable_progress_bar()

if "PYTEST_XDIST_WORKER" in os.environ:  # its share of the cores: more threads wait and spin
    share = max(1, (os.cpu_count() or 1) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))
    for variable in THREADS:
        os.environ.setdefault(variable, str(share))
    threadpoolctl.threadpool_limits(share)  # NumPy is there already


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return the folder of a name, filled by whichever process of this session is the first.

    The others wait meanwhile; what is in it is only to be read.
    """
    own = tmp_path_factory.getbasetemp()
    root = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = root / name, root / f"{name}.done"
        root.mkdir(exist_ok=True)
        with filelock.FileLock(root / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of one that failed
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def phantom_dir(once: Callable[..., Path]) -> Path:
    """A data_dir with `phantom_14class` prepared: 488 patches, made once; only to be read."""

    def fill(data_dir: Path) -> None:
        Builder(config="phantom_14class", data_dir=data_dir).download_and_prepare()

    return once("phantom", fill)


@pytest.fixture(scope="session")
def array_dir(once: Callable[..., Path]) -> Path:
    """A data_dir with `phantom_14class` as array_record, by the command; only to be read."""
    pytest.importorskip("array_record", reason="needs array_record, which not every system has")

    def fill(data_dir: Path) -> None:
        options = ["--data-dir", str(data_dir), "--file-format", "array_record"]
        assert main(["prepare", "phantom_14class", *options]) == 0

    return once("array", fill)


@pytest.fixture(scope="session")
def archive(once: Callable[..., Path]) -> Path:
    """A manual dir with the small archive, unpacked, of 16 bits; only to be read."""
    return once("archive", small_archive.write)


@pytest.fixture(scope="session")
def archive_zip(archive: Path, once: Callable[..., Path]) -> Path:
    """The small archive as one zip, as it is downloaded; only to be read."""
    name = "TEM virus dataset.zip"
    return once("zip", lambda folder: small_archive.pack(archive, folder / name)) / name


@pytest.fixture(scope="session")
def small_dir(archive: Path, once: Callable[..., Path]) -> Path:
    """A data_dir with the small archive prepared; only to be read."""
    return once("small", lambda data_dir: small_archive.build(archive, data_dir))


@pytest.fixture(scope="session")
def small(once: Callable[..., Path]) -> Path:
    """A folder with data.npz, records/ and runs/ of one small run; only to be read."""
    import small_run

    return once("run", small_run.write)


@pytest.fixture(scope="session")
def data_file(once: Callable[..., Path]) -> Path:
    """The small generated config as a file; only to be read."""
    return once("data", lambda folder: small_data.write(folder / "small.npz")) / "small.npz"


@pytest.fixture(scope="session")
def scenes_file(once: Callable[..., Path]) -> Path:
    """The small generated micrographs with boxes as a file; only to be read."""
    import small_scenes

    return once("scenes", lambda folder: small_scenes.write(folder / "scenes.npz")) / "scenes.npz"


@pytest.fixture(scope="session")
def finished(data_file: Path, once: Callable[..., Path]) -> Path:
    """A folder with the runs and records of a finished run; only to be read."""
    arguments = ["--models", "tiny_classifier", "--data", data_file, *running.FAST, "epochs=6"]

    def fill(folder: Path) -> None:
        assert running.do_inside(folder, *arguments) == 0

    return once("finished", fill)


@pytest.fixture
def tiny_detector() -> Iterator[str]:
    """The name of a detector of few layers that this process and runs that it begins know."""
    with running.tiny_models():
        yield "tiny_detector"


@pytest.fixture(scope="session")
def like_trained() -> "keras.Model":
    """`d4_cnn` at 64 pixels and 5 classes, with weights as after a training; only to be read."""
    import keras

    from benchmark.models import registry
    from benchmark.training.averaging import BatchStatistics

    keras.utils.set_random_seed(0)
    network = registry.model("d4_cnn").build((64, 64, 1), 5, registry.Options())
    rng = np.random.default_rng(0)
    for weight in network.trainable_variables:  # none at its first value
        weight.assign(np.asarray(weight) * rng.uniform(0.5, 1.5, weight.shape))
    images = rng.normal(size=(64, 64, 64, 1)).astype(np.float32)
    BatchStatistics(network).set([images])  # which fit the weights
    return network


@pytest.fixture(scope="session")
def pages(small: Path, once: Callable[..., Path]) -> Path:
    """The report of the small run, with images and saliency maps; only to be read."""
    from benchmark.report import __main__ as report

    options = {"--data": "data.npz", "--records": "records", "--runs": "runs"}
    paths = [text for name, file in options.items() for text in (name, str(small / file))]

    def fill(out: Path) -> None:
        assert report.main([*paths, "--out", str(out)]) == 0

    return once("pages", fill)


@pytest.fixture(scope="session")
def detector_pages(scenes_file: Path, once: Callable[..., Path]) -> Path:
    """A folder with the records of a detector, and `out`, the report of them; only to be read."""
    import made_detector
    import small_scenes
    from made_detector import HISTORY
    from small_report import make

    def fill(folder: Path) -> None:
        scenes = small_scenes.small_scenes()
        made_detector.add(
            folder / "records", right=0.6, scenes=scenes, history=HISTORY, best_epoch=3
        )
        assert make(folder, folder / "out", "--data", scenes_file) == 0

    return once("detector_pages", fill) / "out"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A headless Chromium, driven by selenium."""
    import chromium

    yield from chromium.start(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="session")
def site_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with records, submissions and published rows for the site; only to be read."""
    import small_site

    from leaderboard.ranking import published

    folder = tmp_path_factory.mktemp("source")
    small_site.write(folder)
    small_site.write_published(folder / "published.csv", published.FILES["classification"])
    return folder


@pytest.fixture(scope="session")
def site(site_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of these; only to be read."""
    from leaderboard.ranking import published
    from leaderboard.site.__main__ import main as write_site

    out = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(published.FILES, "classification", site_source / "published.csv")
        assert write_site(["--out", str(out), "--records", str(site_source / "records")]) == 0
    return out


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that does not belong to the project."""
    if not (SHARED / "data").is_dir():
        pytest.skip("needs the shared data; set TEM_VIRUS_SHARED to the folder that holds data/")
    return SHARED / "data"


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[..., subprocess.Popen]:
    """Start Python code in a process of its own, in another folder, with this project's modules."""

    def start(code: str, *arguments: object, path: str = PYTHONPATH):
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start
