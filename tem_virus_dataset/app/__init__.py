"""A local window in the browser: micrographs are dropped, predicted, looked at and downloaded."""
