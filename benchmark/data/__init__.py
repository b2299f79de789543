"""Reading what `--data` names, whatever the task: prepared configs and users' images."""
