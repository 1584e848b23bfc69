"""Pictures from outside: what is taken in, what is made of it, and all that is refused."""

import asyncio
import io
import struct
import time
import zlib

import pytest
from PIL import Image, ImageCms

from hubbub.core import images
from hubbub.core.images import BadPicture, Crop, take_in

SQUARES = ((200, 200), (64, 64))
RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)


def saved(image: Image.Image, format: str, **more: object) -> bytes:
    kept = io.BytesIO()
    image.save(kept, format, **more)
    return kept.getvalue()


def halves(width: int = 400, height: int = 200) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 25 for a, b in zip(pixel, colour, strict=False))


def opened(picture: images.Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.content))
    image.load()
    return image


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it is that large, whatever it holds."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(data or b"\0" * 1000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_each_kind_is_made_anew_in_each_size(format: str) -> None:
    full, small = await take_in(saved(halves(), format), SQUARES)
    assert (full.width, full.height, small.width, small.height) == (200, 200, 64, 64)
    image = opened(full)
    assert full.media_type == f"image/{image.format.lower()}" and image.size == (200, 200)  # type: ignore[union-attr]
    assert near(image.convert("RGB").getpixel((10, 100)), RED), "the middle of the picture"
    assert near(image.convert("RGB").getpixel((190, 100)), BLUE)


async def test_transparency_is_kept_and_strange_modes_are_drawn() -> None:
    (clear,) = await take_in(saved(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"), [(64, 64)])
    assert clear.media_type == "image/png" and opened(clear).getpixel((5, 5)) == (0, 0, 0, 0)
    for mode, format in (
        ("CMYK", "JPEG"),
        ("L", "PNG"),
        ("1", "PNG"),
        ("I;16", "PNG"),
        ("P", "GIF"),
        ("LA", "PNG"),
    ):
        (drawn,) = await take_in(saved(Image.new(mode, (30, 30)), format), [(64, 64)])
        assert opened(drawn).size == (64, 64), mode


async def test_a_crop_keeps_that_square_of_the_upright_picture() -> None:
    (left,) = await take_in(saved(halves(), "PNG"), [(64, 64)], Crop(0, 0, 150, 150))
    assert near(opened(left).getpixel((60, 32)), RED)
    (right,) = await take_in(saved(halves(), "PNG"), [(64, 64)], Crop(200, 0, 200, 200))
    assert near(opened(right).getpixel((3, 32)), BLUE)
    # A camera that was held upright: what is stored lies on its side.
    exif = Image.Exif()
    exif[274] = 6
    lying = saved(halves().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95)
    assert Image.open(io.BytesIO(lying)).size == (200, 400)
    (upright,) = await take_in(lying, [(64, 64)], Crop(200, 0, 200, 200))
    assert near(opened(upright).getpixel((32, 32)), BLUE)
    (whole,) = await take_in(lying, [(400, 200)])
    assert near(opened(whole).getpixel((20, 100)), RED) and near(opened(whole).getpixel((380, 100)), BLUE)


async def test_a_large_photograph_is_cropped_where_it_was_asked() -> None:
    image = Image.new("RGB", (4000, 3000), GREEN)
    image.paste(RED, (3000, 2000, 4000, 3000))
    (corner,) = await take_in(saved(image, "JPEG"), [(64, 64)], Crop(3000, 2000, 1000, 1000))
    assert near(opened(corner).getpixel((2, 2)), RED) and near(opened(corner).getpixel((61, 61)), RED)
    (beside,) = await take_in(saved(image, "JPEG"), [(64, 64)], Crop(1990, 2000, 1000, 1000))
    assert near(opened(beside).getpixel((60, 32)), GREEN)


async def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[271], exif[270] = "SECRETCAMERA", "51.5007 N 0.1246 W"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = saved(halves(), "JPEG", exif=exif, icc_profile=profile, comment=b"SECRETCOMMENT")
    sent += b"<script>SECRETTAIL</script>"
    assert b"SECRETCAMERA" in sent
    for picture in await take_in(sent, SQUARES):
        assert b"SECRET" not in picture.content and b"51.5007" not in picture.content
        assert not opened(picture).info.keys() & {"exif", "icc_profile", "comment"}
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", "SECRETWORDS")
    (plain,) = await take_in(saved(Image.new("RGBA", (9, 9)), "PNG", pnginfo=words), [(64, 64)])
    assert b"SECRETWORDS" not in plain.content


async def refused(content: bytes, crop: Crop | None = None) -> BadPicture:
    with pytest.raises(BadPicture) as failure:
        await take_in(content, SQUARES, crop)
    return failure.value


async def test_bombs_are_refused_before_they_are_decoded() -> None:
    started = time.process_time()
    for bomb in (png_of(30_000, 30_000), png_of(6_400, 6_400), saved(Image.new("L", (8_000, 6_000)), "GIF")):
        assert (no := await refused(bomb)).status == 400 and "million pixels" in no.message
    assert time.process_time() - started < 2, "none of them was decoded"
    # A PNG whose words unpack to a gigabyte.
    packed = zlib.compress(b"a" * 200_000_000, 9)
    words = b"Comment\0\0" + packed
    chunk = struct.pack(">I", len(words)) + b"zTXt" + words + struct.pack(">I", zlib.crc32(b"zTXt" + words))
    fine = saved(halves(), "PNG")
    assert (await refused(fine[:33] + chunk + fine[33:])).status == 400


async def test_what_is_no_picture_is_said_to_be_none() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    html = b"<!doctype html><script>alert(1)</script>"
    tiff, bmp, ico = (saved(halves(), format) for format in ("TIFF", "BMP", "ICO"))
    for wrong in (svg, html, b"%PDF-1.7", b"GIF", b"\0" * 5000, tiff, bmp, ico):
        assert (no := await refused(wrong)).status == 415 and no.code == "UNSUPPORTED_MEDIA_TYPE"
    assert (await refused(b"")).status == 400


async def test_broken_files_are_said_to_be_damaged() -> None:
    # Noise, or the file would be complete long before its end.
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    for format in ("PNG", "JPEG", "GIF", "WEBP"):
        whole = saved(noise, format)
        no = await refused(whole[: len(whole) // 2])
        assert no.status in (400, 415) and no.fields == ["fileUpload"], format
    assert (await refused(png_of(300, 300))).status == 400
    assert "8 MB" in (no := await refused(b"\x89PNG" + b"x" * 8_000_001)).message and no.status == 413


@pytest.mark.parametrize(
    "crop", [(-1, 0, 10), (0, -1, 10), (0, 0, 0), (0, 0, -5), (0, 0, 201), (390, 0, 11), (2**40, 0, 1)]
)
async def test_a_crop_outside_of_the_picture_is_refused(crop: tuple[int, int, int]) -> None:
    no = await refused(saved(halves(), "PNG"), Crop(*crop, crop[2]))
    assert no.status == 400 and no.fields == ["cropX", "cropY", "cropSize"] and "400 × 200" in no.message


async def test_pictures_are_decoded_beside_the_event_loop() -> None:
    large = saved(Image.effect_noise((2500, 2500), 50), "PNG")
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(take_in(large, SQUARES) for _ in range(3)))
    ticking.cancel()
    assert ticks > 20, "others were served meanwhile"
