"""Statements about the tables of vectors, of which there is one for each number of dimensions."""

from typing import Any


def of_size(dimensions: int, sql: str) -> str:
    """The statement for vectors of this size: `vectors` becomes `vectors_384`."""
    return sql.replace("vectors", f"vectors_{dimensions:d}").replace("DIMENSIONS", str(dimensions))


def bury(tx: Any) -> None:
    """Remove the vectors whose answers are gone, also those gone while there was no sqlite-vec.

    sqlite-vec overwrites a deleted vector with zeros where it stood among others (since 0.1.7).
    """
    for number, size in tx.execute("select id, dimensions from orphans").fetchall():
        tx.execute(of_size(size, "delete from vectors where rowid = ?"), (number,))
        tx.execute("delete from orphans where id = ?", (number,))
