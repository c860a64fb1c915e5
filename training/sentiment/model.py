"""The network: token vectors and hashed bigram vectors, masked convolutions, attention pooling, two heads.

    input_ids int64 [batch, length], 0 is padding; mask float32 [batch, length], 1 for a token
    -> emotion logits [batch, 28], polarity logits [batch, 3]

A bigram's row is (first * 1000003 + second * 8191) mod rows, computed inside the graph, so a caller sends token ids only.
Padding never reaches a result: it is zeroed before every convolution and excluded from both poolings.
"""

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Gated convolution over three tokens with a residual connection."""

    def __init__(self, width: int, dropout: float, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, 2 * width, 3, padding=dilation, dilation=dilation)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        y = self.conv((self.norm(x) * mask).transpose(1, 2)).transpose(1, 2)
        value, gate = y.chunk(2, -1)
        return (x + self.dropout(value * torch.sigmoid(gate))) * mask


class SentimentModel(nn.Module):
    def __init__(self, vocabulary: int, labels: int, token_width=128, bigram_width=64, bigram_rows=24_576, width=192, blocks=2, heads=4, dropout=0.35) -> None:
        super().__init__()
        self.bigram_rows = bigram_rows
        self.heads = heads
        self.tokens = nn.Embedding(vocabulary, token_width, padding_idx=0)
        self.bigrams = nn.Embedding(bigram_rows, bigram_width)
        nn.init.normal_(self.bigrams.weight, std=0.02)
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(token_width + bigram_width, width)
        self.blocks = nn.ModuleList(Block(width, dropout, 1 + (index > 1)) for index in range(blocks))
        self.attention = nn.Linear(width, heads)
        pooled = 2 * width + token_width + bigram_width
        self.pool = nn.Linear(pooled, 256)
        self.emotions = nn.Linear(256, labels)
        self.direct = nn.Linear(token_width + bigram_width, labels, bias=False)
        self.polarity = nn.Linear(256, 3)

    def forward(self, input_ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        column = mask.unsqueeze(-1)
        following = F.pad(input_ids[:, 1:], (0, 1))
        pairs = torch.remainder(input_ids * 1_000_003 + following * 8_191, self.bigram_rows)
        rows = self.bigrams(pairs)
        if self.training:  # whole bigrams are forgotten at random: rare pairs are learned by heart otherwise
            rows = rows * (torch.rand_like(rows[..., :1]) > 0.4) / 0.6
        raw = torch.cat([self.tokens(input_ids), rows], -1) * column
        x = self.project(self.dropout(raw)) * column
        for block in self.blocks:
            x = block(x, column)
        weights = torch.softmax(self.attention(x) + (column - 1) * 1e4, 1) * column
        parts = torch.einsum("blh,blhd->bhd", weights, x.unflatten(-1, (self.heads, -1))).flatten(1)
        highest = (x + (column - 1) * 1e4).amax(1) * column.amax(1)
        mean = raw.sum(1) / (column.sum(1) + 1e-6).sqrt()
        hidden = self.dropout(F.gelu(self.pool(self.dropout(torch.cat([parts, highest, mean], -1)))))
        return self.emotions(hidden) + self.direct(self.dropout(mean)), self.polarity(hidden)
