"""Boxes that people draw on images of their own: YOLO label folders and COCO JSON.

    from tem_virus_dataset.annotations import coco, yolo
    found = yolo.read(Path("mine"))
    coco.write(found, Path("mine.json"))

Boxes that reach past the image are clipped and counted, images without boxes are counted as
empty. Every other fault of a file is one `DatasetError`.
"""
