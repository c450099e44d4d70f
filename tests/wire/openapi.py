"""The shapes of Ollama's published OpenAPI description, as far as we speak it.

Source: ollama/ollama docs/openapi.yaml (OpenAPI 3.1, `info.version` 0.1.0), schemas of the same
names. The final event of a chat stream carries the counts of `ChatResponse`.
"""

from collections.abc import Mapping

_NUMBER = (int, float)

_COUNTS = {
    "done_reason": str,
    "total_duration": int,
    "load_duration": int,
    "prompt_eval_count": int,
    "prompt_eval_duration": int,
    "eval_count": int,
    "eval_duration": int,
}
_EVENT = {"model": str, "created_at": str, "message": "Said", "done": bool}

SHAPES: Mapping[str, Mapping[str, object]] = {
    "ChatRequest": {
        "model": str,
        "messages": ["ChatMessage"],
        "tools": list,
        "format": (str, dict),
        "options": "ModelOptions",
        "stream": bool,
        "think": (bool, str),
        "keep_alive": (str, int, float),
        "logprobs": bool,
        "top_logprobs": int,
    },
    "ChatMessage": {"role": str, "content": str, "images": list, "tool_calls": list},
    "ModelOptions": {
        "seed": int,
        "temperature": _NUMBER,
        "top_k": int,
        "top_p": _NUMBER,
        "min_p": _NUMBER,
        "stop": (str, list),
        "num_ctx": int,
        "num_predict": int,
    },
    "Said": {"role": str, "content": str, "thinking": str, "tool_calls": list, "images": list},
    "ChatStreamEvent": {**_EVENT, **_COUNTS, "logprobs": ["Logprob"]},
    "Logprob": {"token": str, "logprob": _NUMBER, "bytes": list, "top_logprobs": list},
    "GenerateRequest": {
        "model": str,
        "prompt": str,
        "keep_alive": (str, int, float),
        "stream": bool,
    },
    "GenerateResponse": {
        "model": str,
        "created_at": str,
        "response": str,
        "done": bool,
        **_COUNTS,
    },
    "ShowRequest": {"model": str, "verbose": bool},
    "ShowResponse": {
        "parameters": str,
        "license": str,
        "modified_at": str,
        "details": dict,
        "template": str,
        "capabilities": [str],
        "model_info": dict,
    },
    "Details": {
        "parent_model": str,  # only in the examples
        "format": str,
        "family": str,
        "families": [str],
        "parameter_size": str,
        "quantization_level": str,
    },
    "ModelSummary": {
        "name": str,
        "model": str,
        "remote_model": str,
        "remote_host": str,
        "modified_at": str,
        "size": int,
        "digest": str,
        "details": "Details",
    },
    "ListResponse": {"models": ["ModelSummary"]},
    "Ps": {
        "name": str,
        "model": str,
        "size": int,
        "digest": str,
        "details": dict,
        "expires_at": str,
        "size_vram": int,
        "context_length": int,
    },
    "PsResponse": {"models": ["Ps"]},
    "VersionResponse": {"version": str},
    "ErrorResponse": {"error": str},
}
REQUIRED: Mapping[str, frozenset[str]] = {
    "ChatRequest": frozenset({"model", "messages"}),
    "ChatMessage": frozenset({"role", "content"}),
    "ShowRequest": frozenset({"model"}),
    "GenerateRequest": frozenset({"model"}),
}


def faults_of(value: object, shape: object, where: str = "") -> list[str]:
    """Where `value` departs from a shape: a name of `SHAPES`, a list of one, or a type."""
    if isinstance(shape, str):
        return _faults_of_object(value, shape, where or shape)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [
            fault
            for index, member in enumerate(value)
            for fault in faults_of(member, shape[0], f"{where}[{index}]")
        ]
    kinds = shape if isinstance(shape, tuple) else (shape,)
    fits = isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds)
    return [] if fits else [f"{where} is {type(value).__name__}"]


def _faults_of_object(value: object, name: str, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    shape = SHAPES[name]
    faults = [f"{where} lacks {field}" for field in REQUIRED.get(name, frozenset()) - set(value)]
    faults += [f"{where} has {field}, which is not described" for field in set(value) - set(shape)]
    for field in set(value) & set(shape):
        faults += faults_of(value[field], shape[field], f"{where}.{field}")
    return faults
