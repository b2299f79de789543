"""The lines of a YOLO label file of one class."""

from tem_virus_dataset.annotations import yolo_labels
from tem_virus_dataset.files.tree import Blob


def test_a_label_file_is_read_in_its_order():
    labels = Blob(b"1 0.5 0.25 0.1 0.2\n\n1 0 1 1 0.01 \r\n", "l.txt")
    assert yolo_labels.read(labels, "b", ("a", "b")) == [(0.5, 0.25, 0.1, 0.2), (0, 1, 1, 0.01)]
    assert yolo_labels.read(Blob(b"\n", "l.txt"), "b", ("a", "b")) == []
