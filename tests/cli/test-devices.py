#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several devices of one studio that meet only through files."""
import json
import os
import random
import shutil
import sys

from contract import MORNING, UUID, check, equal, hours, main, minutes, one_of, test

START = MORNING + minutes(20)


def found(context, names):
    """A studio's first device and the others that join it by file."""
    first = context.new_studio(names[0])
    desks = [first]
    for name in names[1:]:
        invitation = first.path("invitation-" + name)
        first.ok("device", "invite", invitation)
        desk = context.desk(name)
        desk.ok("device", "join", invitation)
        desks.append(desk)
    return desks


# One desk hears nothing of a new device until it has that device's log, and cannot seal a key to it before.
def tell(source, target, **options):
    """One device hears all that the other holds."""
    path = source.path("exchange.log")
    source.ok("oplog", "export", path, **options)
    return target.ok("oplog", "import", path, **options)


def settle(desks, **options):
    """Everybody hears everybody until nothing is new."""
    for _round in range(len(desks) + 1):
        new = 0
        for source in desks:
            for target in desks:
                if source is not target:
                    new += tell(source, target, **options)["new"]
        if not new:
            break
    equal(len({each.hash(**options) for each in desks}), 1, "state hashes after everybody heard everybody")


@test("an invited device is a device of the studio without a network")
def _(context):
    one = context.new_studio("one")
    org = one.ok("device", "list")["items"]
    equal(len(org), 1, "devices at first")
    one.ok("device", "invite", one.path("invitation"))
    two = context.desk("two")
    os.makedirs(two.directory)
    made = two.ok("device", "join", one.path("invitation"))
    check(UUID.match(made["org"]) and UUID.match(made["replica"]), f"{made}")
    tell(two, one)
    tell(one, two)
    for desk in (one, two):
        check(made["replica"] in [each["replica"] for each in desk.items("device", "list")], "both list it")
    equal(one.hash(), two.hash(), "state hash")
    one.verified()
    two.verified()


@test("a location's door device is the first one enrolled there, until one is named")
def _(context):
    one, two = found(context, ["one", "two"])
    tell(two, one)
    place = one.items("location", "list")[0]
    first, second = (desk.ok("sync", "status")["replica"] for desk in (one, two))
    equal(place["door_device"], first, "at first")
    equal([each["role"] for each in one.items("device", "list")], [None, None], "roles")
    equal(one.ok("location", "edit", place["id"], "--door-device", second)["door_device"], second, "named")
    tell(one, two)
    equal(two.items("location", "list")[0]["door_device"], second, "heard")
    unknown = one("location", "edit", place["id"], "--door-device", place["id"])
    equal(unknown.code, "not_found", "no device")
    one.ok("device", "revoke", second, "--reason", "stolen")
    equal(one.items("location", "list")[0]["door_device"], first, "after it was taken away")
    one.refused("device_revoked", "location", "edit", place["id"], "--door-device", second)
    equal(one.ok("location", "edit", place["id"], "--door-device", "first")["door_device"], first, "the first again")


@test("a new device sees what the studio held when it was invited, and reads names")
def _(context):
    one = context.new_studio("one")
    member = one.member()
    session = one.free_class(START)
    one.book(member, session)
    one.ok("device", "invite", one.path("invitation"))
    two = context.desk("two")
    two.ok("device", "join", one.path("invitation"))
    equal(two.ok("member", "show", member)["first"], "Thandi", "name")
    equal([row["status"] for row in two.items("roster", session)], ["confirmed"], "roster")


