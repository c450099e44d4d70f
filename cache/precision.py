"""How the encoder's graph keeps its matrices: exactly, or in whole numbers of eight bits.

Whole numbers take a quarter of the room and half of the time. Scales are symmetric and per
channel for matrices (Jacob et al. 2018), per call for what is multiplied by them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MICROSOFT = "com.microsoft"
"""The domain of ONNX Runtime's own operators (its docs/ContribOperators.md)."""

LOOKED_UP, MULTIPLIED = 127, 63
"""The largest whole number in a table that is looked up, in a matrix that is multiplied by.

Seven bits there: a processor without VNNI adds two products of an unsigned and a signed byte in
sixteen bits and cuts off what does not fit. 2·255·63 fits, so that every machine computes the
same (ONNX Runtime, "Quantize ONNX Models", on `reduce_range`).
"""


class Exact:
    """A graph in float32, in the making; every method returns the name of what it added."""

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
        return self.several(
            operation, *inputs, names=[name or f"n{len(self.nodes)}"], **attributes
        )[0]

    def several(
        self, operation: str, *inputs: str, names: list[str], **attributes: Any
    ) -> list[str]:
        """Like `add`, for an operation that gives more than one value."""
        from onnx import helper

        self.nodes.append(helper.make_node(operation, list(inputs), names, **attributes))
        return names

    def rows(self, table: "Floats", numbers: str) -> str:
        """The rows of `table` [rows, width] that `numbers` name."""
        return self.add("Gather", self.constant(table), numbers, axis=0)

    def dense(
        self,
        matrix: "Floats",
        bias: "Floats",
        hidden: str,
        *,
        size: "Floats | None" = None,
        by_row: bool = False,
    ) -> str:
        """hidden·matrixᵀ + bias, for a `matrix` [out, in] as torch keeps it.

        `size` [in] is how large each channel of `hidden` tends to be; `by_row` says that its rows
        differ much in size. Both matter to what rounds only.
        """
        product = self.add("MatMul", hidden, self.constant(matrix.T))
        return self.add("Add", product, self.constant(bias))


class Quantised(Exact):
    """A graph whose matrices are whole numbers; all else is float32."""

    def rows(self, table: "Floats", numbers: str) -> str:
        whole, scale = _whole(table, LOOKED_UP)
        found = self.add("Gather", self.constant(whole, "int8"), numbers, axis=0)
        scales = self.add("Gather", self.constant(scale[:, None]), numbers, axis=0)
        return self.add("Mul", self.add("Cast", found, to=1), scales)

    def dense(
        self,
        matrix: "Floats",
        bias: "Floats",
        hidden: str,
        *,
        size: "Floats | None" = None,
        by_row: bool = False,
    ) -> str:
        """As exactly as eight bits allow: one scale serves all of `hidden`, so large channels
        are made small first and the matrix large there (Xiao et al. 2023, SmoothQuant), and
        large rows are made small and their products large again.
        """
        if size is not None:
            hidden, matrix = self.add("Mul", hidden, self.constant(1 / size)), matrix * size
        whole, scale = _whole(matrix, MULTIPLIED)
        constants = self.constant(whole.T, "int8"), self.constant(scale)
        if not by_row:
            return self._product(hidden, *constants, "", self.constant(bias))
        largest = self.add(
            "ReduceMax", self.add("Abs", hidden), self.constant([-1], "int64"), keepdims=1
        )
        product = self._product(self.add("Div", hidden, largest), *constants)
        return self.add("Add", self.add("Mul", product, largest), self.constant(bias))

    def _product(self, *inputs: str) -> str:
        return self.add("DynamicQuantizeMatMul", *inputs, domain=MICROSOFT)


def _whole(matrix: "Floats", top: int) -> tuple["NDArray[np.int8]", "Floats"]:
    """[n, m] as whole numbers up to `top`, and the scale [n] of each row."""
    import numpy as np

    scale = abs(matrix).max(axis=1) / np.float32(top)
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale
