"""Which runs a command asks for, each in a process of its own, how they end, their records."""
