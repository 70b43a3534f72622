#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a member is handed, and what is left of one who asked to be forgotten."""
import json
import os
import subprocess
import sys

from contract import MORNING, check, days, equal, main, test
from person import found_at_rest, found_in, life, person, tell


@test("member export tells everything in one object")
def _(context):
    desk = context.new_studio()
    member = person(desk)
    stays, gone = life(desk, member)
    told = desk.ok("member", "export", member)
    equal([told["format"], told["version"], told["member"]], ["studioloop-member-export", 1, member], "head")
    data = told["data"]
    equal(data["profile"]["email"], "thandiwe.q@example.org", "e-mail")
    equal({item["id"] for item in data["bookings"]}, {stays, gone}, "bookings")
    text = json.dumps(told)
    for words in ("1987-06-05", "wears a pacemaker", "Bongani", "Lindelwa Zulu", "broke an ankle", "about the ankle"):
        check(words in text, f"{words!r} is not told")
    check("Kagiso" not in text, "somebody else is told of")
    kinds = [change["kind"] for change in data["changes"]]
    for kind in ("member.create", "book", "release", "pass.issue", "lot.create", "member.export"):
        check(kind in kinds, f"{kind} is not told: {kinds}")
    desk.verified()


@test("member export into a file says how much there is, and leaves nobody else to read it")
def _(context):
    desk = context.new_studio()
    member = person(desk)
    life(desk, member)
    file = desk.path("thandiwe.json")
    said = desk.ok("member", "export", member, "--json", file)
    with open(file, encoding="utf-8") as stream:
        told = json.load(stream)
    equal(os.stat(file).st_mode & 0o777, 0o600, "mode")
    equal(said["counts"]["bookings"], len(told["data"]["bookings"]), "bookings")
    equal(said["file"], file, "file")
    equal(desk("member", "export", member, "--json", "-", as_json=False).status, 0, "to standard output")
    equal(desk("member", "export", member, "--json", as_json=False).status, 0, "as anywhere else")


@test("member export as pages says the same: bad_input where they cannot be written")
def _(context):
    desk = context.new_studio()
    member = person(desk)
    life(desk, member)
    pages, file = desk.path("thandiwe.pdf"), desk.path("thandiwe.json")
    said = desk.ok("member", "export", member, "--pdf", pages, "--json", file)
    equal((said["pdf"], said["file"], os.stat(pages).st_mode & 0o777), (pages, file, 0o600), "files")
    text = subprocess.run(["pdftotext", "-layout", pages, "-"], capture_output=True, check=True).stdout.decode()
    flat = "".join(text.split())
    for words in ("Thandiwe", "wears a pacemaker", "Lindelwa Zulu", "broke an ankle", "member.create"):
        check("".join(words.split()) in flat, f"{words!r} is not on paper")
    check("Kagiso" not in text, "somebody else is told of")
    check(desk.ok("member", "export", member, "--pdf", pages)["counts"]["bookings"] == 2, "pages alone")
    desk.refused("bad_input", "member", "export", member, "--pdf", desk.path("no/such/place.pdf"))


@test("member export refuses: not_allowed, member_erased, not_found, bad_input")
def _(context):
    desk = context.new_studio()
    member = person(desk)
    for role in ("receptionist", "instructor", "finance"):
        desk.refused("not_allowed", "member", "export", member, **desk.staff(role))
    desk.ok("member", "export", member, **desk.staff("manager", "593718"))
    desk.refused("not_found", "member", "export", "00000000-0000-4000-8000-000000000000")
    desk.refused("bad_input", "member", "export", member, "--json", desk.path("no/such/place"))
    desk.refused("bad_input", "member", "export", member, "--json", context.place)
    desk.ok("member", "erase", member)
    file = desk.path("late.json")
    desk.refused("member_erased", "member", "export", member, "--json", file)
    check(not os.path.exists(file), "a file of somebody who was erased")


# --- whoever asked to be forgotten ---

def figures(desk, member):
    """What the accounts need, whoever it was."""
    lots = desk.ok("credits", member)
    exported = desk.path("figures")
    desk.ok("export", "all", exported)
    sums = {}
    for name in sorted(os.listdir(exported)):
        with open(os.path.join(exported, name), encoding="utf-8") as stream:
            rows = stream.read().splitlines()
        if name.startswith(("payments", "visits", "packages")):
            sums[name] = len(rows)
        os.unlink(os.path.join(exported, name))
    return lots["balance"], [(entry["kind"], entry["amount"]) for entry in lots["entries"]], sums


EVERY_QUESTION = [
    ("member", "list"), ("member", "list", "--search", "thandiwe"), ("member", "list", "--search", "0827654321"),
    ("attention",), ("notifications", "list", "--from", "2026-03-01T00:00", "--to", "2026-03-20T00:00"),
    ("credits", "expiring", "--days", "60"), ("occupancy",), ("session", "list"), ("standing", "list"),
    ("request", "list"), ("sync", "status"), ("device", "list"),
]


