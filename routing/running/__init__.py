"""Running models well: their limits, their pace, their queue, a second start, and what fits."""
