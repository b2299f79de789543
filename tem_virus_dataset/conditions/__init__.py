"""Hard conditions: pure functions that corrupt a patch or a micrograph by physical parameters."""
