"""Writing atomically, locking a folder, and names that are safe everywhere."""
