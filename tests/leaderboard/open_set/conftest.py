import gzip

import pytest
from made_open_set import predicted

from leaderboard.open_set import boards, predictions, truth


@pytest.fixture(scope="module")
def official() -> truth.Truth:
    return truth.read(boards.OFFICIAL)


@pytest.fixture(scope="module")
def text(official, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("open_set") / "seed0.csv.gz"
    predictions.write(file, official, predicted(official))
    return gzip.decompress(file.read_bytes()).decode()
