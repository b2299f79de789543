"""The ground truth of each config, as shipped tables: classes of patches, boxes of micrographs."""
