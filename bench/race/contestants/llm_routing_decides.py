"""Whether llm-routing's semantic cache would serve a pair: its veto and its default threshold.

python llm_routing_decides.py PAIRS.json, [[stored, asked, cosine], ...]; prints one JSON list.
"""

import json
import sys
from pathlib import Path

from llm_router import semantic_cache as cache

served = [
    cosine >= cache.DEFAULT_THRESHOLD
    and cache._equivalence_veto(cache._discriminator(stored), cache._discriminator(asked)) is None
    for stored, asked, cosine in json.loads(Path(sys.argv[1]).read_text("utf-8"))
]
print(json.dumps(served))
