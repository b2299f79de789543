"""What `--data` names, whatever the task; users' images, boxes, and the D4 transforms."""
