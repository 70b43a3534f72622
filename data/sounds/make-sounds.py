#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the door's four sounds: short struck tones, told apart by their tune also by those who do not see the page.

ok: two rising notes. attention: one note, twice. refusal: two falling notes, low and soft, so that nobody is shamed.
bell: ding, dong, softly: somebody at the door wants reception.
"""
import math
import struct
import sys
import wave

RATE_HZ = 22050
PEAK = 0.5  # of full scale: the device's volume does the rest
# Partials of a struck bar: (times the note's frequency, loudness, decay in 1/s). The higher, the sooner gone.
PARTIALS = [(1.0, 1.0, 7.0), (2.0, 0.35, 11.0), (3.93, 0.12, 19.0)]
ATTACK_S = 0.006
RELEASE_S = 0.03

# (starts after s, frequency in Hz); equal temperament, A4 = 440 Hz
TUNES = {
    "ok": (0.75, [(0.0, 659.26), (0.13, 987.77)]),
    "attention": (0.70, [(0.0, 587.33), (0.22, 587.33)]),
    "refusal": (0.80, [(0.0, 349.23), (0.20, 261.63)]),
    "bell": (1.20, [(0.0, 1318.51), (0.35, 1046.50)]),
}
SOFT = {"bell": 0.5}  # beside the others


def tone(frequency, t):
    """One struck note, t seconds after its beginning."""
    if t < 0:
        return 0.0
    level = min(1.0, t / ATTACK_S)
    return level * sum(loud * math.exp(-decay * t) * math.sin(2 * math.pi * frequency * times * t)
                       for times, loud, decay in PARTIALS)


def tune(seconds, notes):
    """Samples of a tune, in full scale."""
    samples = []
    for i in range(int(seconds * RATE_HZ)):
        t = i / RATE_HZ
        fade = min(1.0, (seconds - t) / RELEASE_S)
        samples.append(fade * sum(tone(frequency, t - start) for start, frequency in notes))
    loudest = max(abs(sample) for sample in samples)
    return [PEAK * sample / loudest for sample in samples]


def main():
    for path in sys.argv[1:]:
        name = path.rsplit("/", 1)[-1].removesuffix(".wav")
        samples = [SOFT.get(name, 1.0) * sample for sample in tune(*TUNES[name])]
        with wave.open(path, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes(b"".join(struct.pack("<h", round(sample * 32767)) for sample in samples))


if __name__ == "__main__":
    main()
