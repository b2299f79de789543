"""Texts of the site: templates, links in texts, citations."""
