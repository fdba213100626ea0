"""Whether two images look the same: both are drawn as pixels, and blocks of them are compared.

A block's mean colour hardly moves with antialiasing or a shift by part of a pixel; a curve elsewhere, another
colour or another word moves it.
"""

from __future__ import annotations

import contextlib
import io
import threading
from typing import Any

WIDTH = 800
"""Pixels across; a line of matplotlib is then about two pixels wide."""
BLOCK = 4
STEP = 32
"""Difference of a block's mean in any colour, of 255, that an eye sees."""
FEW = 3
"""Blocks that may differ: a dust of rounding."""
_ONE_AT_A_TIME = threading.Lock()
"""PDFium keeps its state in globals: two threads in it end the process with a segmentation fault."""


def look(old: bytes, new: bytes, suffix: str) -> str:
    """How two images of the kind `suffix` look different, in words; empty when they do not.

    Raises ValueError when one of them cannot be drawn.
    """
    if old == new:
        return ""
    a, b = _pixels(old, suffix), _pixels(new, suffix)
    if abs(a.shape[0] - b.shape[0]) > WIDTH // 100:  # the margin of a tight figure ends somewhere in a pixel
        return f"its image has another shape: {_shape(b)} where the cache has {_shape(a)}"
    height = min(a.shape[0], b.shape[0])
    a, b = a[:height], b[:height]
    blocks = abs(_means(a) - _means(b)).max(axis=2) > STEP
    share = 100 * blocks.sum() / blocks.size
    return f"its image differs in {max(share, 0.1):.1f} % of its area" if blocks.sum() > FEW else ""


def _shape(pixels: Any) -> str:
    return f"{pixels.shape[1]} × {pixels.shape[0]} pixels"


def _means(pixels: Any) -> Any:
    """Mean colours of blocks; rows and columns that fill no block are left out."""
    height, width = (n - n % BLOCK for n in pixels.shape[:2])
    cut = pixels[:height, :width].astype(float)
    return cut.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, 3).mean(axis=(1, 3))


def _pixels(data: bytes, suffix: str) -> Any:
    import numpy

    return numpy.asarray(_pdf(data) if suffix == "pdf" else _bitmap(data))


def _pdf(data: bytes, scale: float = 0) -> Any:
    """The first page of a PDF, `WIDTH` pixels wide or at a scale.  Raises ValueError."""
    import pypdfium2

    try:
        with (
            _ONE_AT_A_TIME,
            pypdfium2.PdfDocument(data) as document,
            contextlib.closing(document[0]) as page,
            contextlib.closing(page.render(scale=scale or WIDTH / page.get_width())) as bitmap,
        ):
            return bitmap.to_pil().convert("RGB").copy()
    except pypdfium2.PdfiumError as error:
        raise ValueError(str(error)) from None


def png(data: bytes, scale: float) -> bytes:
    """The first page of a PDF as a PNG image; empty when it cannot be read."""
    written = io.BytesIO()
    try:
        _pdf(data, scale).save(written, "PNG")
    except ValueError:
        return b""
    return written.getvalue()


def _bitmap(data: bytes) -> Any:
    from PIL import Image

    try:
        image: Any = Image.open(io.BytesIO(data)).convert("RGBA")
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(str(error)) from None
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    size = (WIDTH, max(1, round(image.height * WIDTH / image.width)))
    return white.convert("RGB").resize(size)
