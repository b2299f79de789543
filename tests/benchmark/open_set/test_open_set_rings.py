"""The far rings: the same pictures on every machine, and no two alike."""

import hashlib

import numpy as np
import pytest

from benchmark.open_set import rings
from leaderboard.open_set import boards

GOLDEN = {  # sha256 of single pictures
    ("background", 0): "c1f2c40e7a7a3fd6b55fedb1567aa79c50ffb53e303bac939f20bc42755b1fef",
    ("debris", 1): "833091044e74eb49b494bfd89f08d59a1bbc3e4d0836ef3b3aea8728c56c30ac",
    ("textures", 0): "197d6318c539eaa5bf689263c76a87c0620da007ec57a21e147ab805fdb7f80c",
    ("textures", 1): "158374be00dd9cf96b3392d7ac2a1b095da54b008ab2c666a2cb84f6ac48fe1d",
    ("textures", 2): "a5a751f99ab0ab5c067fe6b9101a70a6c342fa307002afefc0687e036a7810ee",
    ("textures", 3): "6ac0d11d01a713e350c610b663278eeb7704a5bcc62ffc0a38e960fa8b9ff0f6",
    ("noise", 0): "d810bd2ddc7da3ba7899fd8e6b0a64a5a441fed5ab45cedcf3984b575ad66822",
    ("noise", 1): "5cd637a325935afc69caaa6672e1c7cd938d76ed003fae7e6809507de5d48b86",
    ("noise", 2): "09ce25fdb6016a21eb1e3070401cbda9a6f6635fd878933efbc98652a9044f07",
    ("noise", 3): "495b8db3a5e3604e9a13ea7263f7e0a973c72f99623ed14fc1f137bf5355353d",
}


@pytest.mark.parametrize(("ring", "number"), GOLDEN)
def test_a_picture_is_the_one_of_the_board(ring: str, number: int) -> None:
    found = rings.picture(ring, number)
    assert (found.shape, found.dtype) == ((256, 256, 1), np.uint8)
    assert (found.min(), found.max()) == (0, 255)
    assert hashlib.sha256(found.tobytes()).hexdigest() == GOLDEN[ring, number]


def test_every_ring_of_the_board_is_drawn_and_pictures_differ() -> None:
    assert set(rings.DRAWS) == set(rings.DIGESTS) == set(boards.FAR)
    kinds = len(rings.DRAWS["noise"])
    assert len({rings.digest(rings.picture("noise", n)) for n in range(2 * kinds)}) == 2 * kinds
