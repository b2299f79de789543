"""One micrograph: pixels, tags, particles, boxes; rescaling to 1 nm, patches, the split rules."""
