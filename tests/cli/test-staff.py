#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Staff, their PINs and what their roles allow."""
import json
import os
import sys

from contract import EXIT_DONE, MORNING, Failure, check, days, equal, hours, main, minutes, parse_time, test

PIN = "482916"


@test("staff are made, listed and act with their PIN")
def _(context):
    desk = context.studio()
    actor = desk.staff("manager")
    listed = [each for each in desk.items("staff", "list") if each["id"] == actor["staff"]]
    equal([each["role"] for each in listed], ["manager"], "roles")
    desk.ok("member", "add", "--first", "By", "--last", desk.name("Manager"), **actor)


@test("the PIN may come from the environment")
def _(context):
    desk = context.studio()
    actor = desk.staff("manager")
    desk.ok(
        "member", "add", "--first", "By", "--last", desk.name("Env"), staff=actor["staff"], env={"STUDIOLOOP_PIN": PIN}
    )


@test("pin_wrong: a wrong PIN or none does nothing")
def _(context):
    desk = context.studio()
    actor = desk.staff("manager")
    before = desk.hash()
    desk.refused("pin_wrong", "member", "add", "--first", "A", "--last", "B", staff=actor["staff"], pin="999131")
    desk.refused("pin_wrong", "member", "add", "--first", "A", "--last", "B", staff=actor["staff"], pin="")
    equal(desk.hash(), before, "state hash")
    desk.ok("member", "list", **actor)


@test("pin_locked: guessing locks for a time that is told and grows")
def _(context):
    desk = context.studio()
    actor = desk.staff("manager")
    locked = None
    for attempt in range(12):
        answer = desk("member", "list", staff=actor["staff"], pin=f"90210{attempt % 10}")
        if answer.code == "pin_locked":
            locked = answer
            break
        equal(answer.code, "pin_wrong", "code")
    if locked is None:
        raise Failure("twelve wrong PINs in a row and no lock")
    until = parse_time(locked.error["until"])
    check(until > desk.now, f"locked until {until}")
    desk.refused("pin_locked", "member", "list", **actor)
    after = until + minutes(1)
    desk.ok("member", "list", at=after, **actor)


@test("pin_locked: the lock is the person's, others go on")
def _(context):
    desk = context.studio()
    locked, other = desk.staff("manager"), desk.staff("receptionist", "573108")
    for _attempt in range(12):
        if desk("member", "list", staff=locked["staff"], pin="902100").code == "pin_locked":
            break
    desk.refused("pin_locked", "member", "list", **locked)
    desk.ok("member", "list", **other)
    desk.ok("member", "list")


@test("pin_weak: the usual PINs and short ones")
def _(context):
    desk = context.studio()
    for pin in ("123456", "121212", "555555", "4829", "abcdef", ""):
        answer = desk("staff", "add", "--name", desk.name("Weak"), "--role", "instructor", "--pin", pin)
        check(answer.code == "pin_weak" or (answer.code == "bad_input" and not pin.isdigit()), f"PIN {pin!r}: {answer}")


@test("staff_inactive: a disabled person cannot act")
def _(context):
    desk = context.studio()
    actor = desk.staff("manager")
    desk.ok("staff", "disable", actor["staff"])
    desk.refused("staff_inactive", "member", "list", **actor)


@test("whoever was disabled acts again with the PIN they had, once they are enabled")
def _(context):
    desk = context.studio()
    actor = desk.staff("manager")
    desk.ok("staff", "disable", actor["staff"])
    check(desk.ok("staff", "enable", actor["staff"])["active"] is True, "enabled, and not said so")
    desk.ok("member", "list", **actor)
    check(desk.ok("staff", "enable", actor["staff"])["active"] is True, "enabled twice")


@test("not_allowed: a receptionist enables nobody")
def _(context):
    desk = context.studio()
    gone = desk.staff("instructor")["staff"]
    desk.ok("staff", "disable", gone)
    desk.refused("not_allowed", "staff", "enable", gone, **desk.staff("receptionist", "573108"))


