"""Files of instruments, each with all its images listed: MRC, DM3 and DM4, SER, and EMD."""
