"""Where the cache's guard comes from: its words, pairs of questions of our own, its training."""
