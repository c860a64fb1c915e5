"""Writes the tiny CTC networks of test/support/ctc-exports: real signatures, weights chosen by hand.

Run with Python and the package onnx: python test/support/make-ctc-onnx.py

waveform.onnx has the signature of a wav2vec2 export. A frame is 320 samples; its mean decides the symbol: near 0 blank,
otherwise symbol round(mean / 0.1), so a test writes text as levels of a signal.

mel.onnx has the signature of a NeMo export. A frame is 4 mel frames; the symbol is the band, out of the first 5, with the
highest mean value.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

here = Path(__file__).parent / "ctc-exports"
here.mkdir(exist_ok=True)


def constant(name, values):
    return numpy_helper.from_array(np.asarray(values), name)


def save(name, nodes, inputs, outputs, constants):
    graph = h.make_graph(nodes, name, inputs, outputs, constants)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, here / f"{name}.onnx")


# logits[s] = -(mean/0.1 - s)^2 * 4 for symbols 0..7
save(
    "waveform",
    [
        h.make_node("Unsqueeze", ["input_values", "axis1"], ["x"]),
        h.make_node("AveragePool", ["x"], ["mean"], kernel_shape=[320], strides=[320]),
        h.make_node("Transpose", ["mean"], ["t"], perm=[0, 2, 1]),
        h.make_node("Mul", ["t", "ten"], ["scaled"]),
        h.make_node("Sub", ["scaled", "symbols"], ["distance"]),
        h.make_node("Mul", ["distance", "distance"], ["square"]),
        h.make_node("Mul", ["square", "minusFour"], ["logits"]),
    ],
    [h.make_tensor_value_info("input_values", T.FLOAT, ["batch_size", "sequence_length"])],
    [h.make_tensor_value_info("logits", T.FLOAT, ["batch_size", "frames", 8])],
    [
        constant("axis1", np.array([1], np.int64)),
        constant("ten", np.array(10, np.float32)),
        constant("symbols", np.arange(8, dtype=np.float32).reshape(1, 1, 8)),
        constant("minusFour", np.array(-4, np.float32)),
    ],
)

save(
    "mel",
    [
        h.make_node("AveragePool", ["audio_signal"], ["pooled"], kernel_shape=[4], strides=[4]),
        h.make_node("Slice", ["pooled", "start", "end", "axes"], ["bands"]),
        h.make_node("Transpose", ["bands"], ["t"], perm=[0, 2, 1]),
        h.make_node("Cast", ["length"], ["lengths"], to=T.FLOAT),
        h.make_node("Mul", ["lengths", "nought"], ["zero"]),
        h.make_node("Unsqueeze", ["zero", "axes12"], ["zero3"]),
        h.make_node("Add", ["t", "zero3"], ["logits"]),
        h.make_node("LogSoftmax", ["logits"], ["logprobs"], axis=-1),
    ],
    [
        h.make_tensor_value_info("audio_signal", T.FLOAT, ["audio_signal_dynamic_axes_1", 80, "audio_signal_dynamic_axes_2"]),
        h.make_tensor_value_info("length", T.INT64, ["length_dynamic_axes_1"]),
    ],
    [h.make_tensor_value_info("logprobs", T.FLOAT, ["logprobs_dynamic_axes_1", "logprobs_dynamic_axes_2", 5])],
    [
        constant("start", np.array([0], np.int64)),
        constant("end", np.array([5], np.int64)),
        constant("axes", np.array([1], np.int64)),
        constant("axes12", np.array([1, 2], np.int64)),
        constant("nought", np.array(0, np.float32)),
    ],
)
