"""Phantoms: generated micrographs of the 14 classes, for config `phantom_14class`.

Nothing is downloaded and nothing is copied from a real micrograph. A phantom is a layer of stain
of uneven depth that pools around particles and is kept out by them, imaged through a weak-phase
contrast transfer function with shot noise. It exercises the pipeline and shows that a model can
learn; a score on phantoms says nothing about real viruses.

Sizes are those of Matuszewski & Sintorn 2021, Table 1.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np

from tem_virus_dataset import facts, phantom_shapes, splits

SIZE = 552  # side of a micrograph in pixels of 1 nm, the same for every class
RIM = 12  # pixels around it that are drawn and cut off, since Fourier space wraps there
FIELD = SIZE + 2 * RIM
PER_CLASS = 10  # micrographs of a class
WAVELENGTH = 0.0037  # nm, of electrons at 100 kV
FULL_SCALE = 4095  # of a 12-bit camera
MARGIN = 100  # nm between a centre and the border of what is drawn, at least


@dataclasses.dataclass(frozen=True)
class PhantomMicrograph:
    """One generated micrograph.

    Attributes:
      split: train, validation or test, dealt by the representative rule within the class.
      class_name: the virus, spelled as in `facts.CLASSES_14`.
      stem: `phantom_00` to `phantom_09`.
      image: (552, 552) uint16 raw counts, 0 to 4095, 1 nm per pixel.
      centres: x, y in pixels from the top left; one patch is cut around each.

    """

    split: str
    class_name: str
    stem: str
    image: np.ndarray
    centres: tuple[tuple[int, int], ...]


def micrographs(seed: int = 0) -> Iterator[PhantomMicrograph]:
    """Generate all 140 micrographs, by class in label order, then by number.

    Args:
      seed: not negative; the same seed gives the same pictures.

    Yields:
      The micrographs, each made from a generator of its own.

    """
    for class_name in facts.CLASSES_14:
        for number in range(PER_CLASS):
            yield micrograph(class_name, number, seed)


def micrograph(class_name: str, number: int, seed: int = 0) -> PhantomMicrograph:
    """Generate one micrograph: the same as `micrographs(seed)` yields in its place.

    Args:
      class_name: one of `facts.CLASSES_14`.
      number: 0 to 9.
      seed: not negative.

    """
    stem, split, count = design(class_name)[number]
    rng = np.random.default_rng([seed, facts.CLASSES_14.index(class_name), number])
    draw = _filament if class_name in ("Ebola", "Marburg") else _particles
    protein = np.zeros((FIELD, FIELD), np.float32)
    _debris(rng, protein)
    centres = np.rint(draw(rng, protein, class_name, count)).astype(int) - RIM
    image = _expose(rng, protein)[RIM:-RIM, RIM:-RIM].copy()
    return PhantomMicrograph(
        split, class_name, stem, image, tuple((int(x), int(y)) for x, y in centres)
    )


def design(class_name: str) -> list[tuple[str, str, int]]:
    """Stem, split and number of centres of a class's micrographs, by number, for every seed."""
    counts = {f"phantom_{number:02d}": _count(class_name, number) for number in range(PER_CLASS)}
    dealt = splits.representative(counts)
    return [(stem, dealt[stem], count) for stem, count in counts.items()]


def expected_counts() -> facts.Counts:
    """Patches of each class and split, without generating a picture; the same for every seed."""
    counts = {name: dict.fromkeys(facts.SPLITS, 0) for name in facts.CLASSES_14}
    for name in facts.CLASSES_14:
        for _, split, count in design(name):
            counts[name][split] += count
    return counts


def _count(class_name: str, number: int) -> int:
    """Return the number of centres, 2 to 5: fixed by design, so that no chance decides it."""
    return 2 + (facts.CLASSES_14.index(class_name) + 3 * number) % 4


