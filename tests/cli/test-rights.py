#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights of devices that meet only through files: nobody sells what another may sell."""
import itertools
import sys

from contract import MORNING, check, days, equal, hours, main, minutes, rfc3339, test

START = MORNING + hours(5)


def found(context, names):
    """A studio's first device and the others that join it by file."""
    first = context.new_studio(names[0])
    desks = [first]
    for name in names[1:]:
        first.ok("device", "invite", first.path("invitation-" + name))
        desk = context.desk(name)
        desk.ok("device", "join", first.path("invitation-" + name))
        desks.append(desk)
    meet(desks)
    return desks


def tell(source, target, **options):
    """One device hears all that the other holds."""
    source.ok("oplog", "export", source.path("exchange.log"), **options)
    return target.ok("oplog", "import", source.path("exchange.log"), **options)


def meet(desks, **options):
    """Everybody hears everybody until nothing is new."""
    while sum(tell(one, other, **options)["new"] for one, other in itertools.permutations(desks, 2)):
        pass
    equal(len({each.hash(**options) for each in desks}), 1, "state hashes after everybody heard everybody")


def replica(desk):
    return next(item["replica"] for item in desk.items("device", "list") if item["own"])


def free(desk, session):
    return {item["replica"]: item["free"] for item in desk.items("rights", "list", session)}


def walk_in(desk, session, members):
    """Books as many as get in; how many did."""
    accepted = 0
    for member in members:
        answer = desk("book", "--member", member, "--session", session)
        check(answer.status == 0 or answer.code in ("class_full", "spots_elsewhere"), f"{answer}")
        accepted += answer.status == 0
    return accepted


@test("ten spots shared between two desks that cannot hear each other are sold ten times")
def _(context):
    one, two = found(context, ["one", "two"])
    members = [one.member(first=f"M{number}") for number in range(16)]
    for share in (0, 3, 5, 10):
        session = one.free_class(START + hours(2 * share), capacity=10)
        if share:
            one.ok("rights", "move", session, "--to", replica(two), "--spots", share)
        tell(one, two)
        equal(free(two, session), {replica(one): 10 - share, replica(two): share}, "free spots")
        accepted = walk_in(one, session, members[:8]), walk_in(two, session, members[8:])
        equal(accepted, (min(8, 10 - share), min(8, share)), "accepted")
        meet([one, two])
        shown = one.ok("session", "show", session)
        equal(shown["confirmed"], sum(accepted), "booked in the end")
        check(shown["confirmed"] <= 10, "overbooked")
    for desk in (one, two):
        desk.verified()


@test("ten spots shared between three desks that cannot hear one another are sold ten times")
def _(context):
    desks = found(context, ["one", "two", "three"])
    one, two, three = desks
    members = [one.member(first=f"M{number}") for number in range(24)]
    session = one.free_class(START, capacity=10)
    one.ok("rights", "move", session, "--to", replica(two), "--spots", 6)
    tell(one, two)
    two.ok("rights", "move", session, "--to", replica(three), "--spots", 2)
    tell(two, three)
    accepted = [walk_in(desk, session, members[8 * at : 8 * at + 8]) for at, desk in enumerate(desks)]
    equal(accepted, [4, 4, 2], "accepted")
    # The third hears the second before the first: it waits for the spots that the first has passed on.
    meet(desks)
    for desk in desks:
        equal(desk.ok("session", "show", session)["confirmed"], 10, "booked in the end")
        equal(set(free(desk, session).values()), {0}, "free spots")
        desk.verified()


@test("a right that is not there cannot be moved")
def _(context):
    one, two = found(context, ["one", "two"])
    session = one.free_class(START, capacity=3)
    reception = one.staff("receptionist")
    tell(one, two)
    there = ("--to", replica(two))
    equal(one.refused("no_rights", "rights", "move", session, *there, "--spots", 4)["error"]["free"], 3, "free")
    two.refused("no_rights", "rights", "move", session, "--to", replica(one), "--spots", 1)
    one.refused("not_allowed", "rights", "move", session, *there, "--spots", 1, **reception)
    equal(one("rights", "move", session, "--to", replica(one), "--spots", 1).code, "bad_input", "to itself")
    equal(one("rights", "move", session, *there, "--spots", 0).code, "bad_input", "nothing")
    equal(one("rights", "move", session, "--to", "99999999", "--spots", 1).code, "not_found", "nobody")
    equal(one("rights", "move", session, *there).status, 2, "how many")
    both = ("--spots", 1, "--room", session, "--day", "2026-03-02")
    equal(one("rights", "move", session, *there, *both).status, 2, "what")
    one.ok("session", "cancel", session)
    one.refused("session_cancelled", "rights", "move", session, *there, "--spots", 1)
    other = one.free_class(START, capacity=3)
    one.ok("device", "revoke", replica(two), "--reason", "stolen")
    one.refused("device_revoked", "rights", "move", other, *there, "--spots", 1)
    equal(list(free(one, other)), [replica(one)], "who is listed")


