"""The voice emotion network: small convolutional encoders with attentive statistics pooling, 0.35 M parameters each.

It normalises inside: features minus the caller's mean, where the caller's mean is shrunk to the population's by how much of the
caller has been heard. An unknown caller (0 seconds) is compared with everybody.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

CATEGORIES = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgusted", "surprised")
MEL_BANDS = 80
FRAME_WIDTH = MEL_BANDS + 3
PROSODY_WIDTH = 15
FUNCTIONAL_WIDTH = 163
SUMMARY_WIDTH = PROSODY_WIDTH + FUNCTIONAL_WIDTH
"""Of the whole utterance: `prosodyFields`, then `voiceFunctionals`."""
BASELINE_WIDTH = MEL_BANDS + SUMMARY_WIDTH
"""Means over a caller's utterances: mel bands, then the summary."""
WINDOW_FRAMES = 300
SHRINKAGE_SECONDS = 4.0
"""Seconds of speech at which the caller's own mean weighs as much as the population's."""


STRANGER_SHARE, KNOWN_SHARE = 0.15, 0.5
"""Share of the functional nets for a caller never heard and for one known for ever."""


class MaskedBlock(nn.Module):
    """Residual depthwise-separable convolution; frames outside the mask stay zero, so padding never leaks in."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation, groups=width)
        self.pointwise = nn.Sequential(nn.BatchNorm1d(width), nn.Conv1d(width, 2 * width, 1), nn.SiLU(), nn.Dropout1d(dropout),
                                       nn.Conv1d(2 * width, width, 1))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return (x + self.pointwise(self.depthwise(x))) * mask


class VoiceEmotionNet(nn.Module):
    def __init__(self, width: int = 96, heads: int = 4, dropout: float = 0.15) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(MEL_BANDS + PROSODY_WIDTH))
        self.register_buffer("mel_sd", torch.ones(MEL_BANDS))
        self.register_buffer("prosody_sd", torch.ones(PROSODY_WIDTH))
        self.entry = nn.Sequential(nn.BatchNorm1d(2 * MEL_BANDS + 3), nn.Conv1d(2 * MEL_BANDS + 3, width, 5, stride=2, padding=2), nn.SiLU())
        self.blocks = nn.ModuleList(MaskedBlock(width, dilation, dropout) for dilation in (1, 2, 4, 1))
        self.attention = nn.Sequential(nn.Conv1d(width, 64, 1), nn.Tanh(), nn.Conv1d(64, heads, 1))
        self.prosody = nn.Sequential(nn.Linear(2 * PROSODY_WIDTH + 1, 64), nn.SiLU(), nn.Dropout(dropout), nn.Linear(64, 64), nn.SiLU())
        self.head = nn.Sequential(nn.Linear(2 * heads * width + 64, 128), nn.SiLU(), nn.Dropout(2 * dropout), nn.Linear(128, len(CATEGORIES)))

    def set_population(self, mean: Tensor, mel_sd: Tensor, prosody_sd: Tensor) -> None:
        self.mean.copy_(mean)
        self.mel_sd.copy_(mel_sd)
        self.prosody_sd.copy_(prosody_sd)

    def forward(self, frames: Tensor, mask: Tensor, summary: Tensor, baseline: Tensor, baseline_seconds: Tensor) -> Tensor:
        """Logits [batch, 8]. frames [batch, 300, 83], mask [batch, 300], summary [batch, 178], baseline [batch, 258], seconds [batch, 1]."""
        trust = baseline_seconds / (baseline_seconds + SHRINKAGE_SECONDS)
        prosody = summary[:, :PROSODY_WIDTH]
        centre = trust * baseline[:, : MEL_BANDS + PROSODY_WIDTH] + (1 - trust) * self.mean
        row_mask = mask.unsqueeze(2)
        mel = (frames[:, :, :MEL_BANDS] - centre[:, None, :MEL_BANDS]) / self.mel_sd * row_mask
        level = mel.sum(dim=(1, 2), keepdim=True) / (MEL_BANDS * row_mask.sum(dim=(1, 2), keepdim=True).clamp(min=1))
        voiced = frames[:, :, MEL_BANDS + 1 : MEL_BANDS + 2]
        melody = (frames[:, :, MEL_BANDS : MEL_BANDS + 1] - centre[:, None, MEL_BANDS : MEL_BANDS + 1]) / 4.0 * voiced
        rest = torch.cat([melody, voiced, frames[:, :, MEL_BANDS + 2 :]], dim=2) * row_mask
        x = torch.cat([mel, (mel - level) * row_mask, rest], dim=2).transpose(1, 2)
        half_mask = mask[:, ::2].unsqueeze(1)
        x = self.entry(x) * half_mask
        for block in self.blocks:
            x = block(x, half_mask)
        scores = self.attention(x) + (half_mask - 1) * 1e4
        weights = torch.softmax(scores, dim=2)
        means = torch.einsum("bht,bct->bhc", weights, x)
        squares = torch.einsum("bht,bct->bhc", weights, x * x)
        deviations = torch.sqrt((squares - means * means).clamp(min=1e-5))
        against_caller = (prosody - centre[:, MEL_BANDS:]) / self.prosody_sd
        against_all = (prosody - self.mean[MEL_BANDS:]) / self.prosody_sd
        read = self.prosody(torch.cat([against_caller.clamp(-5, 5), against_all.clamp(-5, 5), trust], dim=1))
        return self.head(torch.cat([means.flatten(1), deviations.flatten(1), read], dim=1))


class FunctionalNet(nn.Module):
    """Reads the summary alone, against the caller's: 24 k parameters that carry over to unknown corpora better than the frames."""

    def __init__(self, hidden: int = 128, dropout: float = 0.6, exaggeration: float = 0.0) -> None:
        """`exaggeration`: while training, how far (standard deviation, natural log) people differ in how strongly they show a feeling."""
        super().__init__()
        self.exaggeration = exaggeration
        self.register_buffer("mean", torch.zeros(SUMMARY_WIDTH))
        self.register_buffer("sd", torch.ones(SUMMARY_WIDTH))
        self.layers = nn.Sequential(nn.Dropout(0.2), nn.Linear(SUMMARY_WIDTH + 1, hidden), nn.SiLU(), nn.Dropout(dropout),
                                    nn.Linear(hidden, len(CATEGORIES)))

    def forward(self, _frames: Tensor, _mask: Tensor, summary: Tensor, baseline: Tensor, baseline_seconds: Tensor) -> Tensor:
        """Logits [batch, 8]; the inputs of `VoiceEmotionNet`."""
        trust = baseline_seconds / (baseline_seconds + SHRINKAGE_SECONDS)
        centre = trust * baseline[:, MEL_BANDS:] + (1 - trust) * self.mean
        unlike = ((summary - centre) / self.sd).clamp(-4, 4)
        if self.training and self.exaggeration > 0:
            unlike = unlike * torch.exp(self.exaggeration * torch.randn_like(trust))
        return self.layers(torch.cat([unlike, trust], dim=1))


