"""Pascal VOC XML: a box is four corners in pixels, with the name of its class."""

from xml.etree import ElementTree

from tem_virus_dataset.annotations.boxes import Drawing, Drawn
from tem_virus_dataset.annotations.faults import Fault
from tem_virus_dataset.files.tree import Blob

EXPECTED = "Pascal VOC: <annotation> with <size> and <object> with <name> and <bndbox>"
REMEDY = "Correct the file, or export it again."
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def draw(labels: Blob, width: int, height: int) -> Drawing:
    """Read the boxes of an XML file; rotated boxes are refused.

    Args:
      width, height: of the image, in pixels; a size in the file has to be the same.
    """
    drawing = Drawing()

    def refuse(found: str, kind: str) -> None:
        text = f"{labels.where}: {found}"
        drawing.faults.append(Fault(kind, labels.where, text, EXPECTED, REMEDY, "object"))

    try:
        root = ElementTree.fromstring(labels.data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        refuse(f"cannot be read as XML ({error})", "XML")
        return drawing
    objects, size = root.findall("object"), root.find("size")
    if root.tag != "annotation" or (size is None and not objects):
        what = "without <size> and <object>" if root.tag == "annotation" else "in its place"
        refuse(f"found <{root.tag}> {what}", "no VOC")
        return drawing
    stated = root.findtext("size/width", ""), root.findtext("size/height", "")
    if _differs(stated[0], width) or _differs(stated[1], height):
        refuse(f"an image of {'x'.join(stated)} pixels in it, {width}x{height} as file", "size")
    for number, thing in enumerate(objects, start=1):
        name = thing.findtext("name", "").strip()
        texts = [thing.findtext(f"bndbox/{corner}", "") for corner in _CORNERS]
        try:
            if not name or not all(texts):
                raise ValueError("no <name>, or no whole <bndbox>")
            x0, y0, x1, y1 = (float(text) for text in texts)
            drawing.add(Drawn(name, (x0, y0, x1, y1), f"object {number}"), width, height)
        except ValueError as error:
            refuse(f"object {number} ({name}): {error}", str(error))
    return drawing


def _differs(text: str, pixels: int) -> bool:
    """Return whether a size is stated and another; programs write 0 where they do not know it."""
    try:
        return float(text) > 0 and float(text) != pixels
    except ValueError:
        return False
