"""Packages of classifiers for bioimage.io: valid, and they predict what the command predicts."""

import dataclasses
import io
import zipfile

import numpy as np
import pytest

from tem_virus_dataset.__main__ import main
from tem_virus_dataset.networks import classifier, d4_transforms, onnx_network, ready
from tem_virus_dataset.predict import models

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("bioimageio.spec")

from bioimageio.spec import ValidationContext  # noqa: E402

from tem_virus_dataset.bioimageio import description, graph, package  # noqa: E402

CLASSIFIER = models.find("virus-classifier")
# The outputs depend on the orientation of an image: the views of a patch differ.
SMALL = """
<ir_version: 8, opset_import: ["": 15]>
small (float[n, 64, 64, 1] images) => (float[n, 3] probabilities, float[n] distance) {
  columns = ReduceMean<axes=[1, 3], keepdims=0>(images)
  products = MatMul(columns, weights)
  probabilities = Softmax<axis=1>(products)
  distance = ReduceL2<axes=[1], keepdims=0>(products)
}
"""
WEIGHTS = np.random.default_rng(1).normal(0, 20, (64, 3)).astype(np.float32)


@pytest.fixture
def patches() -> np.ndarray:
    """Three patches without any symmetry, and a constant one."""
    rng = np.random.default_rng(5)
    values = rng.integers(0, 60000, (4, 256, 256, 1)).astype(np.uint16)
    values[:, :70, :30] //= 9
    values[3] = 77
    return values


def run(content: bytes, patches):
    session = onnxruntime.InferenceSession(content)
    return session.run(None, {graph.INPUT: patches.astype(np.float32)})


def test_the_graph_predicts_what_the_command_predicts(patches) -> None:
    stated = onnx_network.load(CLASSIFIER).metadata
    complete = graph.complete(onnx.load(CLASSIFIER), stated, "file")
    expected = models.load("virus-classifier").classify(patches)
    np.testing.assert_allclose(run(complete.SerializeToString(), patches)[0], expected, atol=2e-6)


@pytest.mark.parametrize(("tta", "temperature"), [(1, None), (8, None), (4, 0.5)])
def test_all_settings_and_a_second_output(patches, tta, temperature) -> None:
    network = onnx.parser.parse_model(SMALL)
    network.graph.initializer.append(onnx.numpy_helper.from_array(WEIGHTS, "weights"))
    stated = dataclasses.replace(
        onnx_network.load(CLASSIFIER).metadata, image_size=64, tta=tta, temperature=temperature
    )
    complete = graph.complete(network, stated, "file")
    probabilities, distance = run(complete.SerializeToString(), patches)
    images = classifier.standardized(patches, 64)
    products = [
        d4_transforms.applied(images, number).mean(axis=(1, 3)) @ WEIGHTS for number in range(tta)
    ]
    powers = [np.exp(values - values.max(axis=1, keepdims=True)) for values in products]
    mean = np.mean([values / values.sum(axis=1, keepdims=True) for values in powers], axis=0)
    expected = mean ** (1 / (temperature or 1))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)
    lengths = np.mean([np.linalg.norm(values, axis=1) for values in products], axis=0)
    np.testing.assert_allclose(distance, lengths, rtol=1e-4, atol=1e-5)


