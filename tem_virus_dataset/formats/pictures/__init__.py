"""What the reader of every format returns: pictures, statements of pixel sizes, and errors."""
