"""Configs and builders are copied, and sent to other processes; what they print fits a screen."""

import copy
import multiprocessing
import pickle
import textwrap

import cloudpickle
import pytest

from tem_virus_dataset import Builder, builders

COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "cloudpickle": lambda thing: cloudpickle.loads(cloudpickle.dumps(thing)),
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("name", builders.names())
def test_a_config_and_its_builder_can_be_copied(name, copied, tmp_path):
    config, builder = builders.config(name), builders.named(name, tmp_path)
    twin = copied(config)
    assert twin is not config
    assert (twin.name, twin.expected, twin.classes) == (
        config.name,
        config.expected,
        config.classes,
    )
    assert copied(builder).data_dir == builder.data_dir
    assert builders.BUILDERS[config.dataset](config=twin).builder_config is config


def test_they_reach_a_spawned_process(tmp_path):
    things = [builders.config("patches_22class"), builders.named("tem_exosome/cbia", tmp_path)]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        names = pool.map_async(name_of, things).get(timeout=300)
    assert names == ["patches_22class", "tem_exosome"]


def name_of(thing):
    return thing.name


def test_another_config_of_the_same_name_is_still_refused(tmp_path):
    twin = copy.deepcopy(builders.config("patches_14class"))
    twin.expected["Orf"]["train"] += 1
    with pytest.raises(ValueError, match="Change the name"):
        Builder(config=twin, data_dir=tmp_path)


@pytest.mark.parametrize("name", builders.names())
def test_what_is_printed_of_a_config_fits_a_screen(name, tmp_path):
    text = repr(builders.named(name, tmp_path).info)
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, 80) or [""]]
    assert len(lines) <= 23, text  # and the prompt


def test_what_is_printed_names_the_prepared_splits(phantom_dir):
    text = repr(Builder(config="phantom_14class", data_dir=phantom_dir).info)
    assert "tem_virus/phantom_14class/1.0.0" in text
    assert "splits     train 292, validation 112, test 84" in text
    assert "ClassLabel(shape=(), dtype=int64, num_classes=14)" in text


def test_a_config_is_of_its_builder_and_no_other_data_set_has_its_name():
    """Records lie in a folder of the config's name alone, and commands take it alone."""
    pairs = [(d, c) for d, b in builders.BUILDERS.items() for c in b.builder_configs.values()]
    assert all(config.dataset == data_set for data_set, config in pairs)
    assert len({config.name for _, config in pairs}) == len(pairs)
