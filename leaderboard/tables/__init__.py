"""Rows as Markdown and terminal tables, and the pages that hold them."""