@test("what a lowered capacity owes is paid before anything is sold")
def _(context):
    one, two = found(context, ["one", "two"])
    members = [one.member(first=f"M{number}") for number in range(10)]
    session = one.free_class(START, capacity=10)
    one.ok("rights", "move", session, "--to", replica(two), "--spots", 4)
    equal(walk_in(one, session, members[:6]), 6, "booked")
    one.ok("session", "capacity", session, 9)
    tell(one, two)
    equal(free(two, session), {replica(one): -1, replica(two): 4}, "free spots")
    refused = two.refused("no_rights", "rights", "move", session, "--to", replica(one), "--spots", 5)
    equal(refused["error"]["free"], 4, "free")
    equal(walk_in(two, session, members[6:]), 3, "the fourth is owed")
    equal(two.ok("run-due")["debts_paid"], 1, "paid")
    meet([one, two])
    shown = one.ok("session", "show", session)
    equal((shown["capacity"], shown["confirmed"]), (9, 9), "capacity and booked")
    equal(free(one, session), {replica(one): 0, replica(two): 0}, "free spots")
    one.verified()


@test("a booking moves to another desk with its spot and its credits")
def _(context):
    one, two = found(context, ["one", "two"])
    member = one.member()
    one.credited(member, 1000)
    session = one.session(one.service(credits_hundredths=100), START + days(2))
    booking = one.book(member, session)["id"]
    tell(one, two)
    two.refused("no_rights", "rights", "move", "--booking", booking, "--to", replica(one))
    one.ok("rights", "move", "--booking", booking, "--to", replica(two))
    one.refused("no_rights", "rights", "move", "--booking", booking, "--to", replica(two))
    tell(one, two)
    equal(two.ok("cancel", booking)["refunded"], 100, "given back")
    meet([one, two])
    equal(free(one, session), {replica(one): 9, replica(two): 1}, "the spot is the new keeper's")
    equal(one.balance(member), 1000, "balance")
    two.refused("wrong_state", "rights", "move", "--booking", booking, "--to", replica(one))
    one.verified()
    two.verified()


@test("an instructor's day and a room's are planned at one desk")
def _(context):
    one, two = found(context, ["one", "two"])
    teacher = one.staff("instructor")["staff"]
    room = one.ok("room", "add", "--location", one.items("location", "list")[0]["id"], "--name", "Studio 1")["id"]
    service = one.service()
    tell(one, two)
    one.session(service, START, "--instructor", teacher)
    refusal = two.refused(
        "no_rights", "session", "add", "--service", service, "--start", rfc3339(START + hours(3)),
        "--instructor", teacher,
    )["error"]  # fmt: skip
    equal((refusal["instructor"], refusal["date"], refusal["holder"]), (teacher, "2026-03-02", replica(one)), "why")
    to_two = ("--to", replica(two), "--day", "2026-03-03")
    one.ok("rights", "move", "--instructor", teacher, *to_two)
    one.ok("rights", "move", "--room", room, *to_two)
    one.refused("no_rights", "rights", "move", "--room", room, *to_two)
    equal(one("rights", "move", "--room", room, "--to", replica(two), "--day", "2026-02-30").code, "bad_input", "date")
    one.refused(
        "no_rights", "session", "add", "--service", service, "--start", rfc3339(START + days(1)), "--room", room
    )
    tell(one, two)
    there = two.session(service, START + days(1), "--instructor", teacher, "--room", room)
    tell(two, one)
    one.refused("no_rights", "session", "edit", there, "--start", rfc3339(START + days(1) + minutes(30)))
    one.ok("session", "edit", there, "--notes", "bring a towel")
    one.session(service, START + days(2), "--instructor", teacher, "--room", room)
    meet([one, two])
    one.verified()


@test("sessions by a rule are the desk's that made it, and the other desk sees them")
def _(context):
    one, two = found(context, ["one", "two"])
    made = one.ok(
        "session", "add", "--service", one.service(capacity=4), "--start", rfc3339(START), "--rrule",
        "FREQ=WEEKLY;COUNT=3",
    )  # fmt: skip
    equal(len(made["ids"]), 3, "sessions")
    tell(one, two)
    for session in made["ids"]:
        equal(free(two, session), {replica(one): 4, replica(two): 0}, "free spots")
    one.verified()
    two.verified()


main(sys.modules[__name__])
