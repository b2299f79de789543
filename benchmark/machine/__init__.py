"""The machine of a run: software versions, devices and GPUs."""
