"""Writes the streaming acoustic model as ONNX, with its tokens, and checks it before it replaces the old file.

Interface (every row independent, state carried in the request):
  features float32 [batch, 4 C + 3, 80] (the first 3 frames are the last 3 of the previous chunk, ln(1e-10) at the start),
  attention_cache float32 [batch, layers, left, 2 width], conv_cache float32 [batch, layers, width, kernel - 1],
  cached_frames int64 [batch] (0 at the start, saturates at left);
  log_probs float32 [batch, C, vocab], next_attention_cache, next_conv_cache, next_cached_frames (same shapes as their inputs).
Weights are stored as float16 behind Cast nodes, which the runtime folds when it loads: half the file, arithmetic in float32.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from corpus_store import CorpusStore
from evaluate import dev_clips, load_model, log_probabilities
from features import SAMPLE_RATE_HZ
from model import CONTEXT_FRAMES, AcousticModel
from phones import TOKENS
from prepare import add_folders
from streaming import StreamingModel

INPUTS = ("features", "attention_cache", "conv_cache", "cached_frames")
OUTPUTS = ("log_probs", "next_attention_cache", "next_conv_cache", "next_cached_frames")
DEFAULT_CHUNK = 8


class _Chunk(nn.Module):
    """The streaming form as a module of its own, for the exporter."""

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, features: Tensor, attention_cache: Tensor, conv_cache: Tensor, cached_frames: Tensor) -> tuple[Tensor, ...]:
        return self.model.forward_chunk(features, attention_cache, conv_cache, cached_frames)


def halve_weights(graph: onnx.GraphProto) -> None:
    """Stores every large float32 weight as float16 with a Cast to float32 in front of its uses."""
    casts = []
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < 1024:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), name + ".half"))
        casts.append(helper.make_node("Cast", [name + ".half"], [name], name=name + ".cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def export(model: AcousticModel, path: Path, about: dict[str, str]) -> None:
    """Writes `path` (atomically) with metadata; shapes of batch and chunk stay free."""
    size = model.size
    frames = 4 * DEFAULT_CHUNK + CONTEXT_FRAMES
    example = (
        torch.zeros(2, frames, size.mel_bands),
        torch.zeros(2, size.layers, size.left, 2 * size.width),
        torch.zeros(2, size.layers, size.width, size.kernel - 1),
        torch.zeros(2, dtype=torch.int64),
    )
    axes = {name: {0: "batch"} for name in (*INPUTS, *OUTPUTS)}
    axes["features"][1] = "mel_frames"
    axes["log_probs"][1] = "chunk"
    partial = path.with_suffix(".partial")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Chunk(model).eval(), example, str(partial), input_names=list(INPUTS), output_names=list(OUTPUTS),
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
    content = onnx.load(partial)
    halve_weights(content.graph)
    for name, axis, length in (("next_attention_cache", 2, size.left), ("next_conv_cache", 3, size.kernel - 1)):
        output = next(one for one in content.graph.output if one.name == name)
        output.type.tensor_type.shape.dim[axis].dim_value = length
    metadata = {
        "sample_rate_hz": SAMPLE_RATE_HZ, "chunk_frames": DEFAULT_CHUNK, "context_frames": CONTEXT_FRAMES, "left": size.left,
        "vocab": size.vocabulary, "layers": size.layers, "width": size.width, "kernel": size.kernel, "subsampling": 4,
        "mel_bands": size.mel_bands, **about,
    }  # fmt: skip
    helper.set_model_props(content, {name: str(value) for name, value in metadata.items()})
    onnx.checker.check_model(content)
    onnx.save(content, partial)
    os.replace(partial, path)


def write_tokens(path: Path) -> None:
    """`{"tokens": [...]}`: index in the list is the index in log_probs, 0 is the blank."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"tokens": TOKENS}) + "\n", encoding="utf-8")
    os.replace(partial, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("--name", default="stt-en")
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parents[2] / "models")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, position = load_model(options.work / f"{options.name}.pt")
    about = {"trained_hours": f"{position['audio_seconds'] / 3600:.1f}", "trained_steps": str(position["step"])}
    clips = dev_clips([CorpusStore(options.work, "speech")], per_corpus=4)
    signals = [store.signal(one) for store, one in clips]
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        candidate = Path(folder) / f"{options.name}.onnx"
        export(model, candidate, about)
        streaming = StreamingModel(candidate)
        worst = 0.0
        for chunk in (8, 16, 32):
            for signal, expected in zip(signals, log_probabilities(model, signals, chunk)):
                found = streaming.log_probabilities([signal], chunk)[0]
                worst = max(worst, float(np.abs(np.exp(found) - np.exp(expected)).max()))
        if worst > 0.02:
            raise SystemExit(f"streaming differs from the checkpoint by {worst:.4f} in probability: not exported")
        os.replace(candidate, options.output / candidate.name)
    write_tokens(options.output / f"{options.name}.tokens.json")
    print(f"{options.output / (options.name + '.onnx')}: step {position['step']}, largest difference in probability {worst:.5f}")


if __name__ == "__main__":
    main()
