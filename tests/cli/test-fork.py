#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data directories that were copied, cloned, put back or restored: whatever happens to a disk, the studio goes on."""
import collections
import os
import shutil
import subprocess
import sys

from contract import MORNING, PROGRAM, Desk, check, equal, hours, main, one_of, test

SPOTS = 6
CLASS = MORNING + hours(30)


def found(context, names):
    """A studio's first device and the others that join it by file."""
    first = context.desk(names[0])
    context.phrase = first.init()["recovery"]
    desks = [first]
    for name in names[1:]:
        first.ok("device", "invite", first.path("invitation-" + name))
        desk = context.desk(name)
        desk.ok("device", "join", first.path("invitation-" + name))
        desks.append(desk)
    return desks


def replica(desk):
    """Who the directory says that it is."""
    return next((each["replica"] for each in desk.items("device", "list") if each["own"]), None)


def tell(source, target, **options):
    path = source.path("stick")
    source.ok("sync", "export", path, **options)
    return target.ok("sync", "import", path, **options)


def meet(desks, rounds=8, **options):
    """Everybody hears everybody, by way of the first, and does what is due, until nothing is new; then all are in one
    state."""
    first, *others = desks
    for _round in range(rounds):
        new = sum(tell(desk, first, **options)["new"] for desk in others)
        wrote = sum(sum(desk.ok("run-due", **options).values()) for desk in desks)
        path = first.path("stick")
        first.ok("sync", "export", path, **options)
        new += sum(desk.ok("sync", "import", path, **options)["new"] for desk in others)
        if not new and not wrote:
            break
    else:
        check(False, "the devices never come to rest")
    equal(len({desk.hash(**options) for desk in desks}), 1, "state hashes after everybody heard everybody")


def verified(desks):
    for desk in desks:
        desk.verified()


def clone(desk, name):
    """A copy of everything, down to the machine, the file system and the inode of the identity: nothing can tell it
    from the original. (One inode under two names, until either side writes a new identity.)"""
    twin = Desk(desk.path(name), desk.now)
    shutil.copytree(desk.directory, twin.directory, copy_function=shutil.copy2)
    os.remove(os.path.join(twin.directory, "identity"))
    os.link(os.path.join(desk.directory, "identity"), os.path.join(twin.directory, "identity"))
    return twin


def copy(desk, name):
    """What `cp -a` makes."""
    twin = Desk(desk.path(name), desk.now)
    subprocess.run(["cp", "-a", desk.directory, twin.directory], check=True)
    return twin


def sell(desk, session, count, **options):
    """Books as many of count members as the desk lets in; gives what the members were shown."""
    shown = []
    for _ in range(count):
        member = desk.member(**options)
        answer = desk("book", "--member", member, "--session", session, **options)
        one_of(answer.code, (None, "class_full", "spots_elsewhere", "no_rights"), "code of a booking")
        if answer.status == 0:
            shown.append((member, answer.json["id"]))
    return shown


def attention(desk, **options):
    return desk.items("attention", **options)


def kinds(desk, **options):
    return collections.Counter(each["kind"] for each in attention(desk, **options))


def told(desk, **options):
    """Every booking that stands in attention."""
    return {
        subject["id"]
        for each in attention(desk, **options)
        for subject in each["subjects"]
        if subject["role"] == "booking"
    }


def nothing_lost(desk, session, shown, **options):
    """What people were shown as done is in the state, or in attention."""
    roster = {row["booking"] for row in desk.items("roster", session, **options)}
    mentioned = told(desk, **options)
    for _member, booking in shown:
        check(booking in roster or booking in mentioned, f"{booking} is neither on the roster nor in attention")
    return roster, mentioned


def room(desk, session, **options):
    shown = desk.ok("session", "show", session, **options)
    return shown["confirmed"] + shown["held"]


