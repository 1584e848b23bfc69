"""Pictures in the rich box, in a real browser: chosen, pasted, dropped, and refused."""

import base64
import re

import pytest
from playwright.async_api import FilePayload, Page, expect

from hubbub.feed.actions.bodies.segments import MOST_IMAGES
from tests.browser.conftest import Visit
from tests.browser.test_composer import BOX, write_on
from tests.cast import Company
from tests.feed.test_images import picture

pytestmark = pytest.mark.browser

POP = "#composer [data-pop=image]"
# What a browser makes of a paste or a drop of files: an event whose transfer holds them.
GIVEN = """([kind, files]) => {
  const given = new DataTransfer()
  for (const [name, type, content] of files)
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
    return await give_all(page, kind, (name, type, content))


async def give_all(page: Page, kind: str, *files: tuple[str, str, bytes]) -> bool:
    """Paste or drop files at once; tells whether the box took them."""
    told = [[name, type, base64.b64encode(content).decode()] for name, type, content in files]
    return await page.evaluate(GIVEN, [kind, told])


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


async def test_several_pictures_dropped_at_once_are_all_taken(company: Company, visit: Visit) -> None:
    page = await visit("omar")
    await write_on(page, "/")
    given = [(f"{name}.png", "image/png", picture()) for name in ("pier", "crane", "tide")]
    assert await give_all(page, "drop", given[0], ("notes.txt", "text/plain", b"words"), *given[1:])
    count, said = page.locator(f"{POP} [data-count]"), page.locator(f"{POP} [role=alert]")
    await expect(said).to_have_text("Not taken: notes.txt. Only images, and at most 20 in one text.")
    for at, (words, left) in enumerate((("The pier", "pier.png (2 more after it)"),
                                        ("A crane", "crane.png (1 more after it)"), ("The tide", None))):  # fmt: skip
        await expect(page.locator(f"{BOX} img.picture")).to_have_count(at)
        if left:
            await expect(count).to_have_text(left)
        else:
            await expect(count).to_be_hidden()
        await expect(page.locator(f"{POP} [type=text]")).to_be_focused()
        await page.keyboard.type(words)
        await page.keyboard.press("Enter")
    await expect(page.locator(POP)).to_be_hidden()
    for words in ("The pier", "A crane", "The tide"):
        await drawn(page, BOX, words)
    alts = await page.locator(f"{BOX} img.picture").evaluate_all("all => all.map(one => one.alt)")
    assert alts == ["The pier", "A crane", "The tide"], "in the order in which they were given"
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".item:not(.sending) .text img")).to_have_count(3)


async def test_more_pictures_than_a_text_may_hold_are_refused_by_name(company: Company, visit: Visit) -> None:
    page = await visit("omar", expect_errors=True)
    await write_on(page, "/")
    assert await page.get_attribute(POP, "data-most") == str(MOST_IMAGES)
    given = [(f"n{number}.png", "image/png", picture()) for number in range(MOST_IMAGES + 2)]
    assert await give_all(page, "paste", *given)
    said = page.locator(f"{POP} [role=alert]")
    await expect(said).to_have_text("Not taken: n20.png, n21.png. Only images, and at most 20 in one text.")
    await expect(page.locator(f"{POP} [data-count]")).to_have_text("n0.png (19 more after it)")
    # one that proves to be none is named, and the next one is asked for
    await page.keyboard.press("Escape")
    assert await give_all(page, "drop", ("odd.png", "image/png", b"words"), given[0])
    await page.keyboard.type("Odd")
    await page.keyboard.press("Enter")
    await expect(said).to_contain_text("odd.png: ")
    await page.keyboard.type("Good")
    await page.keyboard.press("Enter")
    await drawn(page, BOX, "Good")
    await expect(page.locator(f"{BOX} img.picture")).to_have_count(1)
