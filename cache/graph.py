"""Writes all-MiniLM-L6-v2 as an ONNX graph, straight from its weights: no torch, no exporter.

BERT (Devlin et al. 2018) with six layers of twelve heads, mean of the last layer over the text's
tokens, scaled to length one (Reimers & Gurevych 2019). The numbers are those of the model's own
`config.json`. How a matrix is kept is said in `cache/precision.py`. Only elementwise arithmetic
touches the weights, so the same weights give the same bytes on every machine.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cache.precision import MICROSOFT, Exact, Quantised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12  # of every layer normalisation
OPSET, IR = 20, 10  # the first with Gelu; what onnxruntime 1.22 reads
PRECISIONS = {"fp32": Exact, "int8": Quantised}


def write_graph(
    weights: Mapping[str, "NDArray[np.float32]"],
    identity: Mapping[str, str],
    *,
    precision: str = "int8",
    window: int = 256,
) -> bytes:
    """The model file: `input_ids` int64 [n, t] → `vector` float32 [n, 384].

    The n texts of one call have t word pieces each, at most `window`: there is no padding to
    mask. `identity` travels in the file's metadata, so that a file says what it is.
    """
    from onnx import TensorProto, helper

    graph = PRECISIONS[precision]()
    hidden, size = _embeddings(graph, weights, window)
    for number in range(LAYERS):
        hidden, size = _layer(graph, weights, f"encoder.layer.{number}.", hidden, size)
    _pooled(graph, hidden)
    tokens = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "t"])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", WIDTH])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", [tokens], [vector], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=IR,
    )
    helper.set_model_props(model, dict(identity))
    content: bytes = model.SerializeToString(deterministic=True)
    return content


_Sized = tuple[str, "NDArray[np.float32]"]
"""A normalised value, and the size to expect of each of its channels."""


def _normalised(graph: Exact, weights: Mapping[str, Any], prefix: str, hidden: str) -> _Sized:
    """What comes out has mean `bias` and deviation `weight`: few values are four deviations off."""
    scale, shift = weights[prefix + "weight"], weights[prefix + "bias"]
    constants = graph.constant(scale), graph.constant(shift)
    name = graph.add("LayerNormalization", hidden, *constants, axis=-1, epsilon=EPSILON)
    return name, abs(shift) + 4 * abs(scale)


def _embeddings(graph: Exact, weights: Mapping[str, Any], window: int) -> _Sized:
    """Word + position + token type, normalised; the type is always 0, so it joins the words."""
    table = weights["embeddings.word_embeddings.weight"]
    words = graph.rows(table + weights["embeddings.token_type_embeddings.weight"][0], "input_ids")
    length = graph.add("Shape", "input_ids", start=1, end=2)
    positions = graph.add(
        "Slice",
        graph.constant(weights["embeddings.position_embeddings.weight"][:window]),
        graph.constant([0], "int64"),
        length,
        graph.constant([0], "int64"),
    )
    return _normalised(graph, weights, "embeddings.LayerNorm.", graph.add("Add", words, positions))


def _layer(
    graph: Exact, weights: Mapping[str, Any], at: str, hidden: str, size: "NDArray[np.float32]"
) -> _Sized:
    def part(name: str) -> tuple[Any, Any]:
        return weights[f"{at}{name}.dense.weight"], weights[f"{at}{name}.dense.bias"]

    mixed = _attention(graph, weights, at + "attention.self.", hidden, size)
    attended = graph.dense(*part("attention.output"), mixed)
    hidden, size = _normalised(
        graph, weights, at + "attention.output.LayerNorm.", graph.add("Add", attended, hidden)
    )
    wide = graph.add("Gelu", graph.dense(*part("intermediate"), hidden, size=size))
    narrow = graph.dense(*part("output"), wide, by_row=True)
    return _normalised(graph, weights, at + "output.LayerNorm.", graph.add("Add", narrow, hidden))


def _attention(
    graph: Exact, weights: Mapping[str, Any], at: str, hidden: str, size: "NDArray[np.float32]"
) -> str:
    """softmax(q·kᵀ/√d)·v, per head; q, k and v are one product, for one look at `hidden`."""
    import numpy as np

    names = ("query", "key", "value")
    matrix = np.concatenate([weights[f"{at}{name}.weight"] for name in names])
    bias = np.concatenate([weights[f"{at}{name}.bias"] for name in names])
    joined = graph.dense(matrix, bias, hidden, size=size)
    parts = graph.several(
        "Split", joined, names=[at + name for name in names], axis=-1, num_outputs=3
    )
    return graph.add("MultiHeadAttention", *parts, domain=MICROSOFT, num_heads=HEADS)


def _pooled(graph: Exact, hidden: str) -> str:
    """The mean over the text's tokens, scaled to length one."""
    axis = graph.constant([1], "int64")
    mean = graph.add("ReduceMean", hidden, axis, keepdims=0)
    length = graph.add("ReduceL2", mean, axis, keepdims=1)
    return graph.add("Div", mean, length, name="vector")
