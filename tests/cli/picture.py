# SPDX-License-Identifier: GPL-3.0-or-later
"""Small PNG pictures for the tests: written, read back and turned without any library."""
import struct
import zlib


def write_grey(path, width, height, rows):
    """Writes rows (bytes of one grey value per pixel) as an 8-bit greyscale PNG."""
    raw = b"".join(b"\0" + bytes(row) for row in rows)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
        )


def blank(path, width=320, height=240, grey=200):
    write_grey(path, width, height, [bytes([grey]) * width] * height)


def noise(path, seed, width=320, height=240):
    """The same noise for the same seed (a linear congruential generator: no use for secrets)."""
    state, rows = seed, []
    for _ in range(height):
        row = bytearray()
        for _ in range(width):
            state = (state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
            row.append(state >> 56)
        rows.append(row)
    write_grey(path, width, height, rows)


def _unfilter(kind, line, above, step):
    out = bytearray(line)
    for i, value in enumerate(line):
        left = out[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            value += left
        elif kind == 2:
            value += up
        elif kind == 3:
            value += (left + up) // 2
        elif kind == 4:
            guess = left + up - corner
            value += min((left, up, corner), key=lambda each, g=guess: abs(g - each))
        out[i] = value & 255
    return out


def read(path):
    """Reads a PNG that a program of ours has written: gives width, height and rows of grey, its first channel."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG")
    at, packed, palette = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
        elif kind == b"PLTE":
            palette = body
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    if interlace or depth not in (1, 8):
        raise ValueError("a kind of PNG that is not read here")
    stride, step = (width * channels * depth + 7) // 8, max(1, channels * depth // 8)
    raw, rows, above = zlib.decompress(packed), [], bytes((width * channels * depth + 7) // 8)
    for y in range(height):
        line = raw[y * (stride + 1) : (y + 1) * (stride + 1)]
        above = _unfilter(line[0], line[1:], above, step)
        if depth == 1:
            values = [(above[x // 8] >> (7 - x % 8)) & 1 for x in range(width)]
        else:
            values = list(above[::channels])
        if palette:
            rows.append([palette[3 * value] for value in values])
        else:
            rows.append([value * 255 for value in values] if depth == 1 else values)
    return width, height, rows


def beside(path, left, right, gap=60):
    """Two pictures next to one another on white."""
    a_width, a_height, a_rows = read(left)
    b_width, b_height, b_rows = read(right)
    height = max(a_height, b_height)
    white = [255]
    rows = []
    for y in range(height):
        a = list(a_rows[y]) if y < a_height else white * a_width
        b = list(b_rows[y]) if y < b_height else white * b_width
        rows.append(bytes(a + white * gap + b))
    write_grey(path, a_width + gap + b_width, height, rows)


def inverted(path, source):
    width, height, rows = read(source)
    write_grey(path, width, height, [bytes(255 - value for value in row) for row in rows])


def turned(path, source):
    """A quarter turn."""
    width, height, rows = read(source)
    write_grey(path, height, width, [bytes(rows[height - 1 - x][y] for x in range(height)) for y in range(width)])
