"""Facts that the paper publishes, as plain numbers, so that every test can check against them.

Source: D. J. Matuszewski and I.-M. Sintorn 2021, "TEM virus images: Benchmark dataset and deep
learning classification", Computer Methods and Programs in Biomedicine 209: Table 2, and the
confusion matrices of Figures 3 and 4 over the 1,900 test patches.
"""

import numpy as np

# Table 2: split, architecture, initialization, parameters, then accuracy, precision, recall, F1
TABLE_2 = (
    ("representative", "Custom", "scratch", 14_651_401, 0.901, 0.895, 0.898, 0.893),
    ("representative", "DenseNet201", "transfer", 144_987_022, 0.931, 0.926, 0.921, 0.921),
    ("representative", "DenseNet201", "scratch", 144_987_022, 0.811, 0.775, 0.821, 0.791),
    ("representative", "InceptionV3", "transfer", 98_330_798, 0.895, 0.887, 0.894, 0.889),
    ("representative", "MobileNetV2", "transfer", 87_174_926, 0.846, 0.803, 0.849, 0.813),
    ("representative", "ResNet50", "transfer", 158_817_294, 0.898, 0.883, 0.881, 0.877),
    ("representative", "ResNet50V2", "transfer", 158_802_062, 0.887, 0.862, 0.885, 0.869),
    ("representative", "VGG16", "transfer", 49_334_094, 0.923, 0.906, 0.916, 0.908),
    ("representative", "VGG19", "transfer", 54_643_790, 0.918, 0.909, 0.924, 0.912),
    ("representative", "Xception", "transfer", 156_089_654, 0.895, 0.887, 0.9, 0.891),
    ("worst_case", "Custom", "scratch", 14_649_867, 0.765, 0.751, 0.619, 0.64),
    ("worst_case", "VGG16", "transfer", 49_334_094, 0.832, 0.822, 0.726, 0.737),
    ("worst_case", "VGG16", "scratch", 49_334_094, 0.678, 0.604, 0.56, 0.559),
    ("worst_case", "DenseNet201", "transfer", 144_987_022, 0.805, 0.794, 0.705, 0.711),
    ("worst_case", "DenseNet201", "scratch", 144_987_022, 0.689, 0.639, 0.556, 0.558),
)

# Figures 3 and 4, by the first three cells of TABLE_2's row: rows are the true classes, columns the
# predicted ones, both in this order
CLASSES = (
    "Adenovirus",
    "Astrovirus",
    "CCHF",
    "Cowpox",
    "Ebola",
    "Influenza",
    "Lassa",
    "Marburg",
    "Nipah virus",
    "Norovirus",
    "Orf",
    "Papilloma",
    "Rift Valley",
    "Rotavirus",
)
CONFUSIONS = {
    ("representative", "Custom", "scratch"): np.array(
        [
            [58, 0, 0, 2, 0, 0, 4, 0, 0, 1, 0, 0, 18, 3],
            [0, 61, 1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 1],
            [1, 0, 76, 3, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 1, 44, 8, 0, 3, 1, 0, 0, 2, 0, 0, 0],
            [0, 0, 0, 16, 303, 0, 19, 18, 0, 0, 0, 0, 5, 2],
            [0, 0, 1, 0, 0, 166, 1, 2, 0, 0, 0, 0, 0, 0],
            [0, 0, 1, 3, 10, 0, 111, 1, 0, 0, 0, 0, 1, 1],
            [1, 0, 0, 0, 6, 2, 1, 162, 0, 0, 0, 0, 1, 0],
            [0, 0, 0, 0, 0, 2, 0, 1, 32, 0, 0, 0, 0, 0],
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 83, 0, 0, 0, 0],
            [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 29, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 184, 0, 0],
            [0, 0, 7, 0, 9, 0, 7, 3, 0, 0, 0, 0, 363, 3],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 39],
        ]
    ),
    ("representative", "DenseNet201", "transfer"): np.array(
        [
            [61, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 23, 0],
            [0, 56, 1, 0, 3, 0, 3, 0, 0, 2, 0, 1, 0, 0],
            [3, 0, 77, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 55, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0],
            [0, 0, 0, 5, 316, 0, 10, 25, 3, 0, 0, 0, 4, 0],
            [0, 0, 0, 0, 0, 170, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 2, 7, 0, 117, 0, 2, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 4, 4, 0, 165, 0, 0, 0, 0, 0, 0],
            [0, 0, 1, 0, 0, 3, 0, 1, 30, 0, 0, 0, 0, 0],
            [0, 1, 0, 0, 0, 0, 0, 0, 0, 82, 0, 0, 0, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 30, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 187, 0, 0],
            [0, 0, 4, 0, 1, 0, 1, 0, 3, 0, 0, 0, 382, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40],
        ]
    ),
}


def published_scores(name: tuple[str, str, str]) -> tuple[float, ...]:
    """Return accuracy, precision, recall and F1 of a row of Table 2, of three digits."""
    (scores,) = [row[4:] for row in TABLE_2 if row[:3] == name]
    return scores
