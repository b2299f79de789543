"""Boxes that people draw on images of their own: label folders and COCO JSON.

    from tem_virus_dataset.annotations import coco, yolo
    found = yolo.read(Path("mine"))
    coco.write(found, Path("mine.json"))

Boxes that reach past the image are clipped, boxes drawn twice left out, and both are counted, as
are images without boxes. Every other fault is one `DatasetError`, with the number of its kind.
"""
