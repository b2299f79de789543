"""Files beside the pages: tables as CSV and JSON, data of the comparison, citations."""
