"""The far rings of `open_set_14class`: generated pictures that show no virus of any kind.

All are drawn by the code below from a seed; no picture is copied. A network that calls a picture of
noise a virus needs no unknown virus to fail, so these rings are the easy end of the board.
"""

import hashlib
from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import NDArray

from leaderboard.open_set import boards
from tem_virus_dataset import facts
from tem_virus_dataset.phantoms import virus_exposure, virus_specimen

SIDE = facts.PATCH
Draw = Callable[[np.random.Generator], NDArray[np.floating]]  # (SIDE, SIDE), any range


def pictures(ring: str) -> NDArray[np.uint8]:
    """Return all pictures of a ring, (100, 256, 256, 1); the same at every call."""
    return np.stack([picture(ring, number) for number in range(boards.OF_RING)])


def picture(ring: str, number: int) -> NDArray[np.uint8]:
    """Return one picture, (256, 256, 1), from a random generator of its own.

    It is scaled to 8 bits as each official micrograph is.
    """
    draws, place = DRAWS[ring], list(boards.FAR).index(ring)
    values = draws[number % len(draws)](np.random.default_rng([place, number]))
    return _eight_bits(values)[..., None]


def digest(images: NDArray[np.uint8]) -> str:
    """Return the sha256 of the pixels of a ring."""
    return hashlib.sha256(np.ascontiguousarray(images).tobytes()).hexdigest()


def _eight_bits(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    low, high = float(values.min()), float(values.max())
    return np.rint((values - low) * (255 / (high - low))).astype(np.uint8)


def _background(rng: np.random.Generator) -> NDArray[np.floating]:
    empty = np.zeros((virus_specimen.FIELD, virus_specimen.FIELD), np.float32)
    return _centre(virus_exposure.expose(rng, empty))


def _debris(rng: np.random.Generator) -> NDArray[np.floating]:
    return _centre(virus_exposure.expose(rng, virus_specimen.debris(rng)))


def _centre(field: NDArray[np.uint16]) -> NDArray[np.floating]:
    first = (len(field) - SIDE) // 2
    return field[first : first + SIDE, first : first + SIDE].astype(np.float64)


def _clouds(rng: np.random.Generator) -> NDArray[np.floating]:
    return _filtered(rng, lambda f: 1 / (f + 1 / SIDE) ** rng.uniform(1.5, 2.5))


def _spots(rng: np.random.Generator) -> NDArray[np.floating]:
    period = rng.uniform(8, 40)
    band = _filtered(rng, lambda f: np.exp(-(((f * period - 1) / 0.25) ** 2)))
    return np.tanh(3 * band / band.std())


def _stripes(rng: np.random.Generator) -> NDArray[np.floating]:
    y, x = np.mgrid[:SIDE, :SIDE]
    angle, period = rng.uniform(0, np.pi), rng.uniform(6, 50)
    bend = _filtered(rng, lambda f: np.exp(-((f * SIDE / 3) ** 2)))
    along = x * np.cos(angle) + y * np.sin(angle) + rng.uniform(0, 15) * bend / bend.std()
    return np.sin(2 * np.pi * along / period) + 0.2 * rng.standard_normal((SIDE, SIDE))


def _cells(rng: np.random.Generator) -> NDArray[np.floating]:
    centres = rng.uniform(-20, SIDE + 20, (rng.integers(10, 150), 2))
    grid = np.moveaxis(np.mgrid[:SIDE, :SIDE], 0, -1).reshape(-1, 2)
    near, _ = scipy.spatial.cKDTree(centres).query(grid, k=2)
    wall = np.exp(-((near[:, 1] - near[:, 0]) / rng.uniform(2, 8)))
    return wall.reshape(SIDE, SIDE) + 0.1 * rng.standard_normal((SIDE, SIDE))


def _filtered(
    rng: np.random.Generator, transfer: Callable[[NDArray[np.floating]], NDArray[np.floating]]
) -> NDArray[np.floating]:
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None])
    wave = np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) * transfer(frequency)
    wave[0, 0] = 0
    return np.asarray(np.fft.irfft2(wave, s=(SIDE, SIDE)))


def _gaussian(rng: np.random.Generator) -> NDArray[np.floating]:
    return rng.standard_normal((SIDE, SIDE))


def _uniform(rng: np.random.Generator) -> NDArray[np.floating]:
    return rng.random((SIDE, SIDE))


def _poisson(rng: np.random.Generator) -> NDArray[np.floating]:
    return rng.poisson(rng.uniform(0.5, 5), (SIDE, SIDE)).astype(np.float64)


def _salt(rng: np.random.Generator) -> NDArray[np.floating]:
    share = rng.uniform(0.002, 0.1)
    return np.sign(rng.random((SIDE, SIDE)) - share) + np.sign(rng.random((SIDE, SIDE)) - 1 + share)


DRAWS: dict[str, tuple[Draw, ...]] = {
    "background": (_background,),
    "debris": (_debris,),
    "textures": (_clouds, _cells, _stripes, _spots),
    "noise": (_gaussian, _uniform, _poisson, _salt),
}
DIGESTS = {  # sha256 of the pixels of all pictures
    "background": "121de5a5941b06b36cc885146b528503d3bfe7e7f2e8431adfba99c93ae48f9e",
    "debris": "2aa4280b8977e421c79841695ca094c8177f06881897a5b8dc483d518556f594",
    "textures": "c3be2548d1ef80c1a4576a75cc9606b1aadeb82a306e925f76757513f4235754",
    "noise": "e22db9e540e2d4fe50b0cdd133426261d3d5750e31334a812589f22939823a88",
}
