"""The settings of the simulation: those that the method was chosen on, and those held back.

Three choices were made: the formula of the degrees of freedom, the number of examples that are
added to a fraction, and the transformation of counts. They were made on `CHOICE` alone.
"""

from leaderboard.simulation import classifier_setting, detectors
from leaderboard.simulation.tables import Family

MIRROR, OFFICIAL = "mirror_11class", "patches_14class"
BOXES, EXOSOMES = "tem_virus/mirror_11class_boxes", "tem_exosome/sim_to_real"
_of, _by = classifier_setting.Setting, detectors.Setting

CHOICE = (
    _of(MIRROR, "beta", 0.03, 0.2, 3),
    _of(MIRROR, "beta", 0.07, 0.1, 1),
    _of(MIRROR, "beta", 0.07, 0.3, 2, drawn=True),
    _of(OFFICIAL, "beta", 0.05, 0.2, 3),
    _of(MIRROR, "logistic", 0.03, 1.5, 3),
    _of(MIRROR, "logistic", 0.02, 2.5, 1, drawn=True),
    _of(OFFICIAL, "logistic", 0.03, 2.0, 5),
    _of(MIRROR, "resampled d4_cnn-scratch-modern+epochs=20+samples_per_class=368", 0, 0, 3),
    _of(MIRROR, "resampled mobilenet_v2-transfer-brief", 0, 0, 1),
)
HELD_BACK = (
    _of(MIRROR, "beta", 0.05, 0.15, 1, drawn=True),
    _of(MIRROR, "beta", 0.1, 0.25, 4),
    _of(OFFICIAL, "beta", 0.04, 0.15, 1),
    _of(OFFICIAL, "beta", 0.08, 0.3, 5, drawn=True),
    _of(MIRROR, "logistic", 0.04, 1.0, 1),
    _of(MIRROR, "logistic", 0.02, 2.0, 2),
    _of(MIRROR, "logistic", 0.05, 2.5, 5, drawn=True),
    _of(OFFICIAL, "logistic", 0.02, 1.5, 1, drawn=True),
    _of(OFFICIAL, "logistic", 0.02, 2.5, 3),
    _of(MIRROR, "resampled contrast_cnn-scratch-steady", 0, 0, 3),
    _of(MIRROR, "resampled plain_cnn-scratch-brief", 0, 0, 2),
    _of(MIRROR, "resampled plain_cnn-scratch-brief", 0, 0, 1),
)
DETECTION_CHOICE = (
    _by(EXOSOMES, "beta", 25, seeds=1),
    _by(EXOSOMES, "logistic", 50, spread=1.5),
    _by(BOXES, "beta", 50, spread=0.3, seeds=1),
    _by(BOXES, "logistic", 25, alarms=0.5, spread=1.0),
    _by(BOXES, "beta", 100, 0.6, 2.0, 0.2),
    _by(EXOSOMES, "beta", 200, 0.8, 0.5, 0.1, 2),
    _by(BOXES, "logistic", 200, 0.9, 0.3, 1.5),
)
DETECTION_HELD_BACK = (
    _by(EXOSOMES, "logistic", 25, 0.5, 0.7, 1.0, 3),
    _by(BOXES, "beta", 25, 0.7, 1.0, 0.25, 1),
    _by(EXOSOMES, "beta", 50, 0.6, 1.5, 0.15, 5),
    _by(BOXES, "logistic", 50, 0.8, 0.8, 1.2, 1),
    _by(EXOSOMES, "logistic", 100, 0.85, 0.4, 1.2, 2),
    _by(BOXES, "logistic", 142, 0.7, 1.2, 1.4, 3),
    _by(EXOSOMES, "logistic", 200, 0.7, 1.0, 1.3, 1),
    _by(BOXES, "beta", 200, 0.85, 0.6, 0.3, 4),
)
AVERAGE_PRECISION = (  # held back, too: nothing was chosen on them
    _by(EXOSOMES, "logistic", 25, 0.6, 0.8, 1.0, 3, ap=True),
    _by(BOXES, "beta", 50, 0.7, 1.0, 0.2, 1, ap=True),
    _by(BOXES, "logistic", 142, 0.75, 1.0, 1.2, 3, ap=True),
)
_FIRST, _SECOND = _of(MIRROR, "logistic", 0.03, 2.0), _of(MIRROR, "beta", 0.05, 0.2)
_THIRD = _of(OFFICIAL, "beta", 0.05, 0.1)
EQUAL_ROWS = (
    Family(_FIRST, 2, (3,)),
    Family(_SECOND, 2, (3, 1)),
    Family(_FIRST, 5, (3, 1, 2)),
    Family(_SECOND, 5, (3,)),
    Family(_THIRD, 10, (3, 2, 1)),
    Family(_FIRST, 10, (3,)),
    Family(_FIRST, 20, (3,)),
    Family(_SECOND, 20, (3, 1, 2)),
    Family(_THIRD, 20, (3,)),
)
BEHIND = tuple(
    Family(setting, rows, (3,), behind)
    for setting in (_SECOND, _THIRD)
    for rows in (1, 19)
    for behind in (0.01, 0.02, 0.04)
)
