"""MobileNetV2 with the paper's head (Table 2): 87,174,926 trainable parameters at 14 classes."""

import keras

from benchmark.models import applications
from benchmark.registry import SCRATCH, TRANSFER, Options, register


@register("mobilenet_v2", starts=(TRANSFER, SCRATCH))
def mobilenet_v2(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """Sandler et al. 2018, width 1, the whole backbone trainable."""
    return applications.with_paper_head(
        keras.applications.MobileNetV2, "mobilenet_v2", shape, classes, options
    )
