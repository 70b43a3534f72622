#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Staff, their PINs and what their roles allow."""
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