@test("invitation_invalid: a file that is none, was changed, or is a day old")
def _(context):
    one = context.new_studio("one")
    path = one.path("invitation")
    one.ok("device", "invite", path)
    with open(path, "rb") as file:
        data = file.read()
    two = context.desk("two")
    for number, wrong in enumerate((b"", b"hello\n", data[: len(data) // 2], data[:-3], os.urandom(500))):
        with open(two.path("wrong"), "wb") as file:
            file.write(wrong)
        answer = two("device", "join", two.path("wrong"))
        one_of(answer.code, ("invitation_invalid", "bad_input"), f"code of {number}")
        two.refused("no_studio", "member", "list")
    rng = random.Random(5)
    for number in range(6):
        changed = bytearray(data)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        with open(two.path("wrong"), "wb") as file:
            file.write(changed)
        attempt = context.desk(f"attempt-{number}")
        answer = attempt("device", "join", two.path("wrong"))
        if answer.status == 0:  # the bit was in words for people
            attempt.verified()
        else:
            one_of(answer.code, ("invitation_invalid", "bad_input"), "code")
            attempt.refused("no_studio", "member", "list")
    late = MORNING + hours(24) + minutes(5)
    two.refused("invitation_invalid", "device", "join", path, at=late)
    head, rest = data.split(b"\n", 1)
    preface = json.loads(head)
    preface["expires_ms"] += 48 * 3600 * 1000
    with open(two.path("wrong"), "wb") as file:
        file.write(json.dumps(preface).encode() + b"\n" + rest)
    stretched = context.desk("stretched")
    stretched.refused("invitation_invalid", "device", "join", two.path("wrong"), at=late)
    stretched.refused("no_studio", "member", "list")
    answer = two("device", "join", two.path("missing"))
    one_of(answer.code, ("bad_input", "invitation_invalid"), "code of a missing file")
    two.ok("device", "join", path)
    two.verified()


@test("an invitation used twice makes two devices, and both can be seen")
def _(context):
    one = context.new_studio("one")
    path = one.path("invitation")
    one.ok("device", "invite", path)
    two, three = context.desk("two"), context.desk("three")
    two.ok("device", "join", path)
    answer = three("device", "join", path)
    one_of(answer.code, (None, "invitation_invalid"), "code")
    if answer.code is None:
        settle([one, two, three])
        equal(len(one.items("device", "list")), 3, "devices")
    for desk in (one, two):
        desk.verified()


@test("a new device holds no rights and says where the spots are")
def _(context):
    one, two = found(context, ["one", "two"])
    session = one.free_class(MORNING + hours(3), capacity=5)
    member = one.member()
    settle([one, two])
    equal(two.ok("session", "show", session)["rights"], 0, "rights there")
    equal(one.ok("session", "show", session)["rights"], 5, "rights here")
    two.refused("spots_elsewhere", "book", "--member", member, "--session", session)
    one.book(member, session)
    tell(one, two)
    two.refused("already_booked", "book", "--member", member, "--session", session)


@test("spots_elsewhere and class_full: two desks that cannot hear one another never overbook")
def _(context):
    one, two = found(context, ["one", "two"])
    session = one.free_class(MORNING + hours(3), capacity=3)
    members = [one.member() for _ in range(6)]
    settle([one, two])
    taken = 0
    for number, member in enumerate(members):
        answer = (one, two)[number % 2]("book", "--member", member, "--session", session)
        one_of(answer.code, (None, "class_full", "spots_elsewhere"), "code")
        taken += answer.status == 0
    check(taken <= 3, f"{taken} bookings for three spots")
    settle([one, two])
    shown = two.ok("session", "show", session)
    check(shown["confirmed"] <= 3 and shown["free"] == 3 - shown["confirmed"], f"{shown}")


@test("credits_elsewhere: a lot is spent where it was sold")
def _(context):
    one, two = found(context, ["one", "two"])
    member = one.member()
    one.credited(member, 500)
    settle([one, two])
    session = two.session(two.service(credits_hundredths=100), MORNING + hours(30))
    equal(two.balance(member), 500, "the balance is the same everywhere")
    two.refused("credits_elsewhere", "book", "--member", member, "--session", session)
    equal(two.ok("session", "show", session)["confirmed"], 0, "bookings")


@test("one member checked in at two desks that cannot hear one another is in once")
def _(context):
    one, two = found(context, ["one", "two"])
    member = one.member()
    session = one.free_class(START)
    booking = one.book(member, session)["id"]
    settle([one, two])
    one.ok("checkin", "--booking", booking)
    two.ok("checkin", "--booking", booking, at=MORNING + minutes(2))
    settle([one, two])
    for desk in (one, two):
        equal([row["status"] for row in desk.items("roster", session)], ["checked_in"], "roster")
        desk.refused("already_checked_in", "checkin", "--booking", booking)
        desk.verified()


@test("of two edits of one field the later stands on every device")
def _(context):
    one, two = found(context, ["one", "two"])
    member = one.member()
    settle([one, two])
    two.ok("member", "edit", member, "--first", "Later", at=MORNING + minutes(5))
    one.ok("member", "edit", member, "--first", "Earlier", at=MORNING + minutes(1))
    settle([one, two])
    equal([desk.ok("member", "show", member)["first"] for desk in (one, two)], ["Later", "Later"], "names")


@test("a pass issued on one device and a newer one on the other: the newer counts everywhere")
def _(context):
    one, two = found(context, ["one", "two"])
    member = one.member()
    settle([one, two])
    old, new = one.pass_code(member), two.pass_code(member, at=MORNING + minutes(1))
    settle([one, two])
    session = one.free_class(MORNING + minutes(20))
    one.book(member, session)
    for desk in (one, two):
        desk.refused("revoked_code", "checkin", "--code", old)
    one.ok("checkin", "--code", new)


@test("names that two devices made before they knew one another are read by both once both have heard the other")
def _(context):
    one, two = found(context, ["one", "two"])
    mine, yours = one.member(first="Nolwazi"), two.member(first="Sipho")
    settle([one, two])
    for desk in (one, two):
        equal(desk.ok("member", "show", mine)["first"], "Nolwazi", "name")
        equal(desk.ok("member", "show", yours)["first"], "Sipho", "name")
        equal([each["id"] for each in desk.items("member", "list", "--search", "sipho")], [yours], "search")


def day_of(desk, rng, members, sessions):
    """A few commands as a desk gives them; refusals are part of a day."""
    for _step in range(6):
        kind = rng.randrange(8)
        moment = MORNING + minutes(rng.randrange(60))
        member, session = rng.choice(members), rng.choice(sessions)
        if kind == 0:
            members.append(desk.member(at=moment))
        elif kind == 1:
            sessions.append(
                desk.free_class(MORNING + minutes(rng.randrange(30, 600)), capacity=rng.randrange(1, 5), at=moment)
            )
        elif kind in (2, 3):
            desk("book", "--member", member, "--session", session, at=moment)
        elif kind == 4:
            rows = desk("roster", session, at=moment)
            for row in (rows.json.get("items") or [])[:1]:
                desk("cancel", row["booking"], at=moment)
        elif kind == 5:
            desk("checkin", "--member", member, "--session", session, "--override", "seen at the door", at=moment)
        elif kind == 6:
            desk("member", "edit", member, "--first", f"Name {rng.randrange(1000)}", at=moment)
        else:
            desk("session", "capacity", session, rng.randrange(0, 6), at=moment)


def shuffled_part(source, rng, path):
    """The source's export with its lines in another order and perhaps some lost."""
    source.ok("oplog", "export", path)
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    rng.shuffle(lines)
    if rng.random() < 0.4:
        lines = [line for line in lines if rng.random() < 0.8]
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))


def three_devices(context, seed):
    rng = random.Random(seed)
    desks = found(context, [f"one{seed}", f"two{seed}", f"three{seed}"])
    members = [desks[0].member() for _ in range(3)]
    sessions = [desks[0].free_class(MORNING + minutes(40 + 90 * number), capacity=3) for number in range(3)]
    settle(desks)
    for _round in range(2):
        for desk in desks:
            day_of(desk, rng, members, sessions)
        for _exchange in range(4):
            source, target = rng.sample(desks, 2)
            path = source.path("part.log")
            shuffled_part(source, rng, path)
            got = target.ok("oplog", "import", path)
            equal(got["quarantined"], [], "quarantined")
    settle(desks)
    for desk in desks:
        desk.verified()
        check(desk.ok("state-hash") == desks[0].ok("state-hash"), "vectors")
    for desk in desks:
        desk.ok("run-due", at=MORNING + hours(20))
    settle(desks, at=MORNING + hours(20))
    for desk in desks:
        desk.verified(at=MORNING + hours(20))
    for session in sessions:
        told = {
            json.dumps(desk.ok("session", "show", session, at=MORNING + hours(20)) | {"rights": 0}, sort_keys=True)
            for desk in desks
        }
        equal(len(told), 1, f"what the devices say of a session: {told}")


for chosen in range(1, 13 if os.environ.get("SL_TEST_LONG") else 4):
    test(f"three devices exchange their logs in any order and agree, seed {chosen}")(
        lambda context, seed=chosen: three_devices(context, seed)
    )


@test("a copied data directory is another device, without rights, and the original goes on")
def _(context):
    one = context.new_studio("one")
    session = one.free_class(MORNING + hours(3), capacity=5)
    member = one.member()
    replica = one.items("device", "list")[0]["replica"]
    shutil.copytree(one.directory, one.path("copy"))
    copy = context.desk("copy")
    copy("run-due")
    answer = copy("book", "--member", member, "--session", session)
    check(
        answer.code in ("spots_elsewhere", "no_rights", "device_revoked"),
        f"the copy spends what is not its own\n{answer}",
    )
    one.book(member, session)
    one.verified()
    replicas = {each["replica"] for each in copy.items("device", "list")}
    check(replica in replicas and len(replicas) == 2, f"devices of the copy: {replicas}")


if __name__ == "__main__":
    sys.exit(main("devices"))
