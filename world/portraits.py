"""Portraits of some of the cast: drawn here, from a few words, so that the demo company looks like a company."""

import io

import msgspec
from PIL import Image, ImageDraw

SIZE = 200  # the width and height of a photo in full
FINER = 4  # drawn so much larger, then made smaller: smooth edges


class Looks(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks like: colours of the wall behind, skin, hair and clothes, and how the hair is worn."""

    wall: str
    skin: str
    hair: str
    clothes: str
    wears: str = "short"  # or long, bun, cap
    beard: bool = False
    glasses: bool = False


# Who shows at the top of what omar and noor see first keeps the initials: that page has a budget in bytes.
LOOKS = {
    "maya": Looks(wall="#9ad1d4", skin="#f3cfae", hair="#c8553d", clothes="#33658a", wears="long"),
    "gus": Looks(wall="#b9d8a0", skin="#eebd97", hair="#5b4636", clothes="#7a3b2e", wears="cap", beard=True),
}


def portrait(looks: Looks) -> bytes:
    """A photo of somebody who looks so, as PNG."""
    side = SIZE * FINER
    image = Image.new("RGB", (side, side), looks.wall)
    draw = ImageDraw.Draw(image)

    def box(left: float, top: float, right: float, bottom: float) -> list[float]:
        """All is said in hundredths of the picture."""
        return [each * side / 100 for each in (left, top, right, bottom)]

    def oval(color: str, x: float, y: float, width: float, height: float) -> None:
        draw.ellipse(box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), fill=color)

    def block(color: str, left: float, top: float, right: float, bottom: float, round: float) -> None:
        draw.rounded_rectangle(box(left, top, right, bottom), radius=round * side / 100, fill=color)

    if looks.wears == "long":
        block(looks.hair, 26, 24, 74, 84, 22)
    if looks.wears == "bun":
        oval(looks.hair, 50, 14, 20, 18)
    oval(looks.clothes, 50, 104, 84, 52)
    block(_darker(looks.skin), 42, 58, 58, 82, 8)
    if looks.wears != "cap":
        oval(looks.hair, 50, 40, 46, 50)
    oval(looks.skin, 50, 47, 38, 46)
    if looks.beard:
        oval(looks.hair, 50, 59, 33, 26)
        oval(looks.skin, 50, 51, 30, 22)
    if looks.wears != "cap":
        draw.chord(box(29, 18, 71, 58), 185, 355, fill=looks.hair)
    else:
        draw.pieslice(box(28, 17, 72, 57), 180, 360, fill=looks.clothes)
        block(_darker(looks.clothes), 26, 35, 74, 40, 2.5)
    for x in (42, 58):
        oval("#2b2320", x, 47, 4.4, 5.2)
        if looks.glasses:
            draw.ellipse(box(x - 6.5, 40.5, x + 6.5, 53.5), outline="#2f3037", width=side // 70)
    if looks.glasses:
        block("#2f3037", 48.5, 46, 51.5, 47.6, 0.5)
    draw.arc(box(43, 52, 57, 63), 25, 155, fill="#7d2f2a", width=side // 55)
    kept = io.BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(kept, "PNG")
    return kept.getvalue()


def _darker(color: str) -> str:
    return "#" + "".join(f"{int(int(color[n : n + 2], 16) * 0.85):02x}" for n in (1, 3, 5))
