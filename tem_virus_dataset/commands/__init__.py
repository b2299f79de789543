"""The command `tem-virus`: one module for what its sub-commands do."""
