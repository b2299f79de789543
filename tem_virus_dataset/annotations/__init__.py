"""Boxes that people draw on pictures of their own: YOLO label folders and COCO JSON.

    from tem_virus_dataset.annotations import coco, yolo
    found = yolo.read(Path("mine"))
    coco.write(found, Path("mine.json"))

Partial boxes are cut off at the border and counted, pictures without boxes are counted as empty;
all else that is wrong with a file is one `DatasetError`.
"""
