"""Which split a clip belongs to: the manifest's, with a small part of its train split kept for choosing decoder weights."""

from __future__ import annotations

import zlib

KEPT_OUT_OF = 50


def split_of(row: dict[str, str]) -> str:
    """The manifest's split, but one training clip in KEPT_OUT_OF is `tune`: the acoustic model never hears it, decoder weights are chosen on it."""
    is_kept = row["split"] == "train" and zlib.crc32(row["file"].encode()) % KEPT_OUT_OF == 0
    return "tune" if is_kept else row["split"]
