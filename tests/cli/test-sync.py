#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two desks and a stick: files of segments, whole and damaged, in every order."""
import contextlib
import json
import os
import random
import sqlite3
import sys

from contract import EXIT_DONE, EXIT_INPUT, EXIT_USAGE, MORNING, check, equal, hours, main, parse_time, test


def pair(context):
    """Two devices of one studio; the second knows nothing of what the first does after inviting it."""
    one = context.new_studio("one")
    one.ok("device", "invite", one.path("invitation"))
    two = context.desk("two")
    two.ok("device", "join", one.path("invitation"))
    return one, two


def busy(desk):
    """A few operations of several kinds."""
    member = desk.member()
    desk.credited(member, 1000)
    session = desk.session(desk.service(credits_hundredths=100), MORNING + hours(26))
    booking = desk.book(member, session)["id"]
    desk.ok("cancel", booking)
    desk.book(member, session)
    return member


def stick(desk, name, *words):
    path = desk.path(name)
    desk.ok("sync", "export", path, *words)
    return path


def vector(desk, name="vector"):
    path = desk.path(name)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(desk.ok("state-hash"), file)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(desk, name, data):
    path = desk.path(name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def same(one, two):
    equal(one.hash(), two.hash(), "state hash")
    one.verified()
    two.verified()


@test("two desks that carry a stick both ways agree")
def _(context):
    one, two = pair(context)
    mine, theirs = busy(one), busy(two)
    got = two.ok("sync", "import", stick(one, "stick"))
    check(got["new"] > 0 and got["quarantined"] == [] and got["waiting"] == 0, f"{got}")
    back = one.ok("sync", "import", stick(two, "stick"))
    check(back["new"] > 0 and back["quarantined"] == [] and back["waiting"] == 0, f"{back}")
    same(one, two)
    equal(two.balance(mine), one.balance(mine), "balance")
    equal(one.balance(theirs), two.balance(theirs), "balance")
    equal(one.ok("member", "show", theirs)["first"], "Thandi", "a name that only the other desk sealed")


@test("an import says what it found and how far exchange has come")
def _(context):
    one, two = pair(context)
    busy(one)
    path = stick(one, "stick")
    got = two.ok("sync", "import", path)
    wanted = {"operations", "new", "waiting", "quarantined", "pushed", "pulled", "pending", "online", "last"}
    check(wanted <= set(got), f"keys: {sorted(got)}")
    equal((got["pushed"], got["pulled"], got["online"]), (0, got["new"], None), "answer")
    again = two.ok("sync", "import", path)
    equal((again["new"], again["pulled"], again["waiting"]), (0, 0, 0), "again")
    equal(again["operations"], got["operations"], "operations in the file")


@test("status tells what nobody is known to hold yet")
def _(context):
    one, two = pair(context)
    fresh = one.ok("sync", "status")
    at_night = {name: fresh[name] for name in ("verified", "problems", "backup", "backup_failed")}
    equal(at_night, {"verified": None, "problems": None, "backup": None, "backup_failed": False}, "of the nights")
    equal((fresh["online"], fresh["last"], fresh["pushed"]), (None, None, 0), "before any exchange")
    busy(one)
    before = one.ok("sync", "status")
    check(before["pending"] > 0, f"{before}")
    sent = one.ok("sync", "export", one.path("stick"))
    equal(sent["pushed"], sent["operations"], "pushed")
    equal(one.ok("sync", "status")["pending"], before["pending"], "writing a stick is not being heard")
    two.ok("sync", "import", one.path("stick"))
    one.ok("sync", "import", stick(two, "back"))
    after = one.ok("sync", "status")
    equal((after["pending"], after["pushed"]), (0, before["pending"]), "the other desk's stick shows what it holds")
    equal(after["pulled"], sum(one.ok("state-hash")["vector"].values()) - after["pushed"], "pulled")
    equal(parse_time(after["last"]).date(), MORNING.date(), "last")
    equal(after["org"], two.ok("sync", "status")["org"], "org")


def write_of_hub(desk, refused):
    """What the agent writes down of a hub that has said no; None: that has not."""
    with contextlib.closing(sqlite3.connect(os.path.join(desk.directory, "studioloop.db"))) as database:
        database.execute("INSERT OR IGNORE INTO local_hub (one, url, replica, public_key, own_ca, plain)"
                         " VALUES (1, 'https://hub.example', randomblob(16), randomblob(32), 0, 0)")
        database.execute("INSERT OR REPLACE INTO local_contact (one, refused) VALUES (1, ?)", (refused,))
        database.commit()


@test("status says what to do about a hub that is not the one that was paired, and about no other")
def _(context):
    desk = context.new_studio()
    words = "at each desk 'pair URL CODE --again'"
    equal(desk.ok("sync", "status")["way_out"], None, "without a hub")
    for refused in (None, "busy", "device_revoked", "unknown_device"):
        write_of_hub(desk, refused)
        got = desk.ok("sync", "status")
        equal((got["refused"], got["way_out"], got["online"]), (refused, None, False), "answer")
        check(words not in desk("sync", "status", as_json=False).out.decode(), f"said of {refused}")
    write_of_hub(desk, "bad_signature")
    got = desk.ok("sync", "status")
    equal(got["refused"], "bad_signature", "refused")
    check(words in got["way_out"], f"{got}")
    said = " ".join(desk("sync", "status", as_json=False).out.decode().split())
    check("What to do" in said and words in said, said)


@test("files in any order, and twice, make the same log")
def _(context):
    one, two = pair(context)
    files, since = [], None
    for part in range(4):
        busy(one)
        words = ["--since", since] if since else []
        files.append(stick(one, f"part{part}", *words))
        since = vector(one, f"vector{part}")
    order = [files[2], files[3], files[1], files[3], files[0], files[2]]
    first = two.ok("sync", "import", order[0])
    check(first["waiting"] > 0 and first["new"] == 0, f"what is before it has not come: {first}")
    for path in order[1:]:
        last = two.ok("sync", "import", path)
    equal((last["waiting"], last["quarantined"]), (0, []), "at the end")
    one.ok("sync", "import", stick(two, "back"))
    same(one, two)


@test("one command takes several files")
def _(context):
    one, two = pair(context)
    busy(one)
    first = stick(one, "first")
    since = vector(one)
    busy(one)
    second = stick(one, "second", "--since", since)
    got = two.ok("sync", "import", second, first)
    equal((got["waiting"], got["quarantined"]), (0, []), "answer")
    one.ok("sync", "import", stick(two, "back"))
    same(one, two)


@test("since a vector only what is newer is written")
def _(context):
    one, two = pair(context)
    for _ in range(3):
        busy(one)
    whole = one.ok("sync", "export", one.path("whole"))
    two.ok("sync", "import", one.path("whole"))
    since = vector(two)
    busy(one)
    part = one.ok("sync", "export", one.path("part"), "--since", since)
    check(part["operations"] < whole["operations"], f"{part} of {whole}")
    equal(two.ok("sync", "import", one.path("part"))["waiting"], 0, "waiting")
    one.ok("sync", "import", stick(two, "back"))
    same(one, two)


@test("a file that is cut short anywhere is refused and changes nothing")
def _(context):
    one, two = pair(context)
    busy(one)
    data = read(stick(one, "stick"))
    before = two.ok("state-hash")
    for length in sorted({0, 1, 4, 17, len(data) // 3, len(data) // 2, len(data) - 5, len(data) - 1}):
        answer = two("sync", "import", write(one, "cut", data[:length]))
        equal((answer.status, answer.code), (EXIT_INPUT, "bad_input"), f"cut at {length}")
    equal(two.ok("state-hash"), before, "state")
    equal(two.ok("sync", "import", one.path("stick"))["waiting"], 0, "the whole one")


@test("a file with a bit flipped anywhere is refused or does no harm")
def _(context):
    one, two = pair(context)
    busy(one)
    path = stick(one, "stick")
    data = read(path)
    before = two.ok("state-hash")
    chance = random.Random(3)
    for _ in range(24):
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        answer = two("sync", "import", write(one, "flipped", bytes(flipped)))
        if answer.status != EXIT_DONE:
            equal((answer.status, answer.code), (EXIT_INPUT, "bad_input"), "flipped")
            equal(two.ok("state-hash"), before, "state")
        before = two.ok("state-hash")
    equal(two.ok("sync", "import", path)["quarantined"], [], "the sound one afterwards")
    one.ok("sync", "import", stick(two, "back"))
    same(one, two)


@test("what stands behind the end of a file is refused")
def _(context):
    one, two = pair(context)
    data = read(stick(one, "stick"))
    for tail in (b"\0", data):
        equal(two("sync", "import", write(one, "long", data + tail)).status, EXIT_INPUT, "status")


@test("what is no file of segments is refused by name")
def _(context):
    one, two = pair(context)
    busy(one)
    one.ok("oplog", "export", one.path("lines"))
    for path in (one.path("lines"), one.path("nowhere"), one.directory, write(one, "noise", bytes(range(256)) * 40)):
        answer = two("sync", "import", path)
        equal((answer.status, answer.code), (EXIT_INPUT, "bad_input"), path)
        check(os.path.basename(path) in answer.out.decode(), f"the file is not named\n{answer}")
    equal(two("sync", "import").status, EXIT_USAGE, "no file")
    equal(one("sync", "export", one.path("x"), "--since", one.path("lines")).status, EXIT_INPUT, "no vector")


@test("another studio's file is quarantined and nothing of it is taken")
def _(context):
    one = context.new_studio("one")
    stranger = context.new_studio("stranger")
    busy(stranger)
    before = one.ok("state-hash")
    got = one.ok("sync", "import", stick(stranger, "stick"))
    equal({each["reason"] for each in got["quarantined"]}, {"foreign_organisation"}, "reasons")
    equal((got["new"], one.ok("state-hash")), (0, before), "state")


@test("lines of JSON and segments mix")
def _(context):
    one, two = pair(context)
    busy(one)
    one.ok("oplog", "export", one.path("lines"))
    since = vector(one)
    busy(one)
    part = stick(one, "part", "--since", since)
    two.ok("sync", "import", part)
    equal(two.ok("oplog", "import", one.path("lines"))["waiting"], 0, "what waited from the stick")
    two.ok("oplog", "export", two.path("back"))
    one.ok("oplog", "import", two.path("back"))
    same(one, two)


@test("a third desk hears of the first through the second")
def _(context):
    one, two = pair(context)
    one.ok("device", "invite", one.path("invitation3"))
    three = context.desk("three")
    three.ok("device", "join", one.path("invitation3"))
    member = busy(one)
    one.ok("sync", "import", stick(two, "hello"))  # a desk sends keys to those that it has heard of
    two.ok("sync", "import", stick(one, "stick1"), stick(three, "stick0"))
    three.ok("sync", "import", stick(two, "stick2"))
    equal(three.ok("member", "show", member)["first"], "Thandi", "name")
    two.ok("sync", "import", stick(three, "stick3"))
    one.ok("sync", "import", stick(two, "stick4"))
    same(one, three)


@test("an export that cannot be written leaves what was there")
def _(context):
    one, _ = pair(context)
    path = write(one, "kept", b"before")
    os.mkdir(path + ".new")  # where the temporary file would go
    answer = one("sync", "export", path)
    check(answer.status != EXIT_DONE, f"{answer}")
    equal(read(path), b"before", "file")


@test("only who manages devices may exchange")
def _(context):
    one = context.new_studio("one")
    desk = one.staff("receptionist")
    path = stick(one, "stick")
    one.refused("not_allowed", "sync", "export", one.path("theirs"), **desk)
    one.refused("not_allowed", "sync", "import", path, **desk)
    check(not os.path.exists(one.path("theirs")), "a file was written")


if __name__ == "__main__":
    sys.exit(main("sync"))
