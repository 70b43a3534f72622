#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input that a stranger can hand us, and clocks that do what they like."""
import os
import random
import sys

from contract import EXIT_DONE, MORNING, check, days, equal, hours, main, minutes, one_of, test

FORMULAS = [
    '=HYPERLINK("http://x.example","y")',
    "+27",
    "-1+1",
    "@SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE member; --",
    "%s%n%x",
    "../../etc/passwd",
    "<b>bold</b>",
    "$(reboot)",
    "`reboot`",
    "{\"a\":1}",
    "\\n\\0",
    "NULL",
    "0",
    "\u202egnp.exe",
]


@test("names that are formulas, SQL or markup come back as they are")
def _(context):
    desk = context.studio()
    for text in FORMULAS:
        answer = desk("member", "add", f"--first={text}", f"--last={text}")
        if answer.code == "bad_input":
            check("\u202e" in text, f"refused\n{answer}")
            continue
        equal(answer.status, EXIT_DONE, f"exit status for {text!r}")
        shown = desk.ok("member", "show", answer.json["id"])
        equal((shown["first"], shown["last"]), (text, text), "names")
    desk.verified()


@test("bad_input: names that are empty, endless, with control characters or no UTF-8")
def _(context):
    desk = context.studio()
    before = desk.hash()
    for text in (
        "",
        "   ",
        "a" * 100_000,
        "a\nb",
        "a\x1b[31mb",
        "a\x7fb",
        b"caf\xe9",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
    ):
        first = [b"--first", text] if isinstance(text, bytes) else ["--first", text]
        answer = desk("member", "add", *first, "--last", "Nkosi")
        check(answer.code == "bad_input" or answer.status == 2, f"{text[:20]!r}\n{answer}")
    equal(desk.hash(), before, "state hash")


@test("bad_input: telephone numbers and addresses that cannot be")
def _(context):
    desk = context.studio()
    for words in (
        ["--phone", "12"],
        ["--phone", "abc"],
        ["--phone", "+" + "9" * 40],
        ["--phone", "082 555 011x"],
        ["--email", "no-at-sign"],
        ["--email", "a b@example.org"],
        ["--permission", "royal"],
    ):
        answer = desk("member", "add", "--first", "A", "--last", "B", *words)
        check(answer.code == "bad_input" or answer.status == 2, f"{words}\n{answer}")


@test("bad_code: four thousand characters at the door")
def _(context):
    desk = context.studio()
    member = desk.member()
    code = desk.pass_code(member)
    for text in ("SL1" + "A" * 4093, code * 24, "9" * 4096, "é" * 2048, code + " " * 4000 + "x", "SL1" + "=" * 4000):
        equal(desk.refused("bad_code", "checkin", "--code", text)["result"], "bad_code", "result")


@test("bad_code: random codes of every length")
def _(context):
    desk = context.studio()
    rng = random.Random(42)
    for length in [rng.randrange(0, 260) for _ in range(40 if not os.environ.get("SL_TEST_LONG") else 400)]:
        text = "SL1" + "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(length))
        one_of(desk("checkin", "--code", text).code, ("bad_code", "foreign_code"), "code")


@test("a code that is no UTF-8 is refused")
def _(context):
    desk = context.studio()
    answer = desk("checkin", "--code", b"SL1\xff\xfe\xfd" + b"A" * 100)
    check(answer.code in ("bad_code", "bad_input") or answer.status == 2, str(answer))


@test("numbers beyond their range are bad input, never another number")
def _(context):
    desk = context.studio()
    service = desk.service()
    for words in (
        [
            "service",
            "add",
            "--name",
            "S",
            "--kind",
            "class",
            "--type",
            "yoga",
            "--duration",
            "9" * 30,
            "--capacity",
            "5",
            "--credits",
            "0",
        ],
        [
            "service",
            "add",
            "--name",
            "S",
            "--kind",
            "class",
            "--type",
            "yoga",
            "--duration",
            "0",
            "--capacity",
            "5",
            "--credits",
            "0",
        ],
        [
            "service",
            "add",
            "--name",
            "S",
            "--kind",
            "class",
            "--type",
            "yoga",
            "--duration",
            "60",
            "--capacity",
            "-5",
            "--credits",
            "0",
        ],
        [
            "service",
            "add",
            "--name",
            "S",
            "--kind",
            "class",
            "--type",
            "yoga",
            "--duration",
            "60",
            "--capacity",
            "4294967297",
            "--credits",
            "0",
        ],
        [
            "service",
            "add",
            "--name",
            "S",
            "--kind",
            "class",
            "--type",
            "yoga",
            "--duration",
            "60",
            "--capacity",
            "5",
            "--credits",
            "1e3",
        ],
        [
            "session",
            "add",
            "--service",
            service,
            "--start",
            "2026-03-05T07:00:00",
            "--capacity",
            "18446744073709551617",
        ],
        ["credits", "adjust", desk.member(), "9223372036854775807", "--reason", "r"],
    ):
        answer = desk(*words)
        check(answer.code in ("bad_input", "limit_reached") or answer.status == 2, f"{words}\n{answer}")