def _paste(
    rng: np.random.Generator,
    protein: np.ndarray,
    shape: phantom_shapes.Shape,
    centre: np.ndarray,
    radius: float,
) -> None:
    """Draw one particle, turned at random, over what is there; past the border it is cut off."""
    low = np.clip(np.floor(centre - 2 * radius - 8), 0, FIELD).astype(int)
    high = np.clip(np.ceil(centre + 2 * radius + 8), 0, FIELD).astype(int)
    x = np.arange(low[0], high[0], dtype=np.float32)[None] - np.float32(centre[0])
    y = np.arange(low[1], high[1], dtype=np.float32)[:, None] - np.float32(centre[1])
    turn, first, second = rng.uniform(0, 2 * np.pi, 3).astype(np.float32)
    cos, sin = np.cos(turn), np.sin(turn)
    bend = np.float32(0.035 * radius)  # no particle dries without some distortion
    x, y = x + bend * np.sin(y * 3 / radius + first), y + bend * np.sin(x * 3 / radius + second)
    window = protein[low[1] : high[1], low[0] : high[0]]
    share = rng.uniform(0.75, 1.0) * shape(rng, cos * x + sin * y, cos * y - sin * x, radius)
    np.maximum(window, share, out=window)


def _particles(
    rng: np.random.Generator, protein: np.ndarray, class_name: str, count: int
) -> np.ndarray:
    """Draw `count` particles, and companions beside them, which get no patch of their own."""
    radius = facts.DIAMETER_NM[class_name] / 2
    shape = phantom_shapes.ROUND[class_name]
    centres = np.empty((0, 2))
    for _ in range(count):  # of 40 places, the one farthest from the particles so far
        places = rng.uniform(MARGIN, FIELD - MARGIN, (40, 2))
        gaps = np.linalg.norm(places[:, None] - centres[None], axis=2).min(1, initial=FIELD)
        centres = np.vstack([centres, places[np.argmax(gaps)]])
    for centre in centres:
        for angle in rng.uniform(0, 2 * np.pi, rng.integers(0, 4) if radius < 60 else 0):
            away = radius * rng.uniform(2.2, 3.2) * np.array([np.cos(angle), np.sin(angle)])
            if np.linalg.norm(centres - centre - away, axis=1).min() > 2 * radius:
                _paste(rng, protein, shape, centre + away, radius * rng.normal(1, 0.03))
    for centre in centres:
        if class_name == "Nipah virus" and rng.random() < 0.6:  # a burst particle
            path = _path(rng, 60, 2.5, 0.0) + centre
            loose = phantom_shapes.nucleocapsid(*phantom_shapes.along(path, FIELD))
            np.maximum(protein, loose, out=protein)
        _paste(rng, protein, shape, centre, radius * rng.normal(1, 0.04))
    return centres


def _path(rng: np.random.Generator, points: int, bend: float, hook: float) -> np.ndarray:
    """Make (points, 2), a centre line in nm, mean at 0: bent by `bend`, then curled by `hook`."""
    t = np.linspace(0, 1, points)
    heading = rng.uniform(0, 2 * np.pi) + bend * np.sin(2 * np.pi * (t + rng.random())) / 2
    heading += rng.choice((-1, 1)) * hook * np.clip(t / 0.6 - 0.667, 0, None)
    path = phantom_shapes.STEP * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), axis=0)
    return path - path.mean(axis=0)


