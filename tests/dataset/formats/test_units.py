"""Units of length as ImageJ, OME, cameras and people spell them."""

import pytest

from tem_virus_dataset.formats.pictures import units


@pytest.mark.parametrize(
    ("spellings", "nm"),
    [
        (("pm", "picometer", "Picometres"), 1e-3),
        (("Å", "\u212b", "A", "Ang", "Angstrom", "angstroms", "Ångström", "ångströms"), 0.1),
        ((r"\u00C5", r"\u212B", r"\u00c5ngstr\u00f6m", "Ã…", "A\u030a"), 0.1),
        (("nm", "NM", " nm ", "[nm]", "n_m", "nm\0", "nanometer", "nanometers"), 1.0),
        (("nanometre", "Nanometres", "nm/pixel", "nm / px", "nm per pixel"), 1.0),
        (("um", "µm", "\u03bcm", r"\u00B5m", r"\u00b5m", r"\u03BCm", "Âµm", "micron"), 1e3),
        (("microns", "micrometer", "micrometers", "micrometre", "Micrometres", "mikrometer"), 1e3),
        (("µ", r"\u03BC", "u", "micromètre", "micrometros"), 1e3),
        (("nanomètres", "Nanometro"), 1.0),
        (("mm", "millimeter", "millimetres"), 1e6),
        (("cm", "centimeters", "centimetre"), 1e7),
        (("inch", "inches", "in"), 2.54e7),
        (("m", "meter", "metres"), 1e9),
    ],
)
def test_lengths(spellings, nm):
    assert {unit: units.in_nm(unit) for unit in spellings} == dict.fromkeys(spellings, nm)


@pytest.mark.parametrize("unit", ["", " ", "pixel", "px", "furlong", "s", "1/nm", "nm^-1", "mrad"])
def test_what_is_no_length(unit):
    assert units.in_nm(unit) is None


@pytest.mark.parametrize(
    "unit", ["1/nm", "1 / µm", "1/Å", "nm^-1", "nm-1", "nm⁻¹", "[1/nm]", "mrad", "rad", "deg", "°"]
)
def test_units_of_diffraction_patterns(unit):
    assert units.is_reciprocal(unit)
    assert not units.is_spectral(unit)


@pytest.mark.parametrize("unit", ["nm", "µm/px", "nm per pixel", "", "pixel", "inch"])
def test_units_of_micrographs(unit):
    assert not units.is_reciprocal(unit)
    assert not units.is_spectral(unit)


@pytest.mark.parametrize("unit", ["eV", "keV", "s", "ms", "channels"])
def test_units_of_spectra(unit):
    assert units.is_spectral(unit)