def studio_of_two(context, spots=SPOTS, moved=4):
    """Two desks; the second holds some of a class's spots."""
    one, two = found(context, ["one", "two"])
    meet([one, two])
    session = one.free_class(CLASS, capacity=spots)
    one.ok("rights", "move", session, "--to", replica(two), "--spots", moved)
    meet([one, two])
    return one, two, session


# --- copies that can be told ---


@test("cp -a of a desk's directory and both go on: two devices, nothing overbooked")
def _(context):
    one, two, session = studio_of_two(context)
    was = replica(two)
    shown = sell(two, session, 1)
    other = copy(two, "copy")
    for desk in (two, other):
        equal(replica(desk), was, "before it writes it can be read")
    shown += sell(two, session, 4) + sell(other, session, 4) + sell(one, session, 4)
    check(replica(other) not in (was, None), "the copy is a device of its own")
    equal(replica(two), was, "the original goes on as it was")
    meet([one, two, other])
    verified([one, two, other])
    for desk in (one, two, other):
        check(room(desk, session) <= SPOTS, "overbooked")
        equal(kinds(desk)["device_copied"], 1, "told to people")
    roster, _told = nothing_lost(one, session, shown)
    equal(len(shown), len(roster), "all stand")
    equal(len(shown), SPOTS, "and everything was sold")


@test("of a copy and its original either can be revoked and the other goes on")
def _(context):
    for loser in ("copy", "original"):
        one, two, session = studio_of_two_named(context, loser)
        other = copy(two, f"copy-{loser}")
        shown = sell(two, session, 2)
        other.member()
        meet([one, two, other])
        gone, stays = (other, two) if loser == "copy" else (two, other)
        told_of = one.ok("device", "revoke", replica(gone), "--reason", "copied disk")
        one_of(told_of["state"], ("revoked", "taken_over"), "state")
        meet_with_revoked([one, stays], gone)
        equal(kinds(one)["device_copied"], 0, "settled by revoking")
        gone.refused("device_revoked", "member", "add", "--first", "A", "--last", "B")
        nothing_lost(one, session, shown)
        sell(stays, session, 1)
        meet([one, stays])


def studio_of_two_named(context, suffix):
    one, two = found(context, [f"one-{suffix}", f"two-{suffix}"])
    meet([one, two])
    session = one.free_class(CLASS, capacity=SPOTS)
    one.ok("rights", "move", session, "--to", replica(two), "--spots", 4)
    meet([one, two])
    verified([one, two])
    return one, two, session


def meet_with_revoked(desks, gone):
    meet(desks)
    tell(desks[0], gone)
    meet(desks)


@test("a copy of a copy is a third device")
def _(context):
    one, two = found(context, ["one", "two"])
    second = copy(two, "second")
    second.member()
    third = copy(second, "third")
    third.member()
    second.member()
    two.member()
    equal(len({replica(desk) for desk in (two, second, third)}), 3, "devices")
    meet([one, two, second, third])
    verified([one, two, second, third])


@test("a directory that was moved with mv goes on as the same device")
def _(context):
    one, two = found(context, ["one", "two"])
    was = replica(two)
    os.rename(two.directory, two.path("moved"))
    moved = Desk(two.path("moved"))
    moved.member()
    equal(replica(moved), was, "the same file at another name")
    meet([one, moved])
    verified([one, moved])


