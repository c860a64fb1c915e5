"""Makes the int8 form of the exported acoustic model and checks it beside the float form.

Static quantisation of the matrix products: weights per output channel, activations by fixed ranges measured on training clips.
Fixed ranges keep the rows of a batch independent of each other, which ranges taken from each batch would not. Convolutions, norms
and softmax stay in float. Writes `../../models/<name>.int8.onnx`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from augmentation import Augmenter
from corpus_store import CorpusStore
from evaluate import dev_clips, edit_distance, greedy
from prepare import add_folders
from streaming import StreamingModel


class Calibration(CalibrationDataReader):
    """Requests that the model sees in use: chunk after chunk of augmented training clips, with the state of the chunk before."""

    def __init__(self, path: Path, signals: list[np.ndarray]) -> None:
        self._requests = self._stream(StreamingModel(path), signals)

    @staticmethod
    def _stream(model: StreamingModel, signals: list[np.ndarray]) -> Iterator[dict[str, np.ndarray]]:
        for index, signal in enumerate(signals):
            yield from model.requests(signal, (8, 32, 128)[index % 3])

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self._requests, None)


def as_float32(path: Path, target: Path) -> None:
    """The exported file with its float16 weights widened, because the quantiser folds no casts."""
    content = onnx.load(path)
    halves = {one.name: one for one in content.graph.initializer if one.data_type == TensorProto.FLOAT16}
    kept = []
    for node in content.graph.node:
        if node.op_type == "Cast" and node.input[0] in halves:
            wide = onnx.numpy_helper.to_array(halves[node.input[0]]).astype(np.float32)
            content.graph.initializer.append(onnx.numpy_helper.from_array(wide, node.output[0]))
        else:
            kept.append(node)
    for one in halves.values():
        content.graph.initializer.remove(one)
    del content.graph.node[:]
    content.graph.node.extend(kept)
    onnx.save(content, target)


def training_signals(work: Path, corpora: Path, count: int, seed: int) -> list[np.ndarray]:
    """`count` augmented clips of the train split."""
    store = CorpusStore(work, "speech")
    chance = np.random.default_rng(seed)
    clips = [one for one in store.utterances if one.split == "train"]
    augmenter = Augmenter(corpora)
    return [augmenter.apply(store.signal(clips[index]), chance)[0] for index in chance.integers(len(clips), size=count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("--name", default="stt-en")
    parser.add_argument("--clips", type=int, default=90, help="training clips that measure the ranges")
    parser.add_argument("--models", type=Path, default=Path(__file__).resolve().parents[2] / "models")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    source = options.models / f"{options.name}.onnx"
    target = options.models / f"{options.name}.int8.onnx"
    with tempfile.TemporaryDirectory() as folder:
        wide, ready, candidate = (Path(folder) / f"{part}.onnx" for part in ("wide", "ready", "int8"))
        as_float32(source, wide)
        quant_pre_process(str(wide), str(ready), skip_symbolic_shape=True)
        signals = training_signals(options.work, options.corpora, options.clips, options.seed)
        quantize_static(
            str(ready), str(candidate), Calibration(wide, signals), quant_format=QuantFormat.QDQ, per_channel=True,
            op_types_to_quantize=["MatMul"], activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"MatMulConstBOnly": True, "ActivationSymmetric": False, "CalibMovingAverage": True},
        )  # fmt: skip
        content = onnx.load(candidate)
        onnx.helper.set_model_props(content, {one.key: one.value for one in onnx.load(source).metadata_props})
        onnx.save(content, candidate)
        clips = dev_clips([CorpusStore(options.work, "speech")], per_corpus=40)
        for path, label in ((wide, "float"), (candidate, "int8")):
            model = StreamingModel(path)
            errors = total = 0
            for store, one in clips:
                errors += edit_distance(one.tokens, greedy(model.log_probabilities([store.signal(one)], 32)[0]))
                total += len(one.tokens)
            print(f"{label}: {path.stat().st_size / 1e6:.1f} MB, phone error rate {errors / total:.4f}")
        os.replace(candidate, target) if target.parent.stat().st_dev == candidate.stat().st_dev else target.write_bytes(candidate.read_bytes())
    print(target)


if __name__ == "__main__":
    main()