def shown_by(desk, member, booking, place):
    """Which secrets any command shows or writes."""
    out = os.path.join(place, "out")
    os.makedirs(out, exist_ok=True)
    said = b""
    questions = EVERY_QUESTION + [
        ("member", "show", member), ("credits", member), ("parq", "show", member), ("booking", "show", booking),
        ("member", "export", member), ("member", "export", member, "--json", os.path.join(out, "export.json")),
        ("membership", "show", member), ("oplog", "export", os.path.join(out, "log"), "--personal"),
        ("export", "all", os.path.join(out, "csv")), ("sync", "export", os.path.join(out, "stick")),
        ("checkin", "--phone", "0827654321", "--birth-date", "1987-06-05"), ("member", "pass", member),
    ]
    for words in questions:
        for as_json in (True, False) if words[0] == "member" else (True,):
            answer = desk(*words, as_json=as_json, env={"G_MESSAGES_DEBUG": "all"})
            said += answer.out + answer.err
    with open(os.path.join(out, "said"), "wb") as stream:
        stream.write(said)
    return found_in(out)


@test("nothing of somebody erased is shown, exported or kept, at either of two desks; the figures stay: member_erased")
def _(context):
    first = context.new_studio("first")
    keyed = {"key": "add-1"}
    member, other, booking = tell(first, **keyed)
    second = context.desk("second")
    first.ok("device", "invite", first.path("invitation"))
    second.ok("device", "join", first.path("invitation"))
    for desk in (first, second):
        check(shown_by(desk, member, booking, os.path.join(desk.path("shown"), desk.directory[-3:])), "all is known")
        desk.ok("member", "show", member, key="show-1")
        desk.ok("backup", os.path.join(desk.directory, "old.backup"))
    equal(found_at_rest(first.directory, second.directory), [], "at rest, before")
    before = figures(first, member)

    first.ok("member", "erase", member, "--reason", "asked for it")
    first.ok("oplog", "export", first.path("log"))
    second.ok("oplog", "import", first.path("log"))
    for desk in (first, second):
        equal(shown_by(desk, member, booking, os.path.join(context.place, "after-" + desk.directory[-3:])), [], "shown")
        desk.refused("member_erased", "member", "show", member, key="show-1")
        desk.ok("run-due")
        desk.verified()
    first.refused("member_erased", "member", "add", "--first", "Thandiwe", "--last", "Qwabeson", "--phone",
                  "0827654321", "--email", "thandiwe.q@example.org", "--birth-date", "1987-06-05", "--notes",
                  "wears a pacemaker", "--emergency", "Bongani 0837654321", **keyed)
    equal(found_at_rest(first.directory, second.directory), [], "at rest, after")
    equal(figures(first, member)[0], before[0], "credits")
    equal(figures(first, member)[2], before[2], "payments, visits")
    equal(first.ok("member", "show", other)["status"], "erased", "the other record")
    first.ok("oplog", "import", (second.ok("oplog", "export", second.path("log2")), second.path("log2"))[1])
    equal(first.hash(), second.hash(), "state")


@test("a desk that was away for weeks forgets when it hears of it, whatever it did meanwhile: member_erased")
def _(context):
    first = context.new_studio("first")
    member, _, booking = tell(first)
    second = context.desk("second")
    first.ok("device", "invite", first.path("invitation"))
    second.ok("device", "join", first.path("invitation"))
    first.ok("member", "erase", member)
    second.now = MORNING + days(24)
    second.ok("member", "edit", member, "--notes", "wears a pacemaker, still")
    second.ok("oplog", "export", second.path("from-second"))
    first.now = MORNING + days(25)
    first.ok("oplog", "import", second.path("from-second"))
    equal(shown_by(first, member, booking, os.path.join(context.place, "first-out")), [], "first")
    first.ok("oplog", "export", first.path("from-first"))
    second.ok("oplog", "import", first.path("from-first"))
    equal(shown_by(second, member, booking, os.path.join(context.place, "second-out")), [], "second")
    second.refused("member_erased", "member", "edit", member, "--notes", "x")
    equal(first.hash(), second.hash(), "state")
    equal(found_at_rest(first.directory, second.directory), [], "at rest")


@test("no backup, invitation or stick of before brings anybody back: member_erased")
def _(context):
    desk = context.new_studio("first")
    member, _, booking = tell(desk)
    backup, stick, log, invitation = (desk.path(name) for name in ("backup", "stick", "old-log", "invitation"))
    desk.ok("backup", backup)
    desk.ok("sync", "export", stick)
    desk.ok("oplog", "export", log)
    desk.ok("device", "invite", invitation)
    desk.ok("member", "erase", member)
    desk.ok("oplog", "import", log)
    desk.ok("sync", "import", stick)
    equal(shown_by(desk, member, booking, os.path.join(context.place, "a")), [], "after old files")
    desk.ok("restore", backup)
    desk.refused("member_erased", "member", "edit", member, "--notes", "x")
    equal(shown_by(desk, member, booking, os.path.join(context.place, "b")), [], "after a restore")
    late = context.desk("late")
    late.ok("device", "join", invitation)
    desk.ok("oplog", "export", desk.path("news"))
    late.ok("oplog", "import", desk.path("news"))
    equal(shown_by(late, member, booking, os.path.join(context.place, "c")), [], "by an old invitation")
    equal(found_at_rest(desk.directory, late.directory), [], "at rest")
    desk.verified()


if __name__ == "__main__":
    sys.exit(main("privacy"))
