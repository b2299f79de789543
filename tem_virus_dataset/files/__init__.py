"""Bytes on disk: folders and zips read in place, checksums, downloads, atomic writing."""
