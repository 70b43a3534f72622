#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting up a studio, the words of the command line, its codes, its keys."""
import os
import re
import subprocess
import sys

from contract import (
    EXIT_DONE,
    EXIT_OF,
    EXIT_USAGE,
    MORNING,
    OWNER_PIN,
    PROGRAM,
    REFUSALS,
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


@test("init makes a studio and prints what must be kept")
def _(context):
    desk = context.desk()
    made = desk.init()
    for key in ("org", "location", "replica", "owner"):
        check(UUID.match(made[key]), f"{key} is not a lower-case UUID: {made[key]!r}")
    check(
        isinstance(made["recovery"], str) and len(re.findall(r"\w+", made["recovery"])) >= 6,
        f"recovery phrase: {made['recovery']!r}",
    )
    desk.verified()


@test("init accepts an existing empty directory")
def _(context):
    desk = context.desk()
    os.makedirs(desk.directory, mode=0o700)
    desk.init()
    desk.verified()


@test("init keeps others away from the keys")
def _(context):
    desk = context.new_studio()
    for place, _, names in os.walk(desk.directory):
        check(not os.stat(place).st_mode & 0o077, f"{place} is open to others")
        for name in names:
            check(not os.stat(os.path.join(place, name)).st_mode & 0o077, f"{name} is open to others")


@test("already_initialised: init, demo and join leave a studio alone")
def _(context):
    desk = context.new_studio()
    desk.ok("device", "invite", desk.path("invitation"))
    before = desk.hash()
    desk.refused(
        "already_initialised",
        "init",
        "--org",
        "Other",
        "--location",
        "Else",
        "--timezone",
        "UTC",
        "--owner",
        "X",
        "--pin",
        OWNER_PIN,
    )
    desk.refused("already_initialised", "demo")
    desk.refused("already_initialised", "device", "join", desk.path("invitation"))
    equal(desk.hash(), before, "state hash")


@test("no_studio: every command on a directory without one says so and makes nothing")
def _(context):
    desk = context.desk()
    for words in (
        ["member", "list"],
        ["state-hash"],
        ["verify"],
        ["checkin", "--code", "SL1X"],
        ["session", "list"],
        ["member", "add", "--first", "A", "--last", "B"],
        ["oplog", "export", desk.path("log")],
        ["run-due"],
        ["device", "list"],
        ["backup", desk.path("backup")],
    ):
        desk.refused("no_studio", *words)
    check(not os.path.exists(desk.directory), "a query made the data directory")
    os.makedirs(desk.directory)
    desk.refused("no_studio", "member", "list")
    equal(os.listdir(desk.directory), [], "files in the directory")


@test("bad_input: init with an unknown time zone makes no studio")
def _(context):
    desk = context.desk()
    desk.refused(
        "bad_input",
        "init",
        "--org",
        "A",
        "--location",
        "B",
        "--timezone",
        "Mars/Olympus",
        "--owner",
        "C",
        "--pin",
        OWNER_PIN,
    )
    desk.refused("no_studio", "member", "list")
    desk.init()


@test("pin_weak: init refuses a usual or short PIN")
def _(context):
    desk = context.desk()
    for pin in ("123456", "000000", "12345", "654321", "111111"):
        desk.refused(
            "pin_weak", "init", "--org", "A", "--location", "B", "--timezone", "UTC", "--owner", "C", "--pin", pin
        )
    desk.refused("no_studio", "member", "list")


@test("demo fills a studio in which somebody can check in now")
def _(context):
    desk = context.desk()
    made = desk.ok("demo")
    counts = [value for value in made.values() if isinstance(value, int)]
    check(counts and all(count > 0 for count in counts), f"counts per kind: {made}")
    check(len(desk.items("member", "list")) >= 5, "members")
    sessions = desk.items("session", "list")
    check(sessions, "sessions")
    near = [each for each in sessions if abs(parse_time(each["start"]) - MORNING) <= days(8)]
    check(near, "sessions around now")
    open_now = [
        each
        for each in sessions
        if parse_time(each["start"]) - minutes(30) <= MORNING <= parse_time(each["start"]) + minutes(15)
    ]
    check(open_now, "a session that is open for check-in now")
    confirmed = [row for each in open_now for row in desk.items("roster", each["id"]) if row["status"] == "confirmed"]
    check(confirmed, "a booking that can be checked in now")
    code = desk.pass_code(confirmed[0]["member"])
    equal(desk.ok("checkin", "--code", code)["result"], "ok", "result")
    desk.verified()


@test("a plain demo prints the PINs of its staff")
def _(context):
    desk = context.desk()
    answer = desk("demo", as_json=False)
    equal(answer.status, EXIT_DONE, "exit status")
    text = (answer.out + answer.err).decode()
    check(any(word.isdigit() and len(word) >= 6 for word in text.replace(",", " ").split()), f"no PIN in {text!r}")


@test("wrong words give usage on standard error and exit 2")
def _(context):
    desk = context.studio()
    for words in (
        [],
        ["dance"],
        ["member"],
        ["member", "dance"],
        ["member", "add"],
        ["member", "add", "--first"],
        ["member", "add", "--firts", "A", "--last", "B"],
        ["checkin"],
        ["book"],
        ["credits"],
        ["session", "add", "--service"],
        ["state-hash", "surplus"],
        ["member", "show"],
    ):
        answer = desk(*words)
        equal(answer.status, EXIT_USAGE, f"exit status of {words}")
        equal(answer.out, b"", f"standard output of {words}")


@test("help and version work without a studio")
def _(context):
    for words in (["--help"], ["--version"]):
        done = subprocess.run([PROGRAM, *words], capture_output=True, check=False)
        equal(done.returncode, 0, f"exit status of {words}")
        check(done.stdout.strip(), f"{words} says nothing")


@test("codes names every refusal and error once with its exit status")
def _(context):
    items = context.desk().items("codes")
    named = {each["code"]: each for each in items}
    equal(len(named), len(items), "codes that stand once")
    for code in REFUSALS:
        check(code in named, f"{code} is missing")
        equal(named[code]["exit"], 3, f"exit status of {code}")
    for code, status in EXIT_OF.items():
        check(code in named, f"{code} is missing")
        equal(named[code]["exit"], status, f"exit status of {code}")
    for each in items:
        check(each.get("message"), f"{each['code']} has no message")


@test("codes are told in people's own language, to scripts always in one")
def _(context):
    desk = context.desk()
    desk.env["LANGUAGE"] = "af"
    desk.env["LC_ALL"] = "C.UTF-8"
    told = desk("codes", as_json=False).out.decode()
    check("So iets bestaan nie." in told, f"not in Afrikaans: {told[:300]}")
    named = {each["code"]: each for each in desk.items("codes")}
    equal(named["not_found"]["message"], "There is no such thing.", "for scripts")


@test("the data directory comes from the environment when no option names it")
def _(context):
    desk = context.new_studio()
    done = subprocess.run(
        [PROGRAM, "--json", "state-hash"],
        capture_output=True,
        check=False,
        env={**os.environ, "STUDIOLOOP_DATA": desk.directory},
    )
    equal(done.returncode, 0, f"exit status, {done.stderr}")


@test("plain output is for people and JSON goes nowhere else")
def _(context):
    desk = context.studio()
    member = desk.member()
    answer = desk("member", "show", member, as_json=False)
    equal(answer.status, EXIT_DONE, "exit status")
    check(b"Thandi" in answer.out, f"the name is not in {answer.out!r}")
    refused = desk("member", "show", "00000000-0000-8000-8000-000000000000", as_json=False)
    check(refused.status == 4 and refused.err and not refused.out, f"plain errors go to standard error: {refused}")


@test("ids can be shortened to a unique prefix of eight characters")
def _(context):
    desk = context.studio()
    member = desk.member()
    equal(desk.ok("member", "show", member[:8])["id"], member, "id")
    equal(desk.ok("member", "show", member[:13])["id"], member, "id")
    equal(desk.ok("member", "show", member)["id"], member, "id")
    short = desk("member", "show", member[:7])
    one_of(short.code, ("not_found", "bad_input"), "code for seven characters")


@test("ids are not in the order of time")
def _(context):
    desk = context.studio()
    ids = [desk.member() for _ in range(6)]
    check(len({each[:8] for each in ids}) == 6, f"prefixes collide: {ids}")
    check(ids != sorted(ids) or ids[0][:4] != ids[-1][:4], f"ids rise with time: {ids}")


@test("not_found: an id of nothing")
def _(context):
    desk = context.studio()
    nothing = "00000000-0000-8000-8000-000000000000"
    for words in (
        ["member", "show", nothing],
        ["credits", nothing],
        ["roster", nothing],
        ["session", "show", nothing],
        ["booking", "show", nothing],
        ["cancel", nothing],
        ["member", "pass", nothing],
        ["session", "cancel", nothing],
        ["checkin", "--booking", nothing],
        ["checkin", "--member", nothing],
        ["member", "block", nothing, "--reason", "r"],
    ):
        desk.refused("not_found", *words)


@test("not_found: an id of another kind of thing")
def _(context):
    desk = context.studio()
    member = desk.member()
    for words in (["roster", member], ["session", "show", member], ["booking", "show", member]):
        desk.refused("not_found", *words)


@test("a key gives the first answer again byte for byte and changes nothing")
def _(context):
    desk = context.studio()
    words = ["member", "add", "--first", "Once", "--last", desk.name("Only")]
    first = desk(*words, key="k-once")
    equal(first.status, EXIT_DONE, "exit status")
    before = desk.hash()
    again = desk(*words, key="k-once", at=MORNING + hours(3))
    equal((again.status, again.out), (first.status, first.out), "answer")
    equal(desk.hash(), before, "state hash")
    other = desk(*words, key="k-other")
    check(other.json["id"] != first.json["id"], "another key is another command")


@test("a key gives a refusal again byte for byte even when its cause is gone")
def _(context):
    desk = context.studio()
    session = desk.free_class(MORNING + hours(2), capacity=1)
    sitting = desk.book(desk.member(), session)["id"]
    member = desk.member()
    words = ["book", "--member", member, "--session", session]
    first = desk(*words, key="k-full")
    equal(first.code, "class_full", "code")
    desk.ok("cancel", sitting)
    again = desk(*words, key="k-full")
    equal((again.status, again.out), (first.status, first.out), "answer")
    equal(desk.ok("session", "show", session)["confirmed"], 0, "bookings")
    desk.ok(*words, key="k-room")


@test("key_reused: a key with other words")
def _(context):
    desk = context.studio()
    desk.ok("member", "add", "--first", "A", "--last", desk.name("Key"), key="k-words")
    before = desk.hash()
    desk.refused("key_reused", "member", "add", "--first", "B", "--last", desk.name("Key"), key="k-words")
    equal(desk.hash(), before, "state hash")


@test("a key is forgotten after a day")
def _(context):
    desk = context.studio()
    words = ["member", "add", "--first", "Day", "--last", desk.name("Key")]
    first = desk.ok(*words, key="k-day")
    held = desk.ok(*words, key="k-day", at=MORNING + hours(23))
    equal(held["id"], first["id"], "id within the day")
    later = desk.ok(*words, key="k-day", at=MORNING + hours(24) + minutes(1))
    check(later["id"] != first["id"], "after 24 h the key stands for a new command")


@test("a key belongs to its actor")
def _(context):
    desk = context.studio()
    actor = desk.staff("manager")
    words = ["member", "add", "--first", "Mine", "--last", desk.name("Key")]
    mine = desk.ok(*words, key="k-actor")
    theirs = desk.ok(*words, key="k-actor", **actor)
    check(mine["id"] != theirs["id"], "two actors with one key are two commands")


@test("two commands at once with one key are one command")
def _(context):
    desk = context.studio()
    words = [
        "--data",
        desk.directory,
        "--json",
        "--key",
        "k-race",
        "member",
        "add",
        "--first",
        "Race",
        "--last",
        "Condition",
    ]
    racers = [subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    outs = {racer.communicate()[0] for racer in racers}
    equal([racer.returncode for racer in racers], [0] * 4, "exit statuses")
    equal(len(outs), 1, f"answers {outs}")
    equal(len(desk.items("member", "list", "--search", "Race Condition")), 1, "members made")


@test("queries write nothing")
def _(context):
    desk = context.studio()
    member = desk.member()
    session = desk.free_class(MORNING + hours(1))
    booking = desk.book(member, session)["id"]
    before = desk.ok("state-hash")
    for words in (
        ["member", "list"],
        ["member", "show", member],
        ["credits", member],
        ["roster", session],
        ["session", "list"],
        ["session", "show", session],
        ["booking", "show", booking],
        ["device", "list"],
        ["verify"],
        ["codes"],
        ["service", "list"],
        ["staff", "list"],
        ["state-hash"],
        ["oplog", "export", desk.path("queries.log")],
    ):
        desk.ok(*words)
    equal(desk.ok("state-hash"), before, "state hash and vector")


if __name__ == "__main__":
    sys.exit(main("setup"))
