"""Writes the trained network as ONNX with its two tables as int8, and its tokenizer beside it.

    python export.py --work WORK_FOLDER --name NAME --models MODELS_FOLDER

A table's row is stored as int8 with one float scale (its largest magnitude / 127): a quarter of the size; evaluate.py
measures the exported file, so what that costs is in the figures.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from labels import LABELS
from model import SentimentModel


class RowQuantized(nn.Module):
    """Looks up int8 rows and scales them back."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("rows", torch.round(weight / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.rows[ids].float() * self.scale[ids]


def load(work: Path, name: str) -> SentimentModel:
    saved = torch.load(work / f"{name}.pt", weights_only=True)
    vocabulary, width = saved["state"]["tokens.weight"].shape
    options = saved["options"]
    model = SentimentModel(vocabulary, len(LABELS), token_width=width, width=options["width"], blocks=options["blocks"])
    model.load_state_dict(saved["state"])
    return model.eval()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--name", default="model")
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = load(options.work, options.name)
    model.tokens = RowQuantized(model.tokens.weight.detach())
    model.bigrams = RowQuantized(model.bigrams.weight.detach())
    ids = torch.randint(1, 1000, (3, 16))
    ids[0, 5:] = 0
    mask = (ids > 0).float()
    path = options.models / "sentiment-en.onnx"
    torch.onnx.export(
        model, (ids, mask), str(path), input_names=["input_ids", "mask"], output_names=["emotion_logits", "polarity_logits"],
        dynamic_axes={n: {0: "batch", 1: "length"} for n in ("input_ids", "mask")} | {n: {0: "batch"} for n in ("emotion_logits", "polarity_logits")},
        opset_version=17, dynamo=False,
    )
    onnx.checker.check_model(str(path))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = model(ids, mask)
    for got, want in zip(session.run(None, {"input_ids": ids.numpy(), "mask": mask.numpy()}), expected):
        assert np.abs(got - want.numpy()).max() < 1e-4
    alone = session.run(None, {"input_ids": ids[:1, :5].numpy(), "mask": mask[:1, :5].numpy()})[0]
    assert np.abs(alone - expected[0][:1].numpy()).max() < 1e-4, "padding must not matter"
    shutil.copy(options.work / "tokenizer.json", options.models / "sentiment-en.tokenizer.json")
    print(path, path.stat().st_size, "bytes;", json.dumps([(i.name, i.type, i.shape) for i in (*session.get_inputs(), *session.get_outputs())]))


if __name__ == "__main__":
    main()
