"""From a source to TFDS files: checked first, built alone, whole or not at all."""
