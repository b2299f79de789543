import numpy as np
import pytest

from tem_virus_dataset.micrographs.patch import cut

PAD = 1000


@pytest.mark.parametrize("shape", [(700, 500), (256, 256), (300, 101), (40, 13), (1, 2)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_patch_is_cut_from_the_mirrored_micrograph(shape, dtype):
    rng = np.random.default_rng(0)
    micrograph = rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    padded = np.pad(micrograph, PAD, mode="symmetric")
    height, width = shape
    for y in (0, 1, height // 3, height - 1, height):
        for x in (0, width // 2, width - 1, width):
            top, left = PAD + y - 128, PAD + x - 128
            patch = cut(micrograph, x, y)
            assert patch.dtype == dtype
            np.testing.assert_array_equal(patch, padded[top : top + 256, left : left + 256])


@pytest.mark.parametrize("x, y", [(300, 200), (299.6, 200.4), (300.4, 199.6), (0, 0), (511, 399)])
def test_the_rounded_centre_lies_at_128_128(x, y):
    micrograph = np.zeros((400, 512), np.uint16)
    micrograph[round(y), round(x)] = 7
    assert cut(micrograph, x, y)[128, 128] == 7


def test_a_patch_is_a_copy():
    micrograph = np.zeros((300, 300), np.uint8)
    cut(micrograph, 150, 150)[:] = 1
    assert not micrograph.any()
