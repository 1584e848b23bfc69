"""Pictures in the rich box, in a real browser: chosen, pasted, dropped, and refused."""

import base64
import re

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_composer import BOX, write_on
from tests.cast import Company
from tests.feed.test_images import picture

pytestmark = pytest.mark.browser

POP = "#composer [data-pop=image]"
# What a browser makes of a paste or a drop of files: an event whose transfer holds them.
GIVEN = """([kind, name, type, content]) => {
  const given = new DataTransfer()
  given.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, { type }))
  const box = document.querySelector("#composer .ProseMirror")
  const at = box.getBoundingClientRect()
  const all = { bubbles: true, cancelable: true }
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { ...all, clipboardData: given })
    : new DragEvent(kind, { ...all, dataTransfer: given, clientX: at.x + 20, clientY: at.y + 10 })
  box.dispatchEvent(event)
  return event.defaultPrevented
}"""


def named(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content}


async def give(
    page: Page, kind: str, content: bytes, name: str = "image.png", type: str = "image/png"
) -> bool:
    """Paste or drop a file; tells whether the box took it."""
    return await page.evaluate(GIVEN, [kind, name, type, base64.b64encode(content).decode()])


async def drawn(page: Page, where: str, alt: str) -> None:
    """There is that picture, it comes from here, and its pixels have come."""
    image = page.locator(where).get_by_alt_text(alt, exact=True)
    await expect(image).to_have_attribute("src", re.compile(r"^/files/\w{18}$"))
    await expect(image).to_have_js_property("naturalWidth", 60)


async def posted(page: Page, alt: str) -> None:
    await page.keyboard.press("Control+Enter")
    await drawn(page, ".item:not(.sending)", alt)
    await expect(page.locator(".sending")).to_have_count(0)


async def refused(page: Page) -> None:
    said = page.locator(f"{POP} [role=alert]")
    await expect(said).to_be_visible()
    await expect(said).to_contain_text("not a picture")


async def test_a_picture_is_chosen_with_the_button(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    await write_on(page, "/")
    await page.keyboard.type("Look: ")
    await page.click("#composer [data-do=image]")
    await expect(page.locator(f"{POP} [type=file]")).to_be_focused()
    await page.set_input_files(f"{POP} [type=file]", named("pier.png", picture()))
    await page.click(f"{POP} [data-do=set-image]")
    await expect(page.locator(f"{POP} [type=text]")).to_be_focused()  # not without words
    await expect(page.locator(f"{BOX} img.picture")).to_have_count(0)
    await page.keyboard.type("The pier at low tide")
    await page.keyboard.press("Enter")
    await drawn(page, BOX, "The pier at low tide")
    await expect(page.locator(BOX)).to_be_focused()
    await page.keyboard.type(" and more")
    await posted(page, "The pier at low tide")
    await expect(page.locator(".item .text").first).to_contain_text(re.compile("Look:.*and more", re.DOTALL))
    reader = await visit("nina")
    await reader.goto("/company")
    await drawn(reader, ".item", "The pier at low tide")


@pytest.mark.parametrize("kind", ["paste", "drop"])
async def test_a_picture_is_pasted_and_dropped(company: Company, visit: Visit, kind: str) -> None:
    page = await visit("omar")
    await write_on(page, "/")
    await page.keyboard.type("Look: ")
    assert await give(page, kind, picture())
    await expect(page.locator(f"{POP} [type=text]")).to_be_focused()
    await page.keyboard.type("From elsewhere")
    await page.keyboard.press("Enter")
    await drawn(page, BOX, "From elsewhere")
    await posted(page, "From elsewhere")
    # A second one, in the same box.
    await page.focus(BOX)
    assert await give(page, kind, picture())
    await page.keyboard.type("Another")
    await page.keyboard.press("Enter")
    await drawn(page, BOX, "Another")


async def test_what_is_no_picture_says_so_and_the_text_stays(company: Company, visit: Visit) -> None:
    page = await visit("omar", expect_errors=True)
    await write_on(page, "/")
    await page.keyboard.type("Written before")
    await page.click("#composer [data-do=image]")
    await page.set_input_files(f"{POP} [type=file]", named("notes.png", b"nothing but words"))
    await page.fill(f"{POP} [type=text]", "Notes")
    await page.click(f"{POP} [data-do=set-image]")
    await refused(page)
    await expect(page.locator(BOX)).to_have_text("Written before")
    await expect(page.locator(f"{BOX} img")).to_have_count(0)
    # Another one is taken in its place, and the message goes.
    await page.set_input_files(f"{POP} [type=file]", named("pier.png", picture()))
    await page.click(f"{POP} [data-do=set-image]")
    await drawn(page, BOX, "Notes")
    await page.focus(BOX)
    assert await give(page, "paste", b"words", "notes.png")
    await page.keyboard.type("Pasted")
    await page.keyboard.press("Enter")
    await refused(page)
    await page.keyboard.press("Escape")
    await expect(page.locator(BOX)).to_be_focused()
    await posted(page, "Notes")
    await expect(page.locator(".item .text").first).to_contain_text("Written before")
