"""YOLOv5 in its five sizes, from scratch or from the weights of another detector of its size."""

from typing import Any

from benchmark.models.layers import pretrained_detector, yolov5_network
from benchmark.models.registry import DETECTION, TRANSFER, Build, Options, register


def _builder(size: str) -> Build:
    def build(shape: Any, classes: int, options: Options) -> Any:
        network = yolov5_network.network(size, shape, classes)
        if options.initialization == TRANSFER:
            pretrained_detector.transfer(network, options.weights)
        return network

    return build


for _size in yolov5_network.SIZES:
    register(f"yolov5{_size}", task=DETECTION)(_builder(_size))