@test("a clock that stands still is no trouble")
def _(context):
    desk = context.new_studio()
    members = [desk.member(still=True) for _ in range(3)]
    session = desk.free_class(MORNING + minutes(20), still=True)
    for member in members:
        desk.book(member, session, still=True)
    equal(len(desk.items("roster", session, still=True)), 3, "roster")
    one, two = desk.pass_code(members[0], still=True), desk.pass_code(members[0], still=True)
    desk.refused("revoked_code", "checkin", "--code", one, still=True)
    desk.ok("checkin", "--code", two, still=True)
    for name in ("First", "Second", "Third"):
        desk.ok("member", "edit", members[1], "--first", name, still=True)
    equal(desk.ok("member", "show", members[1], still=True)["first"], "Third", "the last edit stands")
    desk.verified(still=True)


@test("a clock that goes back years loses nothing and keeps the order")
def _(context):
    desk = context.new_studio()
    member = desk.member()
    desk.ok("member", "edit", member, "--first", "Before")
    past = MORNING - days(365 * 4)
    desk.ok("member", "edit", member, "--first", "After", at=past)
    equal(desk.ok("member", "show", member, at=past)["first"], "After", "the edit made last stands")
    old = desk.pass_code(member)
    new = desk.pass_code(member, at=past)
    session = desk.free_class(MORNING + minutes(20))
    desk.book(member, session)
    desk.refused("revoked_code", "checkin", "--code", old)
    answer = desk("checkin", "--code", new)
    one_of(answer.code, (None, "expired_code"), "a pass issued four years ago by its clock")
    desk.verified()
    desk.verified(at=past)


@test("clocks before 1990 and after 2100 end in an answer")
def _(context):
    desk = context.new_studio()
    member = desk.member()
    for moment in (MORNING.replace(year=1989), MORNING.replace(year=2099, month=12)):
        answer = desk("member", "show", member, at=moment)
        one_of(answer.status, (0, 5, 6, 7), "exit status")
        desk("member", "edit", member, "--first", "Time", at=moment)
    desk.verified()
    equal(desk.ok("member", "show", member)["id"], member, "the member")


@test("options that look like values and values that look like options")
def _(context):
    desk = context.studio()
    made = desk.ok("member", "add", "--first=--json", "--last=-x")
    shown = desk.ok("member", "show", made["id"])
    equal((shown["first"], shown["last"]), ("--json", "-x"), "names")


@test("a data directory whose name is strange works")
def _(context):
    desk = context.desk("strange ?x=1#é %20 'dir'")
    desk.init()
    member = desk.member()
    equal(desk.ok("member", "show", member)["id"], member, "id")
    desk.verified()


@test("a file without an end is refused, and nothing changes")
def _(context):
    desk = context.new_studio()
    member = desk.member()
    out = os.path.join(context.place, "log")
    before = desk.ok("state-hash")
    for words in (
        ("parq", "answer", member, "--answers", "/dev/zero"),
        ("oplog", "import", "/dev/zero"),
        ("oplog", "export", out, "--since", "/dev/zero"),
        ("sync", "import", "/dev/zero"),
        ("restore", "/dev/zero"),
        ("import", "members", "/dev/zero"),
        ("checkin", "--image", "/dev/zero"),
    ):
        equal(desk(*words).code, "bad_input", " ".join(words[:2]))
    context.desk("empty").refused("invitation_invalid", "device", "join", "/dev/zero")
    equal(desk.ok("state-hash"), before, "state hash and vector")


@test("reports of refusals are kept without changing the state")
def _(context):
    desk = context.new_studio()
    before = desk.ok("state-hash")
    for number in range(10):
        desk.refused("bad_code", "checkin", "--code", f"nonsense {number}", at=MORNING + hours(number))
    equal(desk.ok("state-hash"), before, "state hash and vector")
    desk.verified()


if __name__ == "__main__":
    sys.exit(main("hostile"))
