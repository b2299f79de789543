"""What networks are built from: D4-equivariant layers, and the blocks of YOLOv5."""
