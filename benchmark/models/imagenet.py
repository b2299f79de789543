"""The eight ImageNet networks of Table 2 (Matuszewski & Sintorn 2021), wholly trainable."""

import types

import keras

from benchmark.models.layers import imagenet_backbone
from benchmark.models.registry import SCRATCH, TRANSFER, Build, Options, register

APPLICATIONS = types.MappingProxyType(
    {
        "densenet201": keras.applications.DenseNet201,  # Huang et al. 2017
        "inception_v3": keras.applications.InceptionV3,  # Szegedy et al. 2016
        "mobilenet_v2": keras.applications.MobileNetV2,  # Sandler et al. 2018, width 1
        "resnet50": keras.applications.ResNet50,  # He et al. 2016
        "resnet50_v2": keras.applications.ResNet50V2,  # He et al. 2016, identity mappings
        "vgg16": keras.applications.VGG16,  # Simonyan & Zisserman 2015
        "vgg19": keras.applications.VGG19,
        "xception": keras.applications.Xception,  # Chollet 2017
    }
)
FROM_SCRATCH_TOO = ("densenet201", "vgg16")  # in Table 2


def _build(name: str) -> Build:
    def build(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
        return imagenet_backbone.network(APPLICATIONS[name], name, shape, classes, options)

    return build


for _name in APPLICATIONS:
    _starts = (TRANSFER, SCRATCH) if _name in FROM_SCRATCH_TOO else (TRANSFER,)
    register(_name, _starts)(_build(_name))
