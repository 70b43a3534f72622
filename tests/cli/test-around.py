#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that instructors work out, incidents, and notes."""
import sys

from contract import MORNING, UUID, check, days, equal, hours, main, rfc3339, test


@test("a program holds exercises, and what the member did of it stands beside them")
def _(context):
    desk = context.new_studio("studio-1")
    member = desk.member()
    made = desk.ok("program", "add", "--member", member, "--name", "Strong back", "--exercise", "Squat: 3x10 @ 60 kg",
                   "--exercise", "Plank", "--notes", "slowly")
    check(UUID.match(made["id"]), "an id")
    head = (made["member"], made["name"], made["notes"], made["active"])
    equal(head, (member, "Strong back", "slowly", True), "head")
    equal(made["exercises"], [
        {"name": "Squat", "sets": 3, "reps": 10, "load": "60 kg", "note": None},
        {"name": "Plank", "sets": None, "reps": None, "load": None, "note": None},
    ], "exercises")
    done = desk.ok("program", "progress", made["id"], "--exercise", "squat: 3x8 @ 65 kg", "--note", "went well",
                   at=MORNING + hours(1))
    entry = desk.ok("program", "show", made["id"])["progress"][0]
    equal({name: entry[name] for name in ("id", "exercise", "sets", "reps", "load", "note", "by")},
          {"id": done["id"], "exercise": "Squat", "sets": 3, "reps": 8, "load": "65 kg", "note": "went well",
           "by": "owner"}, "entry")
    equal(entry["at"][:16], "2026-03-02T07:00", "when")
    desk.ok("program", "edit", made["id"], "--name", "Stronger back", "--active", "no")
    equal(desk.items("program", "list", "--member", member), [], "over")
    listed = desk.items("program", "list", "--member", member, "--all")[0]
    equal((listed["name"], len(listed["exercises"])), ("Stronger back", 2), "what is not named stays")


@test("instructors write programs for their own members, and members read theirs; the desk does neither")
def _(context):
    desk = context.new_studio("studio-2")
    trainer = desk.staff("instructor")
    own, other = desk.member("--instructor", trainer["staff"], first="Own"), desk.member(first="Other")
    made = desk.ok("program", "add", "--member", own, "--name", "One", **trainer)
    equal(made["instructor"], trainer["staff"], "theirs")
    desk.refused("not_allowed", "program", "add", "--member", other, "--name", "One", **trainer)
    desk.refused("not_allowed", "program", "show", made["id"], **desk.staff("receptionist"))
    desk.refused("bad_input", "program", "add", "--member", own, "--name", "One", "--exercise", "Squat: many")
    desk.refused("bad_input", "program", "progress", made["id"], "--exercise", "Lunge")
    desk.refused("not_found", "program", "show", "01234567")
    desk.refused("not_found", "program", "add", "--member", "01234567", "--name", "One")


@test("an incident is open until somebody says what was done")
def _(context):
    desk = context.new_studio("studio-3")
    reception = desk.staff("receptionist")
    made = desk.ok("incident", "add", "--kind", "equipment", "--text", "the rower broke", **reception)
    equal((made["kind"], made["status"], made["member"]), ("equipment", "open", None), "incident")
    equal(made["by"], reception["staff"], "who wrote it down")
    desk.refused("reason_required", "incident", "close", made["id"])
    closed = desk.ok("incident", "close", made["id"], "--resolution", "mended", at=MORNING + hours(1), **reception)
    equal((closed["status"], [one["resolution"] for one in closed["closings"]]), ("closed", ["mended"]), "closed")
    desk.refused("wrong_state", "incident", "close", made["id"], "--resolution", "again")
    equal(desk.items("incident", "list", "--open"), [], "open ones")
    equal([one["id"] for one in desk.items("incident", "list")], [made["id"]], "all")
    equal(desk.items("incident", "list", "--to", rfc3339(MORNING)), [], "before")
    earlier = desk.ok("incident", "add", "--kind", "complaint", "--text", "x", "--at", rfc3339(MORNING - days(1)))
    equal(earlier["happened"][:10], "2026-03-01", "when it happened")
    equal(desk.ok("incident", "show", earlier["id"])["text"], "x", "shown")
    desk.refused("bad_input", "incident", "add", "--kind", "fire", "--text", "x")
    desk.refused("bad_input", "incident", "add", "--kind", "injury", "--text", "x", "--at",
                 rfc3339(MORNING + days(1)))
    desk.refused("not_allowed", "incident", "list", **desk.staff("finance"))
    desk.refused("not_found", "incident", "show", "01234567")


@test("notes on a member and to a session say who and when, and go with the member")
def _(context):
    desk = context.new_studio("studio-4")
    member, session = desk.member(), desk.free_class(MORNING + days(1))
    reception = desk.staff("receptionist")
    desk.ok("note", "add", "--member", member, "--text", "prefers mornings", **reception)
    desk.ok("note", "add", "--session", session, "--text", "the hall was cold", at=MORNING + hours(1))
    note = desk.items("note", "list", "--member", member)[0]
    equal((note["text"], note["by"], note["at"][:16]), ("prefers mornings", reception["staff"], "2026-03-02T06:00"),
          "note")
    equal([one["text"] for one in desk.items("note", "list", "--session", session)], ["the hall was cold"], "session")
    desk.refused("bad_input", "note", "list")
    desk.refused("bad_input", "note", "add", "--member", member, "--text", " ")
    desk.refused("not_allowed", "note", "list", "--member", member, **desk.staff("instructor"))
    injury = desk.ok("incident", "add", "--kind", "injury", "--text", "a finger", "--member", member)["id"]
    desk.ok("member", "erase", member)
    equal([one["text"] for one in desk.items("note", "list", "--member", member)], [None], "afterwards")
    equal(desk.ok("incident", "show", injury)["text"], None, "afterwards")
    desk.refused("member_erased", "note", "add", "--member", member, "--text", "late")
    desk.verified()


if __name__ == "__main__":
    sys.exit(main("around"))
