#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`scan`: what the door's decoder reads in pictures, without a studio."""
import os
import struct
import sys
import zlib

import picture
from contract import Desk, check, equal, main, test


def shared_pass(context, name="pass"):
    """A pass of the shared studio: its text and its picture."""
    desk = context.studio()
    path = f"{context.place}/{name}.png"
    return desk.pass_code(desk.member(), "--png", path), path


def nowhere(context):
    return Desk(context.place + "/no-studio-here")


def read(context, *files):
    return nowhere(context).items("scan", *files)


@test("a pass reads as its own text, without a studio")
def _(context):
    code, path = shared_pass(context)
    (item,) = read(context, path)
    equal((item["file"], item["texts"], item["error"]), (path, [code], None), "item")
    check(isinstance(item["ms"], (int, float)) and item["ms"] >= 0, f"ms {item['ms']!r}")
    check(not os.path.exists(context.place + "/no-studio-here"), "a scan made a data directory")


@test("the picture of a pass has its quiet zone and large modules, black on white")
def _(context):
    _, path = shared_pass(context)
    width, height, rows = picture.read(path)
    equal(width, height, "sides")
    equal({value for row in rows for value in row}, {0, 255}, "shades")
    dark = [x for row in rows for x, value in enumerate(row) if value == 0]
    left, right = min(dark), max(dark) + 1
    top = next(y for y, row in enumerate(rows) if 0 in row)
    corner = next(x for x in range(left, right) if rows[top][x] == 255) - left  # a finder pattern is seven modules wide
    module = corner // 7
    check(module >= 8, f"{module} px a module")
    equal((right - left) % module, 0, "whole modules")
    check(left >= 4 * module and width - right >= 4 * module and top >= 4 * module, "four modules of quiet zone")


@test("the SVG of a pass is one picture of black modules on white")
def _(context):
    desk = context.studio()
    path = context.place + "/pass.svg"
    desk.pass_code(desk.member(), "--svg", path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    check("<svg" in text and "http://www.w3.org/2000/svg" in text and "<script" not in text, text[:300])


@test("a pass turned, inverted or beside another reads the same")
def _(context):
    code, path = shared_pass(context)
    other, other_path = shared_pass(context, "other")
    turned, inverted, both = (f"{context.place}/{name}.png" for name in ("turned", "inverted", "both"))
    picture.turned(turned, path)
    picture.inverted(inverted, path)
    picture.beside(both, path, other_path)
    items = read(context, turned, inverted, both)
    equal([each["file"] for each in items], [turned, inverted, both], "files in their order")
    equal(items[0]["texts"], [code], "turned")
    equal(items[1]["texts"], [code], "inverted")
    equal(sorted(items[2]["texts"]), sorted([code, other]), "both")


@test("nothing is found in a blank picture and in noise, and that is no error")
def _(context):
    blank, noisy = context.place + "/blank.png", context.place + "/noise.png"
    picture.blank(blank)
    picture.noise(noisy, seed=7)
    for item in read(context, blank, noisy):
        equal((item["texts"], item["error"]), ([], None), item["file"])


@test("a file that is no picture has its error and the others are read")
def _(context):
    code, path = shared_pass(context)
    text, cut, missing = context.place + "/text.png", context.place + "/cut.png", context.place + "/missing.png"
    with open(text, "wb") as file:
        file.write(b"not a picture\n" * 100)
    with open(path, "rb") as whole, open(cut, "wb") as file:
        file.write(whole.read()[:200])
    items = read(context, text, path, missing, cut, context.place)
    equal([each["file"] for each in items], [text, path, missing, cut, context.place], "files in their order")
    equal(items[1]["texts"], [code], "the good one")
    equal(items[3]["texts"], [], "what is left of a cut picture may be looked at, and holds nothing")
    for item in (items[0], items[2], items[4]):
        check(item["error"] and item["texts"] == [], f"{item}")


@test("a picture as small as one dot or as flat as one line is read without harm")
def _(context):
    paths = []
    for width, height in ((1, 1), (2, 2), (3, 700), (700, 1), (17, 17)):
        paths.append(f"{context.place}/{width}x{height}.png")
        picture.blank(paths[-1], width, height)
    for item in read(context, *paths):
        equal(item["texts"], [], item["file"])


@test("a picture that claims to be enormous is refused, not loaded")
def _(context):
    path = context.place + "/bomb.png"

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(path, "wb") as file:
        file.write(
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(1000)))
            + chunk(b"IEND", b"")
        )
    (item,) = read(context, path)
    check(item["error"] and item["texts"] == [], f"{item}")


@test("file names with blanks, quotes and newlines come back as given")
def _(context):
    path = context.place + "/a \"b\" 'c'\n$(d).png"
    picture.blank(path)
    (item,) = read(context, path)
    equal(item["file"], path, "file")


if __name__ == "__main__":
    sys.exit(main("scan"))
