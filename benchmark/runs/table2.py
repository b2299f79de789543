"""Table 2 of the paper (Matuszewski & Sintorn 2021) as runs: fifteen rows on two splits."""

import dataclasses

from benchmark.models.registry import SCRATCH, TRANSFER

REPRESENTATIVE = "tem_virus/patches_14class"
WORST_CASE = "tem_virus/patches_14class_worst_case"


@dataclasses.dataclass(frozen=True)
class Row:
    """One row: a registered model, its initialization, the data, and its trainable parameters."""

    model: str
    initialization: str
    data: str
    parameters: int


# The table prints the custom network's total, 14,651,401, in its first row: it is one network.
ROWS = (
    Row("custom", SCRATCH, REPRESENTATIVE, 14_649_867),
    Row("densenet201", TRANSFER, REPRESENTATIVE, 144_987_022),
    Row("densenet201", SCRATCH, REPRESENTATIVE, 144_987_022),
    Row("inception_v3", TRANSFER, REPRESENTATIVE, 98_330_798),
    Row("mobilenet_v2", TRANSFER, REPRESENTATIVE, 87_174_926),
    Row("resnet50", TRANSFER, REPRESENTATIVE, 158_817_294),
    Row("resnet50_v2", TRANSFER, REPRESENTATIVE, 158_802_062),
    Row("vgg16", TRANSFER, REPRESENTATIVE, 49_334_094),
    Row("vgg19", TRANSFER, REPRESENTATIVE, 54_643_790),
    Row("xception", TRANSFER, REPRESENTATIVE, 156_089_654),
    Row("custom", SCRATCH, WORST_CASE, 14_649_867),
    Row("vgg16", TRANSFER, WORST_CASE, 49_334_094),
    Row("vgg16", SCRATCH, WORST_CASE, 49_334_094),
    Row("densenet201", TRANSFER, WORST_CASE, 144_987_022),
    Row("densenet201", SCRATCH, WORST_CASE, 144_987_022),
)
