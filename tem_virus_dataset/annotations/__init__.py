"""Boxes that people draw on pictures of their own: YOLO label folders and COCO JSON.

    from tem_virus_dataset.annotations import coco, yolo
    found = yolo.read(Path("mine"))
    coco.write(found, Path("mine.json"))

Boxes that reach past the picture are clipped and counted, pictures without boxes are counted as
empty. Every other fault of a file is one `DatasetError`.
"""
