#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What devices did apart from one another and people should look at: listed alike everywhere, in words, and settled
once for all. What is about forged and cloned logs is in test-forged.py and test-fork.py."""
import shutil
import sys

from contract import (
    EXIT_USAGE,
    MORNING,
    UUID,
    check,
    days,
    equal,
    hours,
    main,
    minutes,
    one_of,
    parse_time,
    test,
)

START = MORNING + hours(5)


def found(context, names=("one", "two")):
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
    source.ok("sync", "export", source.path("stick"), **options)
    return target.ok("sync", "import", source.path("stick"), **options)


def meet(desks, due=False, **options):
    """Everybody hears everybody, by way of the first; with due, everybody does what is due until nothing is."""
    first, *others = desks
    for _round in range(6):
        new = sum(tell(desk, first, **options)["new"] for desk in others)
        if due:
            new += sum(sum(desk.ok("run-due", **options).values()) for desk in desks)
        new += sum(tell(first, desk, **options)["new"] for desk in others)
        if not new:
            return
    check(False, "the devices never come to rest")


def replica(desk):
    return next(each["replica"] for each in desk.items("device", "list") if each["own"])


def listed(desk, kind, **options):
    return [each for each in desk.items("attention", **options) if each["kind"] == kind]


def only(desk, kind, **options):
    items = listed(desk, kind, **options)
    equal(len(items), 1, f"items of {kind} in {[each['kind'] for each in desk.items('attention', **options)]}")
    item = items[0]
    check(UUID.match(item["id"]), f"{item}")
    check(item["message"] and item["hint"], f"words for people: {item}")
    parse_time(item["at"])
    for subject in item["subjects"]:
        check(UUID.match(subject["id"]) and subject["role"], f"{item}")
        check(item[subject["role"]], "the first of each role stands by its own name")
    return item


def alike(desks, kind, **options):
    """The same item on every device; gives it as the first has it."""
    items = [only(desk, kind, **options) for desk in desks]
    for other in items[1:]:
        equal({key: other[key] for key in ("id", "count", "subjects")}, {
            key: items[0][key] for key in ("id", "count", "subjects")
        }, kind)
    return items[0]


def settled_everywhere(desks, item, **options):
    desks[-1].ok("attention", "settle", item["id"][:8], "--reason", "Looked at", **options)
    meet(desks, **options)
    for desk in desks:
        check(item["id"] not in {each["id"] for each in desk.items("attention", **options)}, "still listed")


@test("nothing needs attention in a studio where nothing happened")
def _(context):
    one, two = found(context)
    for desk in (one, two):
        equal(desk.items("attention"), [], "items")
    equal(one("attention", as_json=False).out.decode().strip(), "None.", "in words")


@test("override: a booking beside the capacity, with its reason, on every device")
def _(context):
    one, two = found(context)
    session = one.free_class(START, capacity=1)
    one.book(one.member(), session)
    booked = one.book(one.member(), session, "--override", "Brought her own mat")
    meet([one, two])
    item = alike([one, two], "override")
    equal((item["booking"], item["session"]), (booked["id"], session), "what it is about")
    settled_everywhere([one, two], item)


@test("same_phone: two devices that made a member with one number")
def _(context):
    one, two = found(context)
    mine = one.member("--phone", "+27825550100")
    theirs = two.member("--phone", "+27825550100", first="Sipho")
    meet([one, two])
    item = alike([one, two], "same_phone")
    equal({each["id"] for each in item["subjects"] if each["role"] == "member"}, {mine, theirs}, "members")
    two.ok("member", "edit", theirs, "--phone", "+27825550101")
    meet([one, two])
    for desk in (one, two):
        equal(listed(desk, "same_phone"), [], "corrected")


@test("capacity_changed and spots_owed: capacities that two devices lowered apart")
def _(context):
    one, two = found(context)
    session = one.free_class(START, capacity=6)
    one.ok("rights", "move", session, "--to", replica(two), "--spots", 3)
    meet([one, two])
    for desk in (one, two):
        for _ in range(3):
            desk.book(desk.member(), session)
        desk.ok("session", "capacity", session, 4)
    meet([one, two], due=True)
    item = alike([one, two], "capacity_changed")
    equal(item["session"], session, "session")
    for desk in (one, two):
        owed = listed(desk, "spots_owed")
        check(owed and all(each["session"] == session and each["count"] > 0 for each in owed), f"{owed}")
        equal(desk.ok("session", "show", session)["capacity"], 2, "both differences count")
    settled_everywhere([one, two], item)
    check(listed(one, "spots_owed"), "settling one settles no other")


@test("attended_after_cancelling: somebody came whose booking had been cancelled elsewhere")
def _(context):
    one, two = found(context)
    session, member = one.free_class(MORNING + minutes(20)), one.member()
    booking = one.book(member, session)["id"]
    meet([one, two])
    one.ok("cancel", booking)
    two.ok("checkin", "--booking", booking)
    meet([one, two], due=True)
    item = alike([one, two], "attended_after_cancelling")
    equal((item["booking"], item["member"], item["member_name"][:6]), (booking, member, "Thandi"), "who")
    for desk in (one, two):
        check(desk.ok("booking", "show", booking)["attention"], "the booking says so as well")
    settled_everywhere([one, two], item)
    check(not one.ok("booking", "show", booking)["attention"], "settled")


@test("attended_and_no_show: somebody came who was marked absent elsewhere")
def _(context):
    one, two = found(context)
    session, member = one.free_class(MORNING + minutes(20)), one.member()
    booking = one.book(member, session)["id"]
    meet([one, two])
    two.ok("checkin", "--booking", booking, at=MORNING + minutes(15))
    late = MORNING + hours(3)
    equal(one.ok("run-due", at=late)["no_shows"], 1, "marked absent where nobody has heard of the check-in")
    meet([one, two], due=True, at=late)
    item = alike([one, two], "attended_and_no_show", at=late)
    equal(item["booking"], booking, "booking")
    settled_everywhere([one, two], item, at=late)


@test("dropped_duplicate: the kept one of two bookings is cancelled later")
def _(context):
    one, two = found(context)
    session, member = one.free_class(START, capacity=6), one.member()
    one.ok("rights", "move", session, "--to", replica(two), "--spots", 3)
    meet([one, two])
    mine = one.book(member, session)["id"]
    theirs = two.book(member, session, at=MORNING + minutes(1))["id"]
    meet([one, two], due=True, at=MORNING + minutes(2))
    equal([row["booking"] for row in one.items("roster", session)], [mine], "the earlier one is kept")
    one.ok("cancel", mine, at=MORNING + minutes(3))
    meet([one, two], due=True, at=MORNING + minutes(4))
    item = alike([one, two], "dropped_duplicate", at=MORNING + minutes(4))
    equal((item["booking"], item["member"]), (theirs, member), "who")
    settled_everywhere([one, two], item, at=MORNING + minutes(5))


@test("key_used_twice: one command that has run on two devices")
def _(context):
    one, two = found(context)
    member = one.member()
    package = one.ok("package", "add", "--name", "Ten", "--credits", 1000, "--price", 90000, "--days", 30)["id"]
    meet([one, two])
    for desk in (one, two):
        desk.ok("sell", "--member", member, "--package", package, "--method", "card", key="sale-17")
    meet([one, two], due=True)
    item = alike([one, two], "key_used_twice")
    settled_everywhere([one, two], item)


@test("device_copied, then revoked: the copy is told of until people decide")
def _(context):
    one, two = found(context)
    copy = context.desk("copy")
    shutil.copytree(two.directory, copy.directory)
    copy.member()
    meet([one, two, copy])
    item = alike([one, two, copy], "device_copied")
    equal({item["replica"], item["original"]}, {replica(copy), replica(two)}, "which")
    one.ok("device", "revoke", replica(copy), "--reason", "made by mistake")
    meet([one, two], due=True)
    for desk in (one, two):
        equal(listed(desk, "device_copied"), [], "decided")


@test("invitation_twice: two devices by one invitation")
def _(context):
    one, two = found(context)
    again = context.desk("again")
    again.ok("device", "join", one.path("invitation-two"))
    again.member()
    meet([one, two, again])
    item = alike([one, two, again], "invitation_twice")
    equal({each["id"] for each in item["subjects"]}, {replica(two), replica(again)}, "both")
    settled_everywhere([one, two, again], item)


@test("revocation_waits and held_for_review: what a stolen device held, and what it did afterwards")
def _(context):
    one, two, three = found(context, ("one", "two", "three"))
    session = one.free_class(START, capacity=4)
    one.ok("rights", "move", session, "--to", replica(two), "--spots", 2)
    meet([one, two, three])
    gone = replica(two)
    told = one.ok("device", "revoke", gone, "--reason", "stolen")
    equal((told["state"], told["waiting_for"]), ("revoked", 1), "state")
    item = only(one, "revocation_waits")
    equal((item["replica"], item["count"], item["reason"]), (gone, 1, "stolen"), "what is waited for")
    equal([each["id"] for each in item["subjects"] if each["role"] == "waiting_for"], [replica(three)], "for whom")
    booked = two.book(two.member(), session)["id"]
    tell(two, one)
    review = only(one, "held_for_review")
    equal(review["replica"], gone, "whose")
    check(booked in {each["id"] for each in review["subjects"]}, "the booking is named")
    meet([one, three], due=True)
    equal(listed(one, "revocation_waits"), [], "everybody has acknowledged")
    settled_everywhere([one, three], only(one, "held_for_review"))
    two_more = two("member", "add", "--first", "A", "--last", "B")
    equal(two_more.status, 0, "it has not heard of it yet")
    tell(two, one)
    only(one, "held_for_review")  # more of it is another item


@test("not_allowed and device_revoked: what cannot be revoked, or be given anything, is named")
def _(context):
    one, two = found(context)
    session = one.free_class(START, capacity=4)
    answer = one.refused("not_allowed", "device", "revoke", replica(one), "--reason", "sold")
    check("another" in answer["error"]["reason"], f"{answer}")
    gone = replica(two)
    one.ok("device", "revoke", gone, "--reason", "sold")
    before = one.ok("state-hash")
    equal(one.ok("device", "revoke", gone, "--reason", "sold again")["state"], "taken_over", "already")
    equal(one.ok("state-hash"), before, "nothing more to write")
    answer = one.refused("device_revoked", "rights", "move", session, "--to", gone, "--spots", 1)
    check("revoked" in answer["error"]["reason"], f"{answer}")
    equal({each["replica"] for each in one.items("rights", "list", session)}, {replica(one)}, "rights list")
    tell(one, two)
    add = ["member", "add", "--first", "A", "--last", "B"]
    for words in (["run-due"], ["device", "invite", two.path("more")], add):
        two.refused("device_revoked", *words)
    two.ok("sync", "export", two.path("its-log"))
    two.verified()


@test("device_silent: a device that has not been heard of for 30 days")
def _(context):
    one, two = found(context)
    two.member()
    meet([one, two])
    equal(listed(one, "device_silent", at=MORNING + days(29)), [], "not yet")
    item = only(one, "device_silent", at=MORNING + days(31))
    equal(item["replica"], replica(two), "which")
    one.ok("device", "revoke", replica(two), "--reason", "sold", at=MORNING + days(31))
    equal(listed(one, "device_silent", at=MORNING + days(31)), [], "revoked")


@test("waiting_long: a stick that was lost between two others")
def _(context):
    one, two = found(context)
    two.ok("sync", "export", two.path("first"))
    since = two.path("vector")
    with open(since, "wb") as file:
        file.write(two("state-hash").out)
    for _ in range(3):
        two.member()
    middle = two.path("vector-2")
    with open(middle, "wb") as file:
        file.write(two("state-hash").out)
    two.ok("sync", "export", two.path("lost"), "--since", since)
    two.member()
    two.ok("sync", "export", two.path("third"), "--since", middle)
    check(one.ok("sync", "import", two.path("third"))["waiting"] > 0, "it waits")
    equal(listed(one, "waiting_long"), [], "a day is given")
    item = only(one, "waiting_long", at=MORNING + hours(25))
    equal(item["replica"], replica(two), "whose")
    one.ok("sync", "import", two.path("lost"), at=MORNING + hours(26))
    equal(listed(one, "waiting_long", at=MORNING + hours(26)), [], "it has come")


@test("reason_required, not_found, bad_input: settling with wrong words")
def _(context):
    one, _two = found(context)
    session = one.free_class(START, capacity=1)
    one.book(one.member(), session)
    one.book(one.member(), session, "--override", "reason")
    item = only(one, "override")
    equal(one("attention", "settle", item["id"]).status, EXIT_USAGE, "no reason")
    equal(one("attention", "settle").status, EXIT_USAGE, "no id")
    one.refused("reason_required", "attention", "settle", item["id"], "--reason", "")
    one.refused("bad_input", "attention", "settle", item["id"], "--reason", "x" * 5000)
    one.refused("bad_input", "attention", "settle", item["id"][:7], "--reason", "x")
    one.refused("not_found", "attention", "settle", "0" * 8, "--reason", "x")
    equal(only(one, "override"), item, "it still stands")
    one.ok("attention", "settle", item["id"], "--reason", "There was room")
    before = one.ok("state-hash")
    equal(one.ok("attention", "settle", item["id"], "--reason", "again")["id"], item["id"], "done already")
    equal(one.ok("state-hash"), before, "nothing more to write")


@test("not_allowed: reception sees what is about bookings, and settles nothing about devices")
def _(context):
    one, two = found(context)
    desk, manager = one.staff("receptionist"), one.staff("manager")
    session = one.free_class(START, capacity=1)
    one.book(one.member(), session)
    one.book(one.member(), session, "--override", "reason")
    copy = context.desk("copy")
    shutil.copytree(two.directory, copy.directory)
    copy.member()
    meet([one, copy])
    kinds = {each["kind"] for each in one.items("attention")}
    check({"override", "device_copied"} <= kinds, f"an owner sees {kinds}")
    equal({each["kind"] for each in one.items("attention", **desk)}, {"override"}, "reception")
    item, copied = only(one, "override"), only(one, "device_copied")
    answer = one("attention", "settle", copied["id"], "--reason", "x", **desk)
    one_of(answer.code, ("not_allowed", "not_found"), f"{answer}")
    answer = one("attention", "settle", item["id"], "--reason", "x", **manager)
    one_of(answer.code, (None, "not_allowed"), f"{answer}")


@test("attention in words says what happened and what to do")
def _(context):
    one = context.new_studio("one")
    session = one.free_class(START, capacity=1)
    one.book(one.member(), session)
    one.book(one.member(), session, "--override", "reason")
    out = one("attention", as_json=False).out.decode()
    item = only(one, "override")
    for words in ("What happened", "What to do", item["id"], "A booking stands beside the capacity."):
        check(words in out, f"{words!r} is missing in:\n{out}")
    done = one("attention", "settle", item["id"], "--reason", "room enough", as_json=False)
    equal(done.status, 0, f"{done}")


@test("queries about what needs attention write nothing")
def _(context):
    one, two = found(context)
    session = one.free_class(START, capacity=1)
    one.book(one.member(), session)
    one.book(one.member(), session, "--override", "reason")
    meet([one, two])
    before = [desk.ok("state-hash") for desk in (one, two)]
    for desk in (one, two):
        desk.items("attention")
    equal([desk.ok("state-hash") for desk in (one, two)], before, "state and vector")


if __name__ == "__main__":
    sys.exit(main("attention"))