@test("not_found: staff that do not exist")
def _(context):
    desk = context.studio()
    answer = desk("member", "list", staff="00000000-0000-8000-8000-000000000000", pin=PIN)
    check(answer.code in ("not_found", "pin_wrong"), str(answer))


@test("bad_input: a role that is none")
def _(context):
    desk = context.studio()
    answer = desk("staff", "add", "--name", "X", "--role", "emperor", "--pin", PIN)
    check(answer.status in (2, 5), str(answer))


@test("not_allowed: the matrix of roles, command by command")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(3))
    member = desk.member()
    pins = {
        "owner": "620417",
        "manager": "830562",
        "finance": "294713",
        "receptionist": "571936",
        "instructor": "748205",
    }
    actors = {role: desk.staff(role, pin) for role, pin in pins.items()}
    service = [
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
        "0",
    ]
    package = ["package", "add", "--name", "P", "--credits", "500", "--price", "50000", "--days", "30"]
    newcomer = ["member", "add", "--first", "Matrix", "--last", "Row", "--anyway"]
    colleague = ["staff", "add", "--name", "N", "--role", "instructor", "--pin", "958341"]
    matrix = [
        (service, {"owner", "manager"}),
        (package, {"owner", "manager"}),
        (newcomer, {"owner", "manager", "receptionist"}),
        (colleague, {"owner", "manager"}),
        (["member", "list"], {"owner", "manager", "receptionist", "finance"}),
        (["roster", session], {"owner", "manager", "receptionist", "finance"}),
        (["member", "edit", member, "--first", "New"], {"owner", "manager", "receptionist"}),
        (["session", "capacity", session, "12"], {"owner", "manager", "receptionist"}),
    ]
    for words, allowed in matrix:
        for role, actor in actors.items():
            answer = desk(*words, **actor)
            if role in allowed:
                check(answer.status == EXIT_DONE, f"{role} may\n{answer}")
            elif role == "instructor" and words[:1] in (["member"], ["roster"]) and words[1] != "add":
                check(
                    answer.status == EXIT_DONE or answer.code == "not_allowed",
                    f"an instructor sees their own\n{answer}",
                )
            else:
                check(answer.code == "not_allowed", f"{role} may not\n{answer}")


@test("not_allowed: finance and instructors do not book or take payment")
def _(context):
    desk = context.studio()
    session = desk.session(desk.service("--mode", "staff"), MORNING + hours(4))
    member = desk.member()
    package = desk.ok("package", "add", "--name", desk.name("P"), "--credits", 500, "--price", 50000, "--days", 30)[
        "id"
    ]
    for role, pin in (("finance", "294713"), ("instructor", "748205")):
        actor = desk.staff(role, pin)
        desk.refused("not_allowed", "book", "--member", member, "--session", session, **actor)
        desk.refused("not_allowed", "sell", "--member", member, "--package", package, "--method", "cash", **actor)
        desk.refused("not_allowed", "credits", "adjust", member, 100, "--reason", "gift", **actor)
    reception = desk.staff("receptionist", "571936")
    desk.book(member, session, **reception)
    desk.ok("sell", "--member", member, "--package", package, "--method", "cash", **reception)


@test("not_allowed: nobody promotes above themselves")
def _(context):
    desk = context.studio()
    manager = desk.staff("manager")
    desk.refused("not_allowed", "staff", "add", "--name", "O", "--role", "owner", "--pin", "958341", **manager)


def full_session(desk):
    session = desk.free_class(MORNING + hours(5), capacity=1)
    desk.book(desk.member(), session)
    return session


