"""Writes all-MiniLM-L6-v2 as an ONNX graph, straight from its weights: no torch, no exporter.

BERT (Devlin et al. 2018) with six layers of twelve heads, mean of the last layer over the text's
tokens, scaled to length one (Reimers & Gurevych 2019). The numbers are those of the model's own
`config.json`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12  # of every layer normalisation
OPSET, IR = 20, 10  # the first with Gelu; what onnxruntime 1.22 reads


def write_graph(weights: Mapping[str, "NDArray[np.float32]"], identity: Mapping[str, str]) -> bytes:
    """The model file: `input_ids`, `attention_mask` int64 [n, t] → `vector` float32 [n, 384].

    `identity` travels in the file's metadata, so that a file says what it is.
    """
    from onnx import TensorProto, helper

    graph = _Graph()
    hidden = _embeddings(graph, weights)
    bias = _mask_bias(graph)
    for number in range(LAYERS):
        hidden = _layer(graph, weights, f"encoder.layer.{number}.", hidden, bias)
    _pooled(graph, hidden)
    tokens = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"])
        for name in ("input_ids", "attention_mask")
    ]
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", WIDTH])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", tokens, [vector], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
    )
    helper.set_model_props(model, dict(identity))
    content: bytes = model.SerializeToString()
    return content


class _Graph:
    """Nodes and constants in the making; every method returns the name of what it added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any, kind: str = "float32") -> str:
        import numpy as np
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        array = np.ascontiguousarray(np.asarray(value, dtype=kind))
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def add(self, operation: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = name or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))
        return name

    def dense(self, weights: Mapping[str, Any], prefix: str, hidden: str) -> str:
        # torch keeps [out, in]; MatMul wants [in, out].
        product = self.add("MatMul", hidden, self.constant(weights[prefix + "weight"].T))
        return self.add("Add", product, self.constant(weights[prefix + "bias"]))

    def normalised(self, weights: Mapping[str, Any], prefix: str, hidden: str) -> str:
        scale, shift = (self.constant(weights[prefix + part]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", hidden, scale, shift, axis=-1, epsilon=EPSILON)


def _embeddings(graph: _Graph, weights: Mapping[str, Any]) -> str:
    """Word + position + token type, normalised; the type is always 0, so it joins the words."""
    table = weights["embeddings.word_embeddings.weight"]
    table = table + weights["embeddings.token_type_embeddings.weight"][0]
    words = graph.add("Gather", graph.constant(table), "input_ids", axis=0)
    length = graph.add("Shape", "input_ids", start=1, end=2)
    positions = graph.add(
        "Slice",
        graph.constant(weights["embeddings.position_embeddings.weight"]),
        graph.constant([0], "int64"),
        length,
        graph.constant([0], "int64"),
    )
    return graph.normalised(weights, "embeddings.LayerNorm.", graph.add("Add", words, positions))


def _mask_bias(graph: _Graph) -> str:
    """[n, 1, 1, t]: 0 where there is text, so negative elsewhere that softmax gives 0."""
    import numpy as np

    mask = graph.add("Cast", "attention_mask", name="mask", to=1)
    empty = graph.add("Sub", graph.constant(1.0), mask)
    bias = graph.add("Mul", empty, graph.constant(np.finfo(np.float32).min))
    return graph.add("Unsqueeze", bias, graph.constant([1, 2], "int64"))


def _layer(graph: _Graph, weights: Mapping[str, Any], at: str, hidden: str, bias: str) -> str:
    attended = graph.dense(
        weights, at + "attention.output.dense.", _attention(graph, weights, at, hidden, bias)
    )
    hidden = graph.normalised(
        weights, at + "attention.output.LayerNorm.", graph.add("Add", attended, hidden)
    )
    wide = graph.add("Gelu", graph.dense(weights, at + "intermediate.dense.", hidden))
    narrow = graph.dense(weights, at + "output.dense.", wide)
    return graph.normalised(weights, at + "output.LayerNorm.", graph.add("Add", narrow, hidden))


def _attention(graph: _Graph, weights: Mapping[str, Any], at: str, hidden: str, bias: str) -> str:
    """softmax(q·kᵀ/√d + bias)·v, per head."""
    split = graph.constant([0, 0, HEADS, WIDTH // HEADS], "int64")

    def heads(part: str, order: tuple[int, ...]) -> str:
        flat = graph.dense(weights, f"{at}attention.self.{part}.", hidden)
        return graph.add("Transpose", graph.add("Reshape", flat, split), perm=order)

    query, key = heads("query", (0, 2, 1, 3)), heads("key", (0, 2, 3, 1))
    scores = graph.add("MatMul", query, key)
    scaled = graph.add("Mul", scores, graph.constant((WIDTH // HEADS) ** -0.5))
    share = graph.add("Softmax", graph.add("Add", scaled, bias), axis=-1)
    mixed = graph.add("MatMul", share, heads("value", (0, 2, 1, 3)))
    rows = graph.add("Transpose", mixed, perm=(0, 2, 1, 3))
    return graph.add("Reshape", rows, graph.constant([0, 0, WIDTH], "int64"))


def _pooled(graph: _Graph, hidden: str) -> str:
    """The mean over the text's tokens, scaled to length one."""
    column = graph.add("Unsqueeze", "mask", graph.constant([2], "int64"))
    axis = graph.constant([1], "int64")
    total = graph.add("ReduceSum", graph.add("Mul", hidden, column), axis, keepdims=0)
    # The mean's divisor cancels in the scaling to length one.
    length = graph.add("ReduceL2", total, axis, keepdims=1)
    return graph.add("Div", total, length, name="vector")
