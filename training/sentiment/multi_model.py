"""The multilingual network: hashed pieces of words of every size, a linear part per language, a shared part over vectors.

    input_ids int64 [batch, 1 + length]: the language's token, then characters, 0 is padding; mask float32, 1 for a token
    -> emotion logits [batch, 7] (Chinese only), polarity logits [batch, 3]

Six streams of features start at each character: character n-grams of one to four that do not leave their word (Chinese
has no such borders), the word, and the word with the one before. Each is a number made of character ids by fixed products,
so that any word of any language has features without a list; tables are read at these numbers modulo their rows.

The linear part is TF-IDF with logistic regression, as a table per language: sum of the features' rows divided by the root of
the sum of their squared weights. Features that training met too rarely are left out of it, by a table of a million yes and no
(most of those that collide would be such). The shared part sums vectors at each character, then convolution and pooling.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

ORDERS = 4
STREAMS = ORDERS + 2
FIRST_LANGUAGE_ID = 2
LONGEST_WORD = 40
_CHARACTER = [1_000_003, 8_191, 131_071, 524_287]
_WORD = np.random.default_rng(11).integers(1_000, 2_000_000, LONGEST_WORD).tolist()


KNOWN_SIZE = 1_048_573


def known_index(numbers, language):
    """Where `known` says whether a language has a feature; arrays or tensors."""
    return (numbers + 1_000_003 * (language + 1)) % KNOWN_SIZE


class Features(nn.Module):
    """int64 feature numbers [batch, length, 6] and which of them exist, float32 of the same shape."""

    def __init__(self, first_initial: int, first_han: int) -> None:
        super().__init__()
        self.first_initial, self.first_han = first_initial, first_han
        self.register_buffer("word_factors", torch.tensor(_WORD, dtype=torch.int64), persistent=False)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        length = ids.shape[1]
        initial = ((ids >= self.first_initial) | (ids <= 1)).float()
        border = initial * (ids < self.first_han).float()
        last = F.pad(initial[:, 1:], (0, 1), value=1.0)
        found, exists = [], []
        inside = mask
        number = torch.zeros_like(ids)
        for order in range(ORDERS):
            shifted = F.pad(ids, (0, ORDERS))[:, order : order + length] if order else ids
            number = number + shifted * _CHARACTER[order]
            if order:
                inside = inside * F.pad(mask * (1 - border), (0, ORDERS))[:, order : order + length]
            ends = (F.pad(last, (0, ORDERS), value=1.0)[:, order : order + length] if order else last).long()
            found.append(number + 15_485_863 * (order + 1) + 32_452_843 * ends)
            exists.append(inside)
        # Where each character's word starts: the latest initial position up to it.
        position = torch.cumsum(torch.ones_like(ids), 1) - 1
        start = torch.cummax(position * initial.long(), 1).values if not torch.onnx.is_in_onnx_export() else self._latest(position * initial.long())
        within = (position - start).clamp(max=LONGEST_WORD - 1)
        terms = ids * self.word_factors[within]
        sums = torch.cumsum(terms, 1)
        word = torch.remainder(sums - torch.gather(sums - terms, 1, start), 1_000_000_007)
        before = torch.gather(F.pad(word, (1, 0))[:, :-1], 1, start)
        ended = mask * last
        found += [word * 7 + 3, torch.remainder(before * 31_337 + word, 1_000_000_007) * 7 + 5]
        exists += [ended, ended * (start > 0).float()]
        return torch.stack(found, -1), torch.stack(exists, -1)

    @staticmethod
    def _latest(starts: torch.Tensor) -> torch.Tensor:
        """Running maximum along a row; a pyramid of shifts, since ONNX has no such operator. 256 positions at most."""
        latest = starts
        for step in (1, 2, 4, 8, 16, 32, 64, 128):
            latest = torch.maximum(latest, F.pad(latest, (step, 0))[:, : starts.shape[1]])
        return latest


class Linear(nn.Module):
    """A row per language and feature number modulo `rows[language]`: coefficients, and the squared weight of the feature."""

    def __init__(self, rows: list[int], outputs: int, languages: list[int], known: torch.Tensor) -> None:
        super().__init__()
        self.outputs = outputs
        self.register_buffer("known", known)
        offsets = np.concatenate([[0], np.cumsum(rows)])
        self.register_buffer("rows", torch.tensor(rows))
        self.register_buffer("offsets", torch.tensor(offsets[:-1]))
        self.register_buffer("languages", torch.tensor(languages))
        self.register_buffer("table", torch.zeros(int(offsets[-1]) + 1, outputs + 1))
        self.register_buffer("bias", torch.zeros(len(rows), outputs))

    def index(self, numbers: torch.Tensor, language: torch.Tensor) -> torch.Tensor:
        one = self.languages[language]
        return torch.remainder(numbers, self.rows[one][:, None, None]) + self.offsets[one][:, None, None]

    def forward(self, numbers: torch.Tensor, exists: torch.Tensor, language: torch.Tensor) -> torch.Tensor:
        exists = exists * self.known[known_index(numbers, language[:, None, None])].float()
        found = self.table[self.index(numbers, language)].float() * exists[..., None]
        total = found.flatten(1, 2).sum(1)
        return total[:, : self.outputs] / (total[:, self.outputs :] + 1e-6).sqrt() + self.bias[self.languages[language]]


class Shared(nn.Module):
    def __init__(self, labels: int, languages: int, rows=32_768, width=48, inner=128, dropout=0.35) -> None:
        super().__init__()
        self.rows = rows
        self.vectors = nn.Embedding(rows, width)
        nn.init.normal_(self.vectors.weight, std=0.1)
        self.language = nn.Embedding(languages, 16)
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(width, inner)
        self.norm = nn.LayerNorm(inner)
        self.conv = nn.Conv1d(inner, 2 * inner, 5, padding=2)
        self.attention = nn.Linear(inner, 4)
        self.pool = nn.Linear(2 * inner + width + 16, 192)
        self.emotions = nn.Linear(192, labels)
        self.polarity = nn.Linear(192, 3)

    def forward(self, numbers: torch.Tensor, exists: torch.Tensor, mask: torch.Tensor, language: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if self.training:  # whole features are forgotten: rare ones are learned by heart otherwise
            exists = exists * (torch.rand_like(exists) > 0.35) / 0.65
        raw = (self.vectors(torch.remainder(numbers, self.rows)) * exists[..., None]).sum(2)
        column = mask[..., None]
        mean = raw.sum(1) / (exists.flatten(1).sum(1, keepdim=True) + 1e-6).sqrt()
        x = self.project(self.dropout(raw)) * column
        y = self.conv((self.norm(x) * column).transpose(1, 2)).transpose(1, 2)
        value, gate = y.chunk(2, -1)
        x = (x + self.dropout(value * torch.sigmoid(gate))) * column
        weights = torch.softmax(self.attention(x) + (column - 1) * 1e4, 1) * column
        parts = torch.einsum("blh,blhd->bhd", weights, x.unflatten(-1, (4, -1))).flatten(1)
        highest = (x + (column - 1) * 1e4).amax(1)
        hidden = torch.cat([parts, highest, mean, self.language(language)], -1)
        hidden = self.dropout(F.gelu(self.pool(self.dropout(hidden))))
        return self.emotions(hidden), self.polarity(hidden)


class MultilingualModel(nn.Module):
    """What is exported: both parts added, each with its weight (already inside the linear tables for theirs)."""

    def __init__(self, features: Features, emotion: Linear, polarity: Linear, shared: nn.Module, languages: int) -> None:
        super().__init__()
        self.features, self.emotion, self.polarity, self.shared = features, emotion, polarity, shared
        self.register_buffer("emotion_weight", torch.ones(languages))
        self.register_buffer("polarity_weight", torch.ones(languages))

    def forward(self, input_ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        language = input_ids[:, 0] - FIRST_LANGUAGE_ID
        ids, mask = input_ids[:, 1:], mask[:, 1:]
        numbers, exists = self.features(ids, mask)
        emotions, polarity = self.shared(numbers, exists, mask, language)
        return (
            self.emotion(numbers, exists, language) + emotions * self.emotion_weight[language][:, None],
            self.polarity(numbers, exists, language) + polarity * self.polarity_weight[language][:, None],
        )
