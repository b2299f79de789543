"""The TFDS data set `tem_virus`: its builder, configs and card."""
