"""The tables of the site: their columns, rows and groups, and the files made of them."""
