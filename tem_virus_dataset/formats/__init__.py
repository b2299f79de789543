"""What microscopes write (TIFF, MRC, DM3/DM4, PNG, JPEG), read into pixels and nm per pixel."""
