# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody of whom everything is known, and whether anything of it lies in a file."""
import base64
import json
import os

from contract import hours


def person(desk, *words):
    """A member with all that can be held about one."""
    return desk.member(
        "--email", "thandiwe.q@example.org", "--birth-date", "1987-06-05", "--notes", "wears a pacemaker",
        "--emergency", "Bongani 0837654321", *words, first="Thandiwe",
    )


def life(desk, member):
    """Things that happen to a member; gives the bookings."""
    other = desk.member(first="Kagiso")
    desk.credited(member, 1000)
    first, second = desk.free_class(desk.now + hours(5)), desk.free_class(desk.now + hours(7))
    stays = desk.book(member, first, "--spots", 2, "--guest", "Lindelwa Zulu")["id"]
    gone = desk.book(member, second)["id"]
    desk.book(other, first)
    desk.ok("cancel", gone, "--reason", "broke an ankle")
    desk.ok("credits", "adjust", member, 50, "--reason", "sorry about the ankle")
    desk.pass_code(member)
    beside(desk, first)
    return stays, gone


def beside(desk, session):
    """What people write about somebody where it does not belong."""
    desk.ok("session", "edit", session, "--notes", "mind the sore knee")
    desk.ok("till", "open", "--float", 1000)
    desk.ok("till", "cash", 500, "--reason", "was sulky at the till")
    desk.ok("till", "close", "--count", 1500, "--note", "counted beside Thandiwe")


# Whatever is ever typed about the member, in words that nobody else's data has.
SECRETS = [
    "Thandiwe", "Qwabeson", "827654321", "thandiwe.q@example.org", "1987-06-05", "wears a pacemaker", "Bongani",
    "837654321", "asthma attacks", "Lindelwa Zulu", "broke an ankle", "about the ankle", "left her keys",
    "overdue fees", "sulky at the till", "counted beside Thandiwe",
]
# What is about nobody that the studio knows of is sealed as well, and stays: it may be shown, and lies in no file.
SEALED = ["mind the sore knee"]


def forms(text):
    """A text as it may lie in a file: plain, as UTF-16, as Base64 wherever it begins, as hexadecimal digits."""
    for raw in {text.encode(), text.lower().encode(), text.upper().encode(), text.encode("utf-16-le")}:
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw)
            # Letters that share bits with what is before or behind are not known.
            yield coded[(0, 2, 3)[shift]:-4]


NEEDLES = [(text, form) for text in SECRETS for form in forms(text)]
NEEDLES_AT_REST = NEEDLES + [(text, form) for text in SEALED for form in forms(text)]


def files_of(*places):
    for place in places:
        for directory, _, names in os.walk(place):
            paths = (os.path.join(directory, name) for name in names)
            yield from (path for path in paths if os.path.isfile(path))


def found_at_rest(*places):
    """The same, of what is only for who has the studio's keys."""
    return found_in(*places, needles=NEEDLES_AT_REST)


def found_in(*places, needles=NEEDLES):
    """Which secrets lie in which files."""
    found = set()
    for file in files_of(*places):
        try:
            with open(file, "rb") as stream:
                data = stream.read()
        except FileNotFoundError:
            continue  # what runs has done with it
        found |= {(os.path.basename(file), text) for text, form in needles if form in data}
    return sorted(found)


def tell(desk, **options):
    """A member of whom everything is known; gives their id, another record of theirs, and a booking ahead."""
    member = desk.ok(
        "member", "add", "--first", "Thandiwe", "--last", "Qwabeson", "--phone", "0827654321", "--email",
        "thandiwe.q@example.org", "--birth-date", "1987-06-05", "--notes", "wears a pacemaker", "--emergency",
        "Bongani 0837654321", **options,
    )["id"]
    other = desk.ok("member", "add", "--first", "Thandiwe", "--last", "Qwabeson", "--notes", "left her keys")["id"]
    desk.ok("member", "merge", other, "--into", member)
    answers = desk.path("answers.json")
    with open(answers, "w", encoding="utf-8") as stream:
        json.dump({"asthma": "asthma attacks in winter"}, stream)
    desk.ok("parq", "answer", member, "--answers", answers)
    os.unlink(answers)
    stays, _ = life(desk, member)
    desk.ok("member", "block", member, "--reason", "overdue fees")
    desk.ok("member", "unblock", member, "--reason", "overdue fees are paid")
    return member, other, stays