class CalibratedNet(nn.Module):
    """What is exported: the weighted mean of the nets' log probabilities, calibrated; probabilities [batch, 8].

    The functional nets live on the comparison with the caller's own voice, so their share grows with the trust in the baseline: 0.15 for a
    stranger, 0.5 for somebody known for ever, as the speakers kept aside prefer. Two factors calibrate: one for a caller never heard,
    one for a caller known for ever; between them the exponent moves with the trust.
    """

    def __init__(self, frame_nets: list[VoiceEmotionNet], functional_nets: list[FunctionalNet]) -> None:
        super().__init__()
        self.frame_nets = nn.ModuleList(frame_nets)
        self.functional_nets = nn.ModuleList(functional_nets)
        self.register_buffer("sharpness", torch.ones(2))

    def pooled(self, frames: Tensor, mask: Tensor, summary: Tensor, baseline: Tensor, baseline_seconds: Tensor) -> Tensor:
        inputs = (frames, mask, summary, baseline, baseline_seconds)
        by_frames, by_functionals = (torch.stack([torch.log_softmax(net(*inputs), dim=1) for net in nets]).mean(dim=0)
                                     for nets in (self.frame_nets, self.functional_nets))
        trust = baseline_seconds / (baseline_seconds + SHRINKAGE_SECONDS)
        share = STRANGER_SHARE + trust * (KNOWN_SHARE - STRANGER_SHARE)
        return (1 - share) * by_frames + share * by_functionals

    def forward(self, frames: Tensor, mask: Tensor, summary: Tensor, baseline: Tensor, baseline_seconds: Tensor) -> Tensor:
        trust = baseline_seconds / (baseline_seconds + SHRINKAGE_SECONDS)
        sharpness = self.sharpness[0] + trust * (self.sharpness[1] - self.sharpness[0])
        return torch.softmax(self.pooled(frames, mask, summary, baseline, baseline_seconds) * sharpness, dim=1)
