"""The TFDS data set `tem_exosome`: its builder, configs and card."""
