"""What the networks are made of: D4-equivariant layers, ImageNet backbones, YOLOv5."""
