"""The acoustic model: a causal-convolution, chunked-attention encoder with a CTC head, and its streaming form.

`forward` sees whole utterances with a chunk mask (training, evaluation); `forward_chunk` sees one chunk and carries its state
(what is exported). Both give the same numbers for the same chunk length. 25 encoder frames per second; encoder frame t sees mel
frames 4t-3 .. 4t+3, so a chunk of C encoder frames needs 4C mel frames and the CONTEXT_FRAMES before them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CONTEXT_FRAMES = 3
MASKED = -1e4
LONGEST_SKIP = 0.15
"""Probability that a training step leaves out the last block; falls linearly towards the first (stochastic depth)."""


@dataclass(frozen=True)
class ModelSize:
    """Everything that fixes the shapes of the weights and caches."""

    width: int = 256
    layers: int = 8
    heads: int = 4
    expansion: int = 4
    kernel: int = 15
    left: int = 40
    stem_channels: int = 32
    mel_bands: int = 80
    vocabulary: int = 40

    def described(self) -> dict[str, int]:
        return asdict(self)


def rotate(x: Tensor, positions: Tensor) -> Tensor:
    """Rotary position code. x: [batch, heads, time, size]; positions: [time], only their differences matter."""
    half = x.shape[-1] // 2
    rates = 10000.0 ** (-torch.arange(half, dtype=torch.float32, device=x.device) / half)
    angles = positions.to(torch.float32)[:, None] * rates
    cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x[..., :half], x[..., half:]
    return torch.cat((first * cosine - second * sine, first * sine + second * cosine), dim=-1)


class Stem(nn.Module):
    """Normalises mel features and reduces them four times in time: two 3x3 convolutions of stride 2, then a projection."""

    def __init__(self, size: ModelSize) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size.mel_bands))
        self.register_buffer("scale", torch.ones(size.mel_bands))
        self.first = nn.Conv2d(1, size.stem_channels, 3, stride=2, padding=(0, 1))
        self.second = nn.Conv2d(size.stem_channels, size.stem_channels, 3, stride=2, padding=(0, 1))
        self.project = nn.Linear(size.stem_channels * (size.mel_bands // 4), size.width)
        self.norm = nn.LayerNorm(size.width)

    def forward(self, features: Tensor) -> Tensor:
        """[batch, 4 C + 3, bands] -> [batch, C, width]."""
        x = ((features - self.mean) * self.scale).unsqueeze(1)
        x = F.silu(self.second(F.silu(self.first(x))))
        return self.norm(self.project(x.transpose(1, 2).flatten(2)))


class Block(nn.Module):
    """Attention, causal depthwise convolution, feed-forward; each behind its own layer norm and a residual."""

    def __init__(self, size: ModelSize) -> None:
        super().__init__()
        width = size.width
        self.heads, self.kernel = size.heads, size.kernel
        self.attention_norm = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.convolution_norm = nn.LayerNorm(width)
        self.gated = nn.Linear(width, 2 * width)
        self.depthwise = nn.Conv1d(width, width, size.kernel, groups=width)
        self.depthwise_norm = nn.LayerNorm(width)
        self.convolution_out = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed_in = nn.Linear(width, size.expansion * width)
        self.feed_out = nn.Linear(size.expansion * width, width)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(queries [batch, time, width], keys and values [batch, time, 2 width]) of the attention."""
        projected = self.queries_keys_values(self.attention_norm(x))
        width = x.shape[-1]
        return projected[..., :width], projected[..., width:]

    def attend(self, queries: Tensor, keys_values: Tensor, mask: Tensor) -> Tensor:
        """Attention of the last frames of `keys_values` over all of them; mask is added to the scores."""
        batch, key_count, double = keys_values.shape
        width, query_count = double // 2, queries.shape[1]
        split = lambda part: part.reshape(batch, -1, self.heads, width // self.heads).transpose(1, 2)
        positions = torch.arange(key_count, device=queries.device)
        q = rotate(split(queries), positions[key_count - query_count :])
        k = rotate(split(keys_values[..., :width]), positions)
        scores = q @ k.transpose(2, 3) * (width // self.heads) ** -0.5 + mask.to(q.dtype)
        mixed = scores.softmax(-1).to(q.dtype) @ split(keys_values[..., width:])
        return self.attention_out(mixed.transpose(1, 2).reshape(batch, query_count, width))

    def gate(self, x: Tensor) -> Tensor:
        """Input of the depthwise convolution, time last: [batch, width, time]."""
        return F.glu(self.gated(self.convolution_norm(x)), dim=-1).transpose(1, 2)

    def convolve(self, padded: Tensor) -> Tensor:
        """[batch, width, kernel - 1 + time] -> [batch, time, width]."""
        return self.convolution_out(F.silu(self.depthwise_norm(self.depthwise(padded).transpose(1, 2))))

    def feed(self, x: Tensor) -> Tensor:
        return self.feed_out(F.silu(self.feed_in(self.feed_norm(x))))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = x + self.attend(*self.project(x), mask)
        x = x + self.convolve(F.pad(self.gate(x), (self.kernel - 1, 0)))
        return x + self.feed(x)


class AcousticModel(nn.Module):
    """Encoder with a CTC head; a frame-level head (silence and phones) at the end and in the middle serve training only."""

    def __init__(self, size: ModelSize) -> None:
        super().__init__()
        self.size = size
        self.stem = Stem(size)
        self.blocks = nn.ModuleList(Block(size) for _ in range(size.layers))
        self.norm = nn.LayerNorm(size.width)
        self.ctc = nn.Linear(size.width, size.vocabulary)
        self.frames = nn.Linear(size.width, size.vocabulary)
        self.middle = nn.Sequential(nn.LayerNorm(size.width), nn.Linear(size.width, size.vocabulary))

    def mask(self, frames: int, chunk: int, lengths: Tensor) -> Tensor:
        """[batch, 1, frames, frames] added to the scores: own chunk and `left` frames before it; chunk 0 means everything."""
        index = torch.arange(frames, device=lengths.device)
        allowed = (index[None, :] < lengths[:, None])[:, None, :]
        if chunk > 0:
            start = index // chunk * chunk
            seen = (index[None, :] < (start + chunk)[:, None]) & (index[None, :] >= (start - self.size.left)[:, None])
            allowed = allowed & seen[None]
        else:
            allowed = allowed.expand(-1, frames, -1)
        return torch.where(allowed, 0.0, MASKED)[:, None]

    def forward(self, features: Tensor, lengths: Tensor, chunk: int, absent: float) -> tuple[Tensor, Tensor, Tensor]:
        """Logits (CTC, frame-level, frame-level of the middle layer), each [batch, C, vocabulary].

        features: [batch, 4 C, bands]; lengths: encoder frames of each row; absent: feature value of the frames before the start.
        """
        x = self.stem(F.pad(features, (0, 0, CONTEXT_FRAMES, 0), value=absent))
        mask = self.mask(x.shape[1], chunk, lengths)
        middle = x
        for index, block in enumerate(self.blocks):
            skipped = self.training and torch.rand(()).item() < LONGEST_SKIP * (index + 1) / self.size.layers
            if not skipped:
                x = block(x, mask)
            if index + 1 == self.size.layers // 2:
                middle = x
        x = self.norm(x)
        return self.ctc(x), self.frames(x), self.middle(middle)

    def forward_chunk(
        self, features: Tensor, attention_cache: Tensor, conv_cache: Tensor, cached_frames: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """One chunk with its state; shapes as in the exported interface (see export.py). Rows are independent."""
        left = self.size.left
        x = self.stem(features)
        frames = x.shape[1]
        index = torch.arange(left, device=x.device)
        past = torch.where(index[None, :] >= left - cached_frames[:, None], 0.0, MASKED)
        mask = torch.cat((past, torch.zeros_like(x[:, :, 0])), dim=1)[:, None, None, :]
        attention_caches, conv_caches = [], []
        for number, block in enumerate(self.blocks):
            queries, keys_values = block.project(x)
            keys_values = torch.cat((attention_cache[:, number], keys_values), dim=1)
            x = x + block.attend(queries, keys_values, mask)
            padded = torch.cat((conv_cache[:, number], block.gate(x)), dim=2)
            x = x + block.convolve(padded)
            x = x + block.feed(x)
            attention_caches.append(keys_values[:, -left:])
            conv_caches.append(padded[:, :, -(block.kernel - 1) :])
        log_probs = self.ctc(self.norm(x)).log_softmax(-1)
        next_frames = torch.clamp(cached_frames + frames, max=left)
        return log_probs, torch.stack(attention_caches, 1), torch.stack(conv_caches, 1), next_frames
