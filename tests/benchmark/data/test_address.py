"""What `--data` names."""

import pytest

from benchmark.data import address
from benchmark.network_files import training_data
from tem_virus_dataset import builders


@pytest.mark.parametrize("name", builders.names())
def test_a_config_is_known_without_its_data_set(name: str) -> None:
    config = builders.config(name)
    assert address.address(config.name) == f"{config.dataset}/{config.name}"


@pytest.mark.parametrize("name", builders.names())
def test_the_source_of_every_config_is_known(name: str) -> None:
    source, _ = training_data.of(address.address(name))
    assert source != training_data.UNKNOWN


def test_a_new_data_set_is_not_taken_for_another() -> None:
    assert training_data.of("tem_other/patches_4class") == (training_data.UNKNOWN,) * 2