@test("approval_required: over the capacity, until a manager types their PIN beside")
def _(context):
    desk = context.studio()
    session = full_session(desk)
    reception, manager = desk.staff("receptionist", "571936"), desk.staff("manager", "830562")
    book = ["book", "--member", desk.member(), "--session", session, "--override", "her birthday"]
    desk.refused("approval_required", *book, **reception)
    colleague = desk.staff("receptionist", "294713")
    for beside, pin in ((colleague["staff"], "294713"), (reception["staff"], "571936")):
        desk.refused("approval_required", "--approver", beside, "--approver-pin", pin, *book, **reception)
    approved = ["--approver", manager["staff"]]
    desk.refused("class_full", *approved, "--approver-pin", "830562", *book[:-2], **reception)
    desk.refused("reason_required", *approved, "--approver-pin", "830562", *book[:-1], "", **reception)
    booked = desk.ok(*approved, "--approver-pin", "830562", *book, **reception)
    equal(booked["override"], True, "override")
    equal(desk.ok("booking", "show", booked["id"])["made_by"], reception["staff"], "made_by")
    log = os.path.join(context.place, "all.log")
    desk.ok("oplog", "export", log)
    with open(log, encoding="utf-8") as lines:
        operations = [json.loads(line) for line in lines]
    approved = [each for each in operations if "approver" in each]
    equal([each["entity"] for each in approved], [booked["id"]], "what was approved")
    equal([(each["actor"], each["approver"]) for each in approved], [(reception["staff"], manager["staff"])], "by whom")


@test("approval_required: a manager of another location cannot approve here")
def _(context):
    desk = context.studio()
    session = full_session(desk)
    other = desk.ok("location", "add", "--name", desk.name("Far"), "--timezone", "Africa/Johannesburg")["id"]
    reception, far = desk.staff("receptionist", "571936"), desk.staff("manager", "830562", "--location", other)
    desk.refused(
        "approval_required",
        "--approver",
        far["staff"],
        "book",
        "--member",
        desk.member(),
        "--session",
        session,
        "--override",
        "a friend",
        env={"STUDIOLOOP_APPROVER_PIN": "830562"},
        **reception,
    )


@test("pin_wrong and pin_locked: the approver's PIN counts as well")
def _(context):
    desk = context.studio()
    reception, manager = desk.staff("receptionist", "571936"), desk.staff("manager", "830562")
    words = ["--approver", manager["staff"], "--approver-pin", "902107", "member", "list"]
    for left in (4, 3, 2, 1):
        error = desk.refused("pin_wrong", *words, **reception)["error"]
        equal(error["tries_left"], left, "tries_left")
        equal(error["approver"], manager["staff"], "approver")
    desk.refused("pin_locked", *words, **reception)
    desk.refused("pin_locked", "member", "list", **manager)
    desk.ok("member", "list", **reception)


@test("staff_inactive: whoever has left approves nothing")
def _(context):
    desk = context.studio()
    reception, manager = desk.staff("receptionist", "571936"), desk.staff("manager", "830562")
    desk.ok("staff", "disable", manager["staff"])
    words = ["--approver", manager["staff"], "--approver-pin", "830562", "member", "list"]
    desk.refused("staff_inactive", *words, **reception)


@test("a key that was refused for want of approval is another command with it")
def _(context):
    desk = context.studio()
    session = full_session(desk)
    reception, manager = desk.staff("receptionist", "571936"), desk.staff("manager", "830562")
    book = ["book", "--member", desk.member(), "--session", session, "--override", "her birthday"]
    approved = ["--approver", manager["staff"], "--approver-pin", "830562"]
    desk.refused("approval_required", *book, key="k1", **reception)
    desk.refused("key_reused", *approved, *book, key="k1", **reception)
    first = desk.ok(*approved, *book, key="k2", **reception)
    equal(desk.ok(*approved, *book, key="k2", **reception)["id"], first["id"], "id")


@test("wrong words: an approver's PIN without an approver")
def _(context):
    desk = context.studio()
    equal(desk("--approver-pin", "830562", "member", "list").status, 2, "status")


