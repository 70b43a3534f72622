#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log kept short, sticks that hold a snapshot, and a program that was rolled back."""
import contextlib
import os
import sqlite3
import sys

from contract import EXIT_USAGE, MORNING, check, days, equal, hours, main, test


def stick(desk, name, *words):
    path = desk.path(name)
    desk.ok("sync", "export", path, *words)
    return path


def pair(context):
    """Two desks of one studio, both with some history."""
    one = context.new_studio("one")
    one.ok("device", "invite", one.path("invitation"))
    two = context.desk("two")
    two.ok("device", "join", one.path("invitation"))
    for desk in (one, two):
        member = desk.member()
        desk.credited(member, 1000)
        session = desk.session(desk.service(credits_hundredths=100), MORNING + hours(26))
        desk.ok("cancel", desk.book(member, session)["id"])
        desk.book(member, session)
    return one, two


def exchange(one, two):
    two.ok("sync", "import", stick(one, "there"))
    one.ok("sync", "import", stick(two, "back"))


def month_later(one, two):
    """Each says that it has the other's, and all of that is old."""
    exchange(one, two)
    one.now = two.now = MORNING + days(40)
    for desk in (one, two):
        desk.member()
    exchange(one, two)
    one.ok("sync", "import", stick(two, "again"))
    two.ok("sync", "import", stick(one, "again"))


def same(one, two):
    equal(one.hash(), two.hash(), "state hash")
    one.verified()
    two.verified()


@test("folding changes nothing that people see, and exchange goes on")
def _(context):
    one, two = pair(context)
    month_later(one, two)
    before, names = one.hash(), one.items("member", "list")
    folded = one.ok("oplog", "fold")
    check(folded["operations"] > 20 and folded["bytes"] > 0 and folded["silent"] == [], f"{folded}")
    equal(one.hash(), before, "state hash")
    equal(one.items("member", "list"), names, "members")
    again = one.ok("oplog", "fold")
    equal(again["operations"], 0, "operations that were left to fold")
    equal(again["kept"], folded["kept"], "operations in the log")
    one.member()
    two.member()
    exchange(one, two)
    same(one, two)


@test("what is young is not folded, and who is not heard of is named")
def _(context):
    one, two = pair(context)
    exchange(one, two)
    equal(one.ok("oplog", "fold")["operations"], 0, "operations folded on the first day")
    for _ in range(5):
        one.member()  # the other desk does not hear of them
    one.now = MORNING + days(40)
    folded = one.ok("oplog", "fold")
    check(folded["kept"] > 5, f"{folded}")
    equal([item["replica"] for item in folded["silent"]], [two.ok("sync", "status")["replica"]], "who is waited for")
    two.now = one.now
    got = two.ok("sync", "import", stick(one, "later"))
    check(got["new"] >= 5, f"{got}")
    same(one, two)


@test("a stick with a snapshot brings up a desk that has little")
def _(context):
    one, two = pair(context)
    one.ok("device", "invite", one.path("invitation"))
    three = context.desk("three")
    three.ok("device", "join", one.path("invitation"))
    month_later(one, two)
    one.ok("sync", "import", stick(three, "first"))
    one.ok("device", "revoke", three.ok("sync", "status")["replica"], "--reason", "lost")  # nobody waits for it now
    exchange(one, two)
    one.ok("run-due")
    exchange(one, two)
    one.ok("device", "invite", one.path("invitation"))
    four = context.desk("four", one.now)
    four.ok("device", "join", one.path("invitation"))
    one.ok("sync", "import", stick(four, "first"))
    path = one.path("snapshot")
    written = one.ok("sync", "export", path, "--snapshot")
    check(written["folded"] > 20, f"{written}")
    four.ok("sync", "import", path)
    same(one, four)
    two.ok("sync", "import", path)  # one who has all of that takes what came since
    two.ok("sync", "import", stick(four, "second"))
    same(one, two)


@test("a fresh studio's snapshot is its log")
def _(context):
    one = context.new_studio("one")
    written = one.ok("sync", "export", one.path("stick"), "--snapshot")
    check(written["folded"] == 0 and written["operations"] > 0, f"{written}")
    answer = one("sync", "export", one.path("stick"), "--snapshot", "--since", one.path("vector"))
    equal(answer.status, EXIT_USAGE, "exit status")


@test("only who manages devices may fold")
def _(context):
    one = context.new_studio("one")
    desk = one.staff("receptionist")
    one.refused("not_allowed", "oplog", "fold", **desk)
    one.refused("not_allowed", "sync", "export", one.path("stick"), "--snapshot", **desk)
    check(not os.path.exists(one.path("stick")), "a file was written")


def write_like_a_later_program(desk):
    """As if a later program had written here, which knows kinds that this one does not."""
    with contextlib.closing(sqlite3.connect(os.path.join(desk.directory, "studioloop.db"))) as database:
        changed = database.execute("UPDATE local_meta SET value = value | 0xffff WHERE key = 'own_kind'").rowcount
        database.commit()
    equal(changed, 1, "rows changed")


@test("a program that was rolled back reads, and writes nothing")
def _(context):
    one, two = pair(context)
    from_two, lines = stick(two, "theirs"), two.path("lines")
    two.ok("oplog", "export", lines)
    member = one.member()
    session = one.session(one.service(), MORNING + hours(30))
    stick(one, "signed")  # an export signs what is there
    before = one.hash()
    write_like_a_later_program(one)
    for words in (
        ("member", "add", "--first", "Sipho", "--last", "M"),
        ("member", "edit", member, "--last", "N"),
        ("book", "--member", member, "--session", session),
        ("session", "cancel", session),
        ("device", "invite", one.path("second")),
        ("sync", "import", from_two),
        ("oplog", "import", lines),
        ("oplog", "fold"),
        ("run-due",),
    ):
        one.refused("too_new", *words)
    check(not os.path.exists(one.path("second")), "an invitation was written")
    equal(one.hash(), before, "state hash")
    equal(one.ok("member", "show", member)["first"], "Thandi", "name")
    check(two.ok("sync", "import", stick(one, "mine"))["new"] > 0, "what it wrote before travels")
    two.member()  # nobody else is held up


if __name__ == "__main__":
    sys.exit(main("fold"))
