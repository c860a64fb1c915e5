"""The end-of-turn network: means, slopes and spreads of the last moments before a pause, read by small networks.

It normalises inside: a floor below the loudest value, the utterance's own level and the caller's own pitch are taken out, so that
gain, silence and voice do not tell the answer. The window ends with the last frame of speech and is filled up from the left.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

MEL_BANDS = 80
FRAME_WIDTH = MEL_BANDS + 3
WINDOW_FRAMES = 250
MEL_RANGE = 9.0
"""Natural log units below the loudest value (about 40 dB) that count as equally silent: a room's noise like a line that sends none."""
BAND_GROUPS = 16
"""Neighbouring mel bands are joined to so many."""
CHANNELS = BAND_GROUPS + 4
"""Band groups, melody, voiced or not, periodicity, and how much the spectrum changes from frame to frame."""
MEAN_FRAMES, SLOPE_FRAMES, SPREAD_FRAMES = (8, 16, 32, 64, 128, 250), (16, 32, 64, 128), (16, 64)
"""Stretches at the end over which means, slopes and spreads are taken; a frame is 10 ms."""
STATISTICS = CHANNELS * (len(MEAN_FRAMES) + len(SLOPE_FRAMES) + len(SPREAD_FRAMES))


def weights_at_the_end() -> Tensor:
    """Rows of weights over the window's frames: a mean or a slope over its last frames each, the means of the spreads last."""
    rows = [torch.cat([torch.zeros(WINDOW_FRAMES - count), torch.full((count,), 1 / count)]) for count in MEAN_FRAMES]
    for count in SLOPE_FRAMES:
        ramp = torch.linspace(-1, 1, count)
        rows.append(torch.cat([torch.zeros(WINDOW_FRAMES - count), ramp / ramp.square().sum()]))
    return torch.stack(rows)


class Judge(nn.Sequential):
    """Logit from standardised statistics."""

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__(nn.Dropout(dropout), nn.Linear(STATISTICS, hidden), nn.SiLU(), nn.Dropout(dropout), nn.Linear(hidden, 1))


class TurnEndNet(nn.Module):
    """What is exported: the mean of the judges' logits, calibrated; probability [batch, 1] that the turn is over."""

    def __init__(self, judges: int = 5, hidden: int = 32, dropout: float = 0.4) -> None:
        super().__init__()
        self.register_buffer("mel_mean", torch.zeros(MEL_BANDS))
        self.register_buffer("mel_sd", torch.ones(MEL_BANDS))
        self.register_buffer("mean", torch.zeros(STATISTICS))
        self.register_buffer("sd", torch.ones(STATISTICS))
        self.register_buffer("slope", torch.tensor(1.0))
        self.register_buffer("offset", torch.tensor(0.0))
        self.register_buffer("at_the_end", weights_at_the_end())
        self.judges = nn.ModuleList(Judge(hidden, dropout) for _ in range(judges))

    def levelled(self, frames: Tensor, mask: Tensor) -> Tensor:
        """Mel values against the loudest and the mean of the utterance, zero outside the mask."""
        row_mask = mask.unsqueeze(2)
        mel = frames[:, :, :MEL_BANDS]
        loudest = (mel + (row_mask - 1) * 1e4).amax(dim=(1, 2), keepdim=True)
        mel = torch.maximum(mel, loudest - MEL_RANGE)
        level = (mel * row_mask).sum(dim=(1, 2), keepdim=True) / (MEL_BANDS * row_mask.sum(dim=(1, 2), keepdim=True).clamp(min=1))
        return (mel - level) * row_mask

    def statistics(self, frames: Tensor, mask: Tensor) -> Tensor:
        """[batch, STATISTICS]. frames [batch, 250, 83] with padding in front, mask [batch, 250]."""
        row_mask = mask.unsqueeze(2)
        mel = (self.levelled(frames, mask) - self.mel_mean) / self.mel_sd * row_mask
        bands = mel.reshape(-1, WINDOW_FRAMES, BAND_GROUPS, MEL_BANDS // BAND_GROUPS).mean(dim=3)
        change = torch.cat([torch.zeros_like(bands[:, :1]), bands[:, 1:] - bands[:, :-1]], dim=1).abs().mean(dim=2, keepdim=True)
        voiced = frames[:, :, MEL_BANDS + 1 : MEL_BANDS + 2] * row_mask
        pitch = frames[:, :, MEL_BANDS : MEL_BANDS + 1] * voiced
        usual = pitch.sum(dim=1, keepdim=True) / voiced.sum(dim=1, keepdim=True).clamp(min=1)
        melody = ((pitch - usual) / 4.0 * voiced).clamp(-4, 4)
        channels = torch.cat([bands, melody, voiced, frames[:, :, MEL_BANDS + 2 :] * row_mask, change], dim=2)
        means_and_slopes = torch.matmul(self.at_the_end, channels)
        spreads = [channels[:, -count:].std(dim=1, unbiased=False, keepdim=True) for count in SPREAD_FRAMES]
        return torch.cat([means_and_slopes, *spreads], dim=1).flatten(1)

    def standardised(self, statistics: Tensor) -> Tensor:
        return ((statistics - self.mean) / self.sd).clamp(-5, 5)

    def logit(self, standardised: Tensor) -> Tensor:
        """Uncalibrated [batch, 1]."""
        return torch.stack([judge(standardised) for judge in self.judges]).mean(dim=0)

    def forward(self, frames: Tensor, mask: Tensor) -> Tensor:
        return torch.sigmoid(self.logit(self.standardised(self.statistics(frames, mask))) * self.slope + self.offset)
