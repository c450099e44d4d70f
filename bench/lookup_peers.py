"""The same vectors, searched by others. bench.lookup runs it with any Python: nothing of ours.

    python bench/lookup_peers.py gptcache|sqlite-vec|numpy VECTORS.npy QUERIES.npy FOLDER

prints one JSON object: times of a search of the eight nearest in ms, the nearest's number for each
query, inserts a second one at a time, and how much the process grew, in MB.
"""

import json
import os
import sys
import time

import numpy as np

K, INSERTS = 8, 300


def numpy(vectors, folder):
    def search(query):
        cosines = vectors @ query
        best = np.argpartition(-cosines, K)[:K]
        return int(best[cosines[best].argmax()])

    return search, None


def sqlite_vec(vectors, folder):
    """Bits in vec0, the fifty nearest compared by floats: what the issue measured at 7 ms."""
    import apsw
    import sqlite_vec

    db = apsw.Connection(os.path.join(folder, "vec.db"))
    db.enable_load_extension(True)
    db.load_extension(sqlite_vec.loadable_path())
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", "normal")
    db.execute("create table floats (id integer primary key, vector blob)")
    db.execute("create virtual table bits using vec0(scope text partition key, bits bit[384])")

    def insert(number, vector):
        packed = np.packbits(vector > 0, bitorder="little").tobytes()
        db.execute("insert into floats values (?, ?)", (number, vector.tobytes()))
        db.execute(
            "insert into bits (rowid, scope, bits) values (?, 's', vec_bit(?))", (number, packed)
        )

    with db:
        for number, vector in enumerate(vectors):
            insert(number, vector)

    def search(query):
        packed = np.packbits(query > 0, bitorder="little").tobytes()
        rows = db.execute(
            "select id, vector from floats where id in (select rowid from bits"
            " where scope = 's' and bits match vec_bit(?) and k = 50)",
            (packed,),
        ).fetchall()
        found = np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), -1)
        return rows[int((found @ query).argmax())][0]

    def insert_alone(number, vector):
        with db:
            insert(number, vector)

    return search, insert_alone


def gptcache(vectors, folder):
    """SQLite and FAISS as in its own examples; rows are inserted in bulk, as it offers."""
    from gptcache.manager import CacheBase, VectorBase, get_data_manager

    data = get_data_manager(
        CacheBase("sqlite", sql_url=f"sqlite:///{folder}/gptcache.db"),
        VectorBase("faiss", dimension=384, index_path=f"{folder}/faiss.index", top_k=K),
        max_size=10_000_000,
    )
    for first in range(0, len(vectors), 1000):
        some = list(vectors[first : first + 1000])
        numbers = [str(first + place) for place in range(len(some))]
        data.import_data(numbers, numbers, some, [None] * len(some))

    def search(query):
        found = data.search(query, top_k=K)
        kept = [data.get_scalar_data(each) for each in found]
        return int(kept[0].question)

    def insert(number, vector):
        data.save(str(number), "an answer", vector)

    return search, insert


def main(name, vectors, queries, folder):
    vectors, queries = np.load(vectors), np.load(queries)
    before = resident()
    made = {"numpy": numpy, "sqlite-vec": sqlite_vec, "gptcache": gptcache}[name]
    search, insert = made(vectors, folder)
    times, nearest = [], []
    for query in (*queries[:5], *queries):  # the first few only warm up
        began = time.perf_counter()
        nearest.append(search(query))
        times.append((time.perf_counter() - began) * 1000)
    grown = resident() - before + (vectors.nbytes / 1e6 if name == "numpy" else 0)
    rate = None
    if insert is not None:
        began = time.perf_counter()
        for number, vector in enumerate(queries[:INSERTS]):
            insert(10_000_000 + number, vector)
        rate = min(INSERTS, len(queries)) / (time.perf_counter() - began)
    print(json.dumps({"ms": times[5:], "nearest": nearest[5:], "rate": rate, "grown": grown}))


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