def _filament(
    rng: np.random.Generator, protein: np.ndarray, class_name: str, count: int
) -> np.ndarray:
    """Draw one filament; its centres are `count` even points of the centre line in the field."""
    is_ebola = class_name == "Ebola"
    if is_ebola:
        path = _path(rng, 260, rng.uniform(0.4, 2.2), 0.0)
    else:
        path = _path(rng, 160, rng.uniform(0.0, 0.5), rng.uniform(2.8, 4.3))
    path = path + FIELD / 2 + rng.uniform(-60, 60, 2)
    coordinates = phantom_shapes.along(path, FIELD)
    shape = phantom_shapes.ebola if is_ebola else phantom_shapes.marburg
    blocks = rng.standard_normal((FIELD // 4, FIELD // 4), np.float32)
    grain = 1 + 0.2 * blocks.repeat(4, axis=0).repeat(4, axis=1)
    np.maximum(protein, shape(*coordinates) * grain, out=protein)
    inner = path[((path > MARGIN) & (path < FIELD - MARGIN)).all(axis=1)]
    return inner[np.linspace(0, len(inner) - 1, count + 2).astype(int)[1:-1]]


def _debris(rng: np.random.Generator, protein: np.ndarray) -> None:
    """Draw what every class has alike: specks, empty vesicles, thin fibres."""
    for centre in rng.uniform(0, FIELD, (rng.integers(20, 70), 2)):
        _paste(rng, protein, _speck, centre, rng.uniform(3, 9))
    for centre in rng.uniform(0, FIELD, (rng.integers(0, 3), 2)):
        _paste(rng, protein, _vesicle, centre, rng.uniform(18, 70))
    for _ in range(rng.integers(0, 2)):
        path = _path(rng, 160, rng.uniform(0.2, 1.5), 0.0) + rng.uniform(0, FIELD, 2)
        _, across, beyond = phantom_shapes.along(path, FIELD)
        fibre = phantom_shapes.inside(np.maximum(np.abs(across) - rng.uniform(3, 8), beyond))
        np.maximum(protein, rng.uniform(0.2, 0.5) * fibre, out=protein)


def _speck(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    r, _ = phantom_shapes.outline(rng, x, y * rng.uniform(0.6, 1), 0.2)
    return rng.uniform(0.15, 0.7) * phantom_shapes.inside(r - radius, 5)


def _vesicle(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    r, _ = phantom_shapes.outline(rng, x, y, 0.2)
    wall = np.exp(-(((r - radius) / 3) ** 2))
    return rng.uniform(0.25, 0.55) * np.maximum(wall, 0.75 * phantom_shapes.inside(r - radius))


def _expose(rng: np.random.Generator, protein: np.ndarray) -> np.ndarray:
    """Stain, image and record: (FIELD, FIELD) share of stain kept out -> uint16 counts."""
    frequency = np.hypot(np.fft.fftfreq(FIELD)[:, None], np.fft.rfftfreq(FIELD)[None])
    frequency = frequency.astype(np.float32)  # per nm
    pooled = np.fft.rfft2(np.minimum(2 * protein, 1))
    pooled *= np.exp(-2 * (np.pi * rng.uniform(12, 28) * frequency) ** 2)
    halo = np.clip(np.fft.irfft2(pooled, s=protein.shape), 0, None)
    uneven = np.fft.rfft2(rng.standard_normal(protein.shape, np.float32))
    uneven *= 1 / (0.004 + frequency) ** rng.uniform(1.2, 1.8)
    carpet = np.fft.irfft2(uneven, s=protein.shape)
    place = np.linspace(-0.5, 0.5, FIELD, dtype=np.float32)
    across, down = rng.normal(0, 0.35, 2)
    depth = 0.8 + across * place + down * place[:, None] + 0.13 * carpet / carpet.std()
    stain = np.maximum(depth, 0.2) + rng.uniform(0.8, 2.0) * halo / (halo + 0.15)
    grain = 1 + rng.uniform(0.15, 0.4) * rng.standard_normal(protein.shape, np.float32)
    specimen = np.fft.rfft2(-stain * (1 - protein * grain))

    shift = np.pi * WAVELENGTH * rng.uniform(300, 1600) * frequency**2  # defocus in nm
    amplitude = rng.uniform(0.5, 0.8)  # amplitude contrast
    transfer = (np.sqrt(1 - amplitude**2) * np.sin(shift) + amplitude * np.cos(shift)) / amplitude
    specimen *= transfer * np.exp(-((frequency / rng.uniform(0.075, 0.15)) ** 2))
    specimen[0, 0] = 0
    wave = np.fft.irfft2(specimen, s=protein.shape)
    dose = rng.uniform(150, 900)  # electrons per pixel
    electrons = dose * np.clip(1 + rng.uniform(0.1, 0.2) * wave / wave.std(), 0.1, None)
    electrons += np.sqrt(electrons) * rng.standard_normal(protein.shape, np.float32)  # shot noise
    gain = rng.uniform(1100, 2200) / dose  # counts per electron
    return np.clip(np.rint(gain * electrons), 0, FULL_SCALE).astype(np.uint16)