def test_a_package_is_valid_and_holds_its_test(tmp_path, capsys) -> None:
    target = tmp_path / "a b.zip"
    assert main(["export", "--bioimageio", "--out", str(target)]) == 0
    assert "valid for bioimage.io" in capsys.readouterr().out
    from bioimageio.spec import load_description_and_validate_format_only

    assert load_description_and_validate_format_only(target).status != "failed"
    with zipfile.ZipFile(target) as package:
        patch = np.load(io.BytesIO(package.read("patches.npy")))
        stated = np.load(io.BytesIO(package.read("probabilities.npy")))
        weights = package.read("weights.onnx")
        card = package.read("README.md").decode()
    np.testing.assert_allclose(run(weights, patch)[0], stated, rtol=1e-3, atol=1e-5)
    assert "Not for diagnosis" in card
    assert "# Validation" in card
    assert [file.name for file in tmp_path.iterdir()] == ["a b.zip"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["virus-detector", "--bioimageio"], "expected a classifier"),
        (["--bioimageio", "--out", "gone/a.zip"], "a folder that does not exist"),
        (["--bioimageio", "--out", "a.onnx"], "no name of a zip"),
        (["virus-clasifier", "--bioimageio"], "did you mean 'virus-classifier'"),
    ],
)
def test_what_cannot_be_exported(tmp_path, monkeypatch, capsys, arguments, found) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) == 1
    said = capsys.readouterr().err
    assert found in said
    assert len(said.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_patches_have_the_pixel_size_that_the_command_takes(tmp_path) -> None:
    for suffix in ("npy", "tif"):
        (tmp_path / f"{graph.INPUT}.{suffix}").touch()
    stated = onnx_network.load(CLASSIFIER).metadata
    for nm_per_pixel in (stated.nm_per_pixel, None):  # None: trained on images of one's own
        of_images = dataclasses.replace(stated, nm_per_pixel=nm_per_pixel, image_size=64)
        expected = 1.0 if nm_per_pixel is None else nm_per_pixel * 64 / 256
        assert ready.used_patch_size(of_images) == expected
        with ValidationContext(root=tmp_path, perform_io_checks=False):
            axis = description._input(of_images).axes[1]
        assert (axis.size, axis.scale) == (256, expected)
        text = package._documentation(CLASSIFIER, of_images)
        assert f"256x256 pixels at {expected:g} nm per pixel" in text


def test_a_classifier_of_ones_own_states_nothing_of_ours(tmp_path) -> None:
    network, stated = onnx.load(CLASSIFIER), onnx_network.load(CLASSIFIER).metadata
    names = ["Größe (voll)", "IgG+", "2 nm", "a b", "a-b", "class", *stated.classes[6:]]
    own = dataclasses.replace(
        stated, classes=names, data="folder/mine", tta=1, temperature=None, scores={},
        nm_per_pixel=None,
    )  # fmt: skip
    onnx.helper.set_model_props(network, own.properties())
    file, target = tmp_path / f"Größe{'+tta=1' * 20}-s0.onnx", tmp_path / "mine.zip"
    file.write_bytes(network.SerializeToString())
    package.write(file, target)
    with zipfile.ZipFile(target) as packed:
        described, text = packed.read("rdf.yaml").decode(), packed.read("README.md").decode()
    assert "description: Probability of each class.\n" in described
    assert "Classifies patches of 11 classes in transmission" in described
    for wrong in ("orientations", "calibrated", "viruses", "negative-stain", "Apache", "10.1016"):
        assert wrong not in described
    assert "runs on patches of 256x256 pixels at 1 nm per pixel" in text
    assert "orientations" not in text
    assert "Größe (voll), IgG+" in text
    plain = ["Größe__voll_", "IgG_", "_2_nm", "a_b", "a_b_2", "_class", *names[6:]]
    assert description.identifiers(names) == [name.replace(" ", "_") for name in plain]


def test_a_card_that_was_edited_by_hand(tmp_path, capsys) -> None:
    file, target = tmp_path / "mine.onnx", tmp_path / "mine.zip"
    file.write_bytes(CLASSIFIER.read_bytes())
    card = "# Größe\r\n\r\nMein Netz.\r\n"
    file.with_suffix(".md").write_bytes(card.encode("utf-8-sig"))
    package.write(file, target)
    with zipfile.ZipFile(target) as packed:
        text = packed.read("README.md").decode()
    assert text.startswith("# Größe\n\nMein Netz.\n\n## Validation\n")
    target.unlink()
    file.with_suffix(".md").write_bytes(card.encode("latin-1"))
    assert main(["export", str(file), "--bioimageio", "--out", str(target)]) == 1
    assert "mine.md: byte 4 is not UTF-8; expected" in capsys.readouterr().err
    assert not target.exists()


def test_another_version_of_the_operators() -> None:
    network = onnx.parser.parse_model(SMALL.replace('"": 15', '"": 17'))
    stated = onnx_network.load(CLASSIFIER).metadata
    with pytest.raises(models.DatasetError, match=r"mine.onnx: .* version 17 .* expected 15"):
        graph.complete(network, stated, "mine.onnx")
