"""The leaderboard as a static site; its templates also make the pages of `benchmark.report`."""
