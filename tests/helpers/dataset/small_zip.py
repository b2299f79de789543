"""A zip of one small file."""

import zipfile


def zip_of(path, data=b"x" * 1000):
    """Write a zip of one file."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("wanted/a.tif", data)
    return path
