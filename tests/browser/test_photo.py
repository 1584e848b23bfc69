"""A profile's photo in a real browser: the part that one chose is the part that is kept."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.cast import Company

pytestmark = pytest.mark.browser

RED, GREEN, BLUE = (220, 30, 30), (30, 160, 60), (30, 60, 210)


def quarters() -> bytes:
    """A picture twice as wide as high: two squares, and in the right one a corner of another colour."""
    image = Image.new("RGB", (800, 400), RED)
    image.paste(GREEN, (400, 0, 800, 400))
    image.paste(BLUE, (600, 200, 800, 400))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


async def choose(page: Page, content: bytes, name: str = "me.png", kind: str = "image/png") -> None:
    await page.get_by_label("Picture", exact=True).set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content}]
    )


async def part(page: Page) -> list[str]:
    """What the form sends of the part that is kept: from where, and how large."""
    return [
        await page.locator(f"[name={name}]").first.input_value() for name in ("cropX", "cropY", "cropSize")
    ]


async def kept(page: Page, company: Company, who: str) -> Image.Image:
    """The photo that others see, once the form was sent."""
    await page.get_by_role("button", name="Use this photo").click()
    await page.wait_for_url(f"**/people/{company.key(who)}")
    shown = await (await company.client("nina")).get(f"/profilephoto/{company.key(who)}/F")
    assert shown.headers["content-type"] != "image/svg+xml"
    return Image.open(io.BytesIO(shown.content)).convert("RGB")


def like(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    """Whether the picture has this colour there, as far as JPEG keeps one."""
    found: Any = image.getpixel(at)
    return all(abs(one - other) < 30 for one, other in zip(found, colour, strict=True))


async def drawn(page: Page, x: int, y: int) -> list[int]:
    """What the view of the part shows there."""
    return await page.locator("canvas.crop-view").evaluate(
        "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)", [x, y]
    )


async def test_what_the_mouse_chose_is_kept(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    await page.goto(f"/people/{company.key('omar')}/photo")
    await expect(page.locator("canvas.crop-view")).to_be_hidden()
    await choose(page, quarters())
    view = page.locator("canvas.crop-view")
    await expect(view).to_be_visible()
    assert await part(page) == ["200", "0", "400"]  # the middle, where nobody says anything
    assert [await drawn(page, 50, 50), await drawn(page, 150, 50)] == [list(RED), list(GREEN)]
    await view.scroll_into_view_if_needed()
    box = await view.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 190, box["y"] + 100)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 90, box["y"] + 100, steps=5)
    await page.mouse.up()
    assert await part(page) == [
        "400",
        "0",
        "400",
    ]  # a hundred of the view's pixels are two hundred of the picture's
    photo = await kept(page, company, "omar")
    assert like(photo, (50, 50), GREEN) and like(photo, (150, 50), GREEN) and like(photo, (150, 150), BLUE)


async def test_what_the_keys_chose_is_kept(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    await page.goto(f"/people/{company.key('omar')}/photo")
    await choose(page, quarters())
    view = page.locator("canvas.crop-view")
    await expect(view).to_be_visible()
    await page.get_by_label("Picture", exact=True).focus()
    await page.keyboard.press("Tab")
    await expect(view).to_be_focused()
    for _ in range(25):  # farther than there is picture: it stays inside
        await page.keyboard.press("ArrowRight")
    assert await part(page) == ["400", "0", "400"]
    await page.keyboard.press("Tab")
    zoom = page.get_by_label("Zoom")
    await expect(zoom).to_be_focused()
    for _ in range(10):
        await page.keyboard.press("PageUp")
    assert await zoom.input_value() == "400"
    assert await part(page) == ["550", "150", "100"]
    await page.keyboard.press("Shift+Tab")
    for _ in range(10):
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowDown")
    assert await part(page) == ["600", "200", "100"]
    photo = await kept(page, company, "omar")
    assert all(like(photo, at, BLUE) for at in ((5, 5), (195, 5), (5, 195), (195, 195)))


async def test_what_cannot_be_a_photo_is_said(company: Company, visit: Visit) -> None:
    page = await visit("omar", expect_errors=True)  # refusals are answers of 4xx
    await page.goto(f"/people/{company.key('omar')}/photo")
    view, problem = page.locator("canvas.crop-view"), page.locator(".problem:visible")
    await choose(page, quarters())
    await expect(view).to_be_visible()
    await choose(page, quarters() + b"\0" * 14_000_000, "camera.png")
    await expect(problem).to_contain_text("at most 8 MB. Choose a smaller one")  # before anything is sent
    await expect(view).to_be_hidden()  # nothing of the one before
    assert await part(page) == ["", "", ""]
    await choose(page, quarters())
    await expect(view).to_be_visible()
    await expect(problem).to_have_count(0)
    for content, said in (
        (b"A letter, and no picture", "not a picture"),
        (quarters()[:300], "damaged"),
        (b"", "Choose a picture"),
    ):
        await choose(page, content)
        await page.get_by_role("button", name="Use this photo").click()
        await expect(problem).to_contain_text(said)


async def test_what_is_too_large_is_said_without_script(company: Company, visit: Visit) -> None:
    page = await visit("omar", expect_errors=True, java_script_enabled=False)
    address = f"/people/{company.key('omar')}/photo"
    for more, said in (
        (8_000_000, "A picture has at most 8 MB; this has 8.0 MB"),
        (14_000_000, "which is 10 MB"),
    ):
        await page.goto(address)
        await choose(page, quarters() + b"\0" * more)
        await page.get_by_role("button", name="Use this photo").click()
        await expect(page.locator("main")).to_contain_text(said)