@test("a directory copied while the desk is writing is whole, or says what is wrong")
def _(context):
    one, two, session = studio_of_two(context)
    for number in range(3):
        writer = subprocess.Popen(
            [PROGRAM, "--data", two.directory, "--json", "member", "add", "--first", "While", "--last", "Copying"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        other = copy(two, f"hot-{number}")
        writer.wait()
        answer = other("member", "add", "--first", "Copy", "--last", "Of")
        one_of(answer.code, (None, "corrupt", "storage"), "code")
        if answer.status == 0:
            other.verified()
            check(replica(other) != replica(two), "the copy is a device of its own")
            equal(sell(other, session, 2), [], "it holds no spots")
            meet([one, other])
    meet([one, two])
    verified([one, two])


# --- the database alone put back ---


@test("a database put back to yesterday under a newer identity goes on as a new device, and nothing comes twice")
def _(context):
    one, two, session = studio_of_two(context)
    was = replica(two)
    kept = two.path("yesterday")
    shutil.copytree(two.directory, kept)
    shown = sell(two, session, 2)
    tell(two, one)
    shown += sell(two, session, 1)  # nobody else has this one: it is gone with the database
    unshared = shown.pop()
    for name in ("studioloop.db", "studioloop.db-wal", "studioloop.db-shm"):
        path = os.path.join(two.directory, name)
        if os.path.exists(path):
            os.remove(path)
        if os.path.exists(os.path.join(kept, name)):
            shutil.copy2(os.path.join(kept, name), path)
    late = sell(two, session, 4)
    equal(late, [], "what yesterday's database holds is not its own any more")
    check(replica(two) != was, "a new device")
    meet([one, two])
    roster, mentioned = nothing_lost(one, session, shown)
    check(unshared[1] not in roster | mentioned, "nobody holds it")
    check(room(one, session) <= SPOTS, "overbooked")
    sell(one, session, 4)
    meet([one, two])
    verified([one, two])
    check(room(two, session) <= SPOTS, "overbooked")


# --- copies that nothing can tell ---


def exact(context, names=("one", "two", "three"), moved=4):
    desks = found(context, list(names))
    meet(desks)
    session = desks[0].free_class(CLASS, capacity=SPOTS)
    desks[0].ok("rights", "move", session, "--to", replica(desks[1]), "--spots", moved)
    meet(desks)
    return (*desks, session)


@test("device.fork: an exact clone that sells on both sides is found, told and fenced, and both go on as new devices")
def _(context):
    one, two, three, session = exact(context)
    was = replica(two)
    twin = clone(two, "twin")
    shown = sell(two, session, 4) + sell(twin, session, 4)
    equal(len(shown), 8, "each sold what it thought it held")
    equal((replica(two), replica(twin)), (was, was), "nothing can tell them apart")
    tell(two, one)
    tell(twin, three)
    shown += sell(one, session, 4)
    got = tell(three, one)
    equal([each["reason"] for each in got["quarantined"]], ["fork"], "told at the import")
    equal(got["quarantined"][0]["replica"], was, "whose")
    problems = one("verify")
    equal(problems.status, 6, "verify")
    check(any("fork" in each for each in problems.json["problems"]), f"{problems}")
    one.ok("run-due")
    one.verified()
    meet([one, two, three, twin])
    for desk in (one, two, three, twin):
        equal(kinds(desk)["fork"], 1, "in attention")
        check(room(desk, session) <= SPOTS, "the history that counts is not overbooked")
        roster, mentioned = nothing_lost(desk, session, shown)
        equal(len(roster), SPOTS, "on the roster")
        check(len(mentioned) >= 4, "what does not count is for people")
    new = [desk.member() for desk in (two, twin)]
    meet([one, two, three, twin])
    verified([one, two, three, twin])
    equal(len({was, replica(two), replica(twin)}), 3, "both are new devices")
    for member in new:
        equal(three.ok("member", "show", member)["first"], "Thandi", "what they do now is read elsewhere")


@test("an exact clone by lines of JSON is found as well")
def _(context):
    one, two, three, session = exact(context)
    twin = clone(two, "twin")
    shown = sell(two, session, 2) + sell(twin, session, 3)
    for source, target in ((two, one), (twin, three), (three, one), (one, three)):
        source.ok("oplog", "export", source.path("lines"))
        got = target.ok("oplog", "import", source.path("lines"))
    check(kinds(one)["fork"] == 1 and kinds(three)["fork"] == 1, f"{got}")
    meet([one, two, three, twin])
    verified([one, two, three, twin])
    nothing_lost(one, session, shown)


@test("the clone hears of itself first")
def _(context):
    one, two, _three, session = exact(context)
    twin = clone(two, "twin")
    shown = sell(two, session, 3) + sell(twin, session, 3)
    tell(two, twin)
    nothing_lost(twin, session, shown)
    more = sell(twin, session, 4)
    equal(more, [], "it has no spots any more")
    tell(twin, two)
    meet([one, two, twin])
    verified([one, two, twin])
    nothing_lost(one, session, shown)
    check(room(one, session) <= SPOTS, "overbooked")


@test("three exact clones end in one state")
def _(context):
    one, two, three, session = exact(context)
    twins = [two, clone(two, "twin-a"), clone(two, "twin-b")]
    shown = []
    for number, twin in enumerate(twins):
        shown += sell(twin, session, 1 + number)
        tell(twin, (one, three, one)[number])
    meet([one, three, *twins])
    verified([one, three, *twins])
    for desk in (one, three, *twins):
        equal(kinds(desk)["fork"], 1, "in attention")
        nothing_lost(desk, session, shown)
        check(room(desk, session) <= SPOTS, "overbooked")


@test("a disk image put back to yesterday that hears before it writes loses nothing")
def _(context):
    one, two, _three, session = exact(context)
    image = clone(two, "image")
    shown = sell(two, session, 3)
    tell(two, one)
    shutil.rmtree(two.directory)  # the disk was put back: only the image goes on
    tell(one, image)
    check(len(sell(image, session, 4)) == 0, "a new device holds nothing")
    meet([one, image])
    nothing_lost(image, session, shown)
    sell(one, session, 6)
    meet([one, image])
    verified([one, image])
    check(room(image, session) <= SPOTS, "overbooked")
    equal(len(nothing_lost(image, session, shown)[0] & {booking for _m, booking in shown}), 3, "all three stand")


@test("a disk image put back to yesterday that writes first is a fork, and nobody is overbooked in the state")
def _(context):
    one, two, three, session = exact(context)
    image = clone(two, "image")
    shown = sell(two, session, 3)
    tell(two, one)
    shutil.rmtree(two.directory)
    shown += sell(image, session, 2)
    meet([one, image, three])
    for desk in (one, image, three):
        nothing_lost(desk, session, shown)
        check(room(desk, session) <= SPOTS, "overbooked")
        equal(kinds(desk)["fork"], 1, "in attention")
    image.member()
    meet([one, image, three])
    verified([one, image, three])


@test("the founder's own directory cloned exactly: the studio goes on")
def _(context):
    one, two = found(context, ["one", "two"])
    meet([one, two])
    session = one.free_class(CLASS, capacity=SPOTS)
    twin = clone(one, "twin")
    shown = sell(one, session, 4) + sell(twin, session, 5)
    tell(one, two)
    tell(twin, two)
    equal(kinds(two)["fork"], 1, "found")
    meet([one, two, twin])
    for desk in (one, two, twin):
        nothing_lost(desk, session, shown)
        check(room(desk, session) <= SPOTS, "overbooked")
    later = two.member()
    for desk in (one, twin):
        desk.member()
    meet([one, two, twin])
    verified([one, two, twin])
    equal(one.ok("member", "show", later)["first"], "Thandi", "name")


@test("two exact clones of the only device of a studio find one another")
def _(context):
    one = context.new_studio("one")
    session = one.free_class(CLASS, capacity=SPOTS)
    twin = clone(one, "twin")
    shown = sell(one, session, 4) + sell(twin, session, 4)
    meet([one, twin])
    verified([one, twin])
    for desk in (one, twin):
        nothing_lost(desk, session, shown)
        check(room(desk, session) <= SPOTS, "overbooked")


# --- backups ---


def backed_up(desk, name="backup"):
    path = desk.path(name)
    desk.ok("backup", path)
    return path


def listed(desk, of):
    return next(each for each in desk.items("device", "list") if each["replica"] == of)


@test("a backup restored in its own directory says what it lacks, and what others hold comes back")
def _(context):
    one, two, session = studio_of_two(context)
    was = replica(two)
    backup = backed_up(two)
    shared = sell(two, session, 1)
    tell(two, one)
    unshared = sell(two, session, 1)
    restored = two.ok("restore", backup, at=MORNING + hours(1))
    equal((restored["was"], restored["replaced"]), (was, None), "who")
    equal(restored["made"], "2026-03-02T04:00:00+00:00", "made")
    check(restored["operations"] > 0 and restored["missing"] == 4, f"two members, two bookings: {restored}")
    check(os.path.exists(restored["missing_file"]) and restored["hint"], f"{restored}")
    equal(two.items("roster", session), [], "nothing of it is here")
    equal(sell(two, session, 2), [], "a new device without rights")
    meet([one, two])
    roster, mentioned = nothing_lost(two, session, shared)
    check(unshared[0][1] not in roster | mentioned, "what nobody else holds is still missing")
    two.ok("oplog", "import", restored["missing_file"])
    meet([one, two])
    for desk in (one, two):
        nothing_lost(desk, session, shared + unshared)
        equal(listed(desk, was)["state"], "taken_over", "the old one")
    check(len(sell(one, session, SPOTS)) == SPOTS - len(roster), "all spots can be sold again")
    meet([one, two])
    verified([one, two])


@test("what only the restored directory held can be read when it is brought back")
def _(context):
    one = context.new_studio("one")
    backup = backed_up(one)
    member = one.member(first="Nolwazi")
    restored = one.ok("restore", backup)
    check(member not in {each["id"] for each in one.items("member", "list")}, "it was made after the backup")
    got = one.ok("oplog", "import", restored["missing_file"])
    check({each["reason"] for each in got["quarantined"]} <= {"revoked"}, f"{got}")
    one_of(len(attention(one)), (1, 2), "told to people")
    verified([one])


@test("a device that had not heard of the restore seals its keys to the old one, and the new one reads them")
def _(context):
    one, two = found(context, ["one", "two"])
    meet([one, two])
    two.ok("restore", backed_up(two))
    member = one.member(first="Nolwazi")
    tell(one, two)
    equal(two.ok("member", "show", member)["first"], "Nolwazi", "name")


@test("restored into an empty directory with the recovery phrase, while the burnt machine's rights wait for everybody")
def _(context):
    one = context.desk("one")
    phrase = one.init()["recovery"]
    one.ok("device", "invite", one.path("invitation"))
    two = context.desk("two")
    two.ok("device", "join", one.path("invitation"))
    meet([one, two])
    session = one.free_class(CLASS, capacity=SPOTS)
    backup = backed_up(one)
    shown = sell(one, session, 2)
    tell(one, two)
    shutil.rmtree(one.directory)
    new = context.desk("new")
    answer = new.refused("bad_input", "restore", backup)
    check("phrase" in answer["error"]["message"] + str(answer["error"]), f"{answer}")
    new.refused("no_studio", "member", "list")
    restored = new.ok("restore", backup, env={"STUDIOLOOP_RECOVERY": phrase})
    equal((restored["missing"], restored["missing_file"], restored["replaced"]), (None, None, None), "nothing lay here")
    equal(sell(new, session, 1), [], "no rights")
    meet([two, new])
    nothing_lost(new, session, shown)
    equal(len(sell(two, session, SPOTS)) + len(sell(new, session, SPOTS)), SPOTS - 2, "the rest can be sold")
    meet([two, new])
    verified([two, new])


@test("restored into another device's directory: what that one held is taken along, and it is revoked")
def _(context):
    one, two, session = studio_of_two(context)
    gone = replica(two)
    backup = backed_up(one)
    two.refused("bad_input", "restore", backup)  # that device's key does not open it
    equal(replica(two), gone, "untouched")
    shown = sell(two, session, 3)
    own = Desk(two.directory)
    restored = own.ok("restore", backup, env={"STUDIOLOOP_RECOVERY": context.phrase})
    equal(restored["replaced"], gone, "whose directory it was")
    equal((restored["missing"], restored["missing_file"]), (0, None), "nothing is missing")
    equal(listed(own, gone)["state"], "revoked", "revoked")
    nothing_lost(own, session, shown)
    meet([one, own])
    for desk in (one, own):
        nothing_lost(desk, session, shown)
        equal(listed(desk, gone)["state"], "taken_over", "taken over")
    sell(one, session, SPOTS)
    sell(own, session, SPOTS)
    meet([one, own])
    check(room(one, session) <= SPOTS, "overbooked")
    verified([one, own])


@test("restored twice from one backup: the first restore's device is revoked too")
def _(context):
    one, two, session = studio_of_two(context)
    backup = backed_up(two)
    first = two.ok("restore", backup)
    shown = sell(two, two.free_class(CLASS), 2)
    fresh = two.items("session", "list")
    tell(two, one)
    second = two.ok("restore", backup)
    equal((second["was"], second["replaced"]), (first["was"], first["replica"]), "who")
    meet([one, two])
    for desk in (one, two):
        equal(listed(desk, first["replica"])["state"], "taken_over", "the first restore's device")
        equal(listed(desk, first["was"])["state"], "taken_over", "the backup's device")
    equal(len(two.items("session", "list")), len(fresh), "its class has come back")
    for _member, booking in shown:
        equal(two.ok("booking", "show", booking)["status"], "confirmed", "its bookings have come back")
    sell(one, session, SPOTS)
    equal(room(one, session), SPOTS, "its spots can be sold")
    meet([one, two])
    verified([one, two])


@test("a fresh studio's directory takes a backup of another studio, and the fresh one is set aside")
def _(context):
    other = context.desk("other")
    phrase = other.init()["recovery"]
    member = other.member()
    backup = backed_up(other)
    fresh = context.new_studio("fresh")
    restored = fresh.ok("restore", backup, "--phrase", phrase)
    equal(restored["replaced"], None, "no device of the backup's studio lived here")
    check(os.path.exists(os.path.join(restored["aside"], "studioloop.db")), "set aside")
    equal(fresh.ok("member", "show", member)["id"], member, "the backup's member")
    verified([fresh])


@test("a restored desk and the original that was not dead after all: both go on, nothing overbooked")
def _(context):
    one, two, session = studio_of_two(context)
    phrase = context.phrase
    backup = backed_up(one)
    shown = sell(one, session, 1)
    elsewhere = context.desk("elsewhere")
    elsewhere.ok("restore", backup, "--phrase", phrase)
    shown += sell(one, session, 1) + sell(two, session, 2) + sell(elsewhere, session, 2)
    meet([two, elsewhere])
    meet([two, one])
    meet([two, elsewhere, one])
    for desk in (one, two, elsewhere):
        nothing_lost(desk, session, shown)
        check(room(desk, session) <= SPOTS, "overbooked")
        desk.member()
    meet([one, two, elsewhere])
    verified([one, two, elsewhere])


@test("a damaged directory is restored, and says that it cannot tell what is lost")
def _(context):
    one, two, session = studio_of_two(context)
    backup = backed_up(two)
    sell(two, session, 1)
    path = os.path.join(two.directory, "studioloop.db")
    with open(path, "r+b") as file:
        file.write(b"garbage" * 2000)
    restored = two.ok("restore", backup)
    equal((restored["missing"], restored["missing_file"]), (None, None), "nobody can tell")
    check("lost" in restored["hint"], restored["hint"])
    meet([one, two])
    verified([one, two])


@test("restore in words for people says what is lost and what to do")
def _(context):
    one = context.new_studio("one")
    backup = backed_up(one)
    one.member()
    out = one("restore", backup, as_json=False).out.decode()
    for words in ("Backup made", "Operations that lay here and are not in it", "oplog import"):
        check(words in out, f"{words!r} is missing in:\n{out}")


if __name__ == "__main__":
    sys.exit(main("fork"))