@test("booking show is for those whom it concerns")
def _(context):
    desk = context.studio()
    booking = desk.book(desk.member(), desk.free_class(MORNING + days(2)))["id"]
    desk.refused("not_allowed", "booking", "show", booking, **desk.staff("instructor", "748205"))
    for role, pin in (("receptionist", "571936"), ("finance", "294713"), ("manager", "830562")):
        desk.ok("booking", "show", booking, **desk.staff(role, pin))


@test("policies: the most specific counts, and the list says whose it is")
def _(context):
    desk = context.new_studio()
    location = desk.items("location", "list")[0]["id"]
    service = desk.service()
    listed = {each["key"]: each for each in desk.items("policy", "list")}
    for key, standard in (("hold_minutes", 10), ("offer_minutes", 30), ("record_leaving", "no"), ("trust_visits", 0)):
        equal([listed[key][each] for each in ("value", "scope", "default")], [standard, "default", standard], key)
    desk.ok("policy", "set", "offer_minutes", 20)
    desk.ok("policy", "set", "offer_minutes", 15, "--location", location)
    at_service = desk.ok("policy", "set", "offer_minutes", 10, "--service", service)
    equal((at_service["value"], at_service["scope"]), (10, "service"), "what was set")
    for words, wanted in (
        ((), (20, "organisation")),
        (("--location", location), (15, "location")),
        (("--location", location, "--service", service), (10, "service")),
    ):
        got = desk.ok("policy", "get", "offer_minutes", *words)
        equal((got["value"], got["scope"], got["default"]), (*wanted, 30), str(words))
    back = desk.ok("policy", "set", "offer_minutes", "default", "--service", service)
    equal((back["value"], back["scope"]), (20, "organisation"), "given up")


@test("bad_input and not_found: policies out of range, unknown, or of nothing")
def _(context):
    desk = context.studio()
    location = desk.items("location", "list")[0]["id"]
    wrong = (("offer_minutes", 0), ("slot_minutes", "half"), ("record_leaving", "perhaps"), ("cancel_tiers", "24"),
             ("cancel_tiers", ""))
    for key, value in wrong:
        answer = desk.refused("bad_input", "policy", "set", key, value)
        check(key in answer["error"]["reason"], str(answer))
    desk.refused("not_found", "policy", "get", "colour_of_the_door")
    desk.refused("not_found", "policy", "set", "colour_of_the_door", 5)
    desk.refused("not_found", "policy", "set", "offer_minutes", 5, "--location", desk.service())
    service = desk.service()
    desk.refused("bad_input", "policy", "set", "offer_minutes", 5, "--location", location, "--service", service)
    desk.refused("not_allowed", "policy", "set", "offer_minutes", 5, **desk.staff("receptionist", "571936"))
    equal(desk.ok("policy", "get", "offer_minutes")["value"], 30, "value")


@test("an instructor sees the members assigned to them")
def _(context):
    desk = context.studio()
    instructor = desk.staff("instructor", "748205")
    member = desk.member()
    desk.refused("not_allowed", "member", "show", member, **instructor)
    assigned = desk.ok("member", "edit", member, "--instructor", instructor["staff"])
    equal(assigned["instructor"], instructor["staff"], "assigned to")
    equal(desk.ok("member", "show", member, **instructor)["instructor"], instructor["staff"], "instructor")
    equal([each["id"] for each in desk.items("member", "list", **instructor)], [member], "their list")
    equal(desk.ok("member", "edit", member, "--instructor", "")["instructor"], None, "nobody's")
    desk.refused("not_allowed", "member", "show", member, **instructor)
    desk.refused("not_found", "member", "edit", member, "--instructor", member)


@test("the actor stands in what they did")
def _(context):
    desk = context.studio()
    reception = desk.staff("receptionist")
    session = desk.free_class(MORNING + days(1))
    booking = desk.book(desk.member(), session, **reception)["id"]
    events = desk.ok("booking", "show", booking)["events"]
    check(events, "a booking without events")
    for event in events:
        check({"kind", "at", "replica"} <= set(event), f"keys of an event: {event}")
        parse_time(event["at"])


if __name__ == "__main__":
    sys.exit(main("staff"))
