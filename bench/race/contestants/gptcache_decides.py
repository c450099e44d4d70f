"""Whether GPTCache would serve a pair: its own distance evaluation at its own default threshold.

python gptcache_decides.py VECTORS.npy, [pairs, 2, 384]; prints one JSON list of true and false.
FAISS gives GPTCache the squared distance, which is what its evaluation is given here.
"""

import json
import sys

import numpy as np
from gptcache.config import Config
from gptcache.similarity_evaluation.distance import SearchDistanceEvaluation

pairs = np.load(sys.argv[1])
evaluation, wanted = SearchDistanceEvaluation(), Config().similarity_threshold
low, high = evaluation.range()
bar = low + (high - low) * wanted
distances = ((pairs[:, 0] - pairs[:, 1]) ** 2).sum(axis=1)
ranks = [evaluation.evaluation({}, {"search_result": (float(each), 0)}) for each in distances]
print(json.dumps([bool(rank >= bar) for rank in ranks]))
