"""Pictures from outside, taken in safely: bounded before they are decoded, turned upright, made anew without metadata."""

import asyncio
import io
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from hubbub.core.errors import Refused

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MOST_BYTES = 8_000_000  # as Salesforce's photos
MOST_PIXELS = 40_000_000  # of four bytes each while it is decoded

# Should we ever forget to look first: Pillow refuses as well, and its warning is an error.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

# Decoding takes memory and holds a thread: so many at a time, whoever asks.
_decoders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")


class BadPicture(Refused):
    """What was sent is not a picture that can be taken in, and why."""


class Picture(msgspec.Struct, frozen=True):
    """A picture as we made it."""

    content: bytes
    media_type: str
    width: int
    height: int


class Crop(msgspec.Struct, frozen=True):
    """Which part of a picture to keep, in pixels of the upright picture."""

    x: int
    y: int
    width: int
    height: int


async def take_in(
    content: bytes, shapes: Sequence[tuple[int, int] | int], crop: Crop | None = None
) -> list[Picture]:
    """The picture in each of these widths and heights: what `crop` says of it, or as much of its middle as fits the shape;
    in a single number all of it, its longer side no longer than that.

    Takes PNG, JPEG, GIF (its first frame) and WebP. Raises BadPicture: 413 for more than 8 MB, 415 for what is no picture
    of these kinds, 400 for one that is damaged, too many pixels, or a crop that reaches outside.
    """
    if not content:
        raise BadPicture("INVALID_INPUT", "Choose a picture: the file is empty.", fields=["fileUpload"])
    if len(content) > MOST_BYTES:
        raise BadPicture(
            "REQUEST_TOO_LARGE",
            "A picture has at most {most} MB; this has {count:,.1f} MB.",
            fields=["fileUpload"],
            status=413,
            most=MOST_BYTES // 1000000,
            count=len(content) / 1000000.0,
        )
    return await asyncio.get_running_loop().run_in_executor(_decoders, _take_in, content, shapes, crop)


def _take_in(content: bytes, shapes: Sequence[tuple[int, int] | int], crop: Crop | None) -> list[Picture]:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            return _cut(image, shapes, crop)
    except UnidentifiedImageError:
        raise BadPicture(
            "UNSUPPORTED_MEDIA_TYPE",
            "This is not a picture that Hubbub can read. Send PNG, JPEG, GIF or WebP.",
            fields=["fileUpload"],
            status=415,
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError, IndexError, EOFError, KeyError, TypeError, MemoryError):
        # Pillow's decoders say in many ways that a file breaks off or contradicts itself.
        raise BadPicture(
            "INVALID_INPUT",
            "This picture is damaged or incomplete. Open it, save it anew, and send that.",
            fields=["fileUpload"],
        ) from None


def _cut(image: Image.Image, shapes: Sequence[tuple[int, int] | int], crop: Crop | None) -> list[Picture]:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels(width, height)
    if image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8):
        width, height = height, width
    if crop is not None and not (
        0 <= crop.x < crop.x + crop.width <= width and 0 <= crop.y < crop.y + crop.height <= height
    ):
        square = crop.width == crop.height
        raise BadPicture(
            "INVALID_INPUT",
            "The part to keep reaches outside of the picture, which is {width} × {height} pixels.",
            fields=["cropX", "cropY", *(("cropSize",) if square else ("cropWidth", "cropHeight"))],
            width=width,
            height=height,
        )
    # A JPEG can be decoded at a half, quarter or eighth: enough for what is kept of it, and much quicker.
    largest = max(shape if isinstance(shape, int) else max(shape) for shape in shapes)
    kept = min(crop.width, crop.height) if crop is not None else min(width, height)
    if image.format == "JPEG" and kept > 2 * largest:
        image.draft("RGB", (image.width * 2 * largest // kept, image.height * 2 * largest // kept))
    upright = ImageOps.exif_transpose(image)
    upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    scale = upright.width / width
    if crop is not None:
        x, y, right, below = (
            round(each * scale) for each in (crop.x, crop.y, crop.x + crop.width, crop.y + crop.height)
        )
        upright = upright.crop((x, y, right, below))
    return [_encode(_shaped(upright, shape)) for shape in shapes]


def _shaped(image: Image.Image, shape: tuple[int, int] | int) -> Image.Image:
    if not isinstance(shape, int):
        return ImageOps.fit(image, shape, Image.Resampling.LANCZOS)
    if max(image.size) <= shape:
        return image
    return ImageOps.contain(image, (shape, shape), Image.Resampling.LANCZOS)


def _encode(image: Image.Image) -> Picture:
    """Made anew from its pixels alone: nothing else of what was sent is kept."""
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    kept = io.BytesIO()
    if image.mode == "RGBA":
        bare.save(kept, "PNG", optimize=True)
        return Picture(kept.getvalue(), "image/png", *image.size)
    bare.save(kept, "JPEG", quality=85, optimize=True, progressive=True)
    return Picture(kept.getvalue(), "image/jpeg", *image.size)


def _too_many_pixels(width: int = 0, height: int = 0) -> BadPicture:
    return BadPicture(
        "INVALID_INPUT",
        "A picture has at most {most} million pixels; this has {width:,} × {height:,}. Make it smaller first."
        if width
        else "A picture has at most {most} million pixels. Make it smaller first.",
        fields=["fileUpload"],
        most=MOST_PIXELS // 1000000,
        width=width,
        height=height,
    )
