#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported logs: what a changed line, a lost line or another order does on import."""
import base64
import json
import os
import random
import sys

from contract import MORNING, check, equal, hours, main, one_of, test


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
    desk.pass_code(member)
    desk.ok("cancel", booking)
    desk.book(member, session)
    return member


def exported(desk, name="log", *words):
    path = desk.path(name)
    desk.ok("oplog", "export", path, *words)
    with open(path, encoding="utf-8") as file:
        return path, file.read().splitlines()


def write(desk, name, lines):
    path = desk.path(name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))
    return path


# What an import reads of an operation's line: its bytes and where they stand in their chain.
PLACE = ("type", "replica", "seq", "raw")


def is_operation(line):
    return "raw" in json.loads(line)


def place(line):
    item = json.loads(line)
    return item["replica"], item["seq"]


@test("every line of an export is one JSON object and every operation is in it")
def _(context):
    desk = context.new_studio()
    busy(desk)
    path = desk.path("log")
    told = desk.ok("oplog", "export", path)
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    operations = [each for each in lines if "raw" in each]
    equal(told["operations"], len(operations), "operations")
    vector = desk.ok("state-hash")["vector"]
    equal(sum(vector.values()), len(operations), "operations of the vector")
    for each in operations:
        base64.b64decode(each["raw"], validate=True)
        check({"replica", "seq"} <= set(each), f"keys of a line: {sorted(each)}")


@test("personal fields are readable only when asked for")
def _(context):
    desk = context.new_studio()
    desk.ok(
        "member",
        "add",
        "--first",
        "Nolwazi",
        "--last",
        "Khumalo",
        "--phone",
        "+27825550444",
        "--email",
        "n.k@example.org",
    )
    _, lines = exported(desk)
    for word in ("Nolwazi", "Khumalo", "27825550444", "n.k@example.org"):
        check(not any(word in line for line in lines), f"{word} stands in a plain export")
    _, lines = exported(desk, "personal", "--personal")
    for word in ("Nolwazi", "Khumalo", "27825550444", "n.k@example.org"):
        check(any(word in line for line in lines), f"{word} is missing in a personal export")


@test("personal fields are in no file of the data directory in plain text")
def _(context):
    desk = context.new_studio()
    member = desk.ok("member", "add", "--first", "Nolwazi", "--last", "Khumalozwane", "--phone", "+27825550445")["id"]
    desk.book(member, desk.free_class(MORNING + hours(2)), "--spots", 2, "--guest", "Guestnamezwane")
    for folder, _, names in os.walk(desk.directory):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            for word in (b"Nolwazi", b"Khumalozwane", b"27825550445", b"Guestnamezwane"):
                check(word not in data, f"{word!r} stands in {name}")


@test("an import brings everything and a second one nothing")
def _(context):
    one, two = pair(context)
    member = busy(one)
    path, _ = exported(one)
    first = two.ok("oplog", "import", path)
    check(first["new"] > 0 and first["quarantined"] == [] and first["waiting"] == 0, f"{first}")
    equal(two.balance(member), one.balance(member), "balance")
    again = two.ok("oplog", "import", path)
    equal((again["new"], again["waiting"], again["quarantined"]), (0, 0, []), "again")
    back, _ = exported(two, "two.log")
    one.ok("oplog", "import", back)
    equal(one.hash(), two.hash(), "state hash")
    one.verified()
    two.verified()


@test("a device's own export brings it nothing")
def _(context):
    desk = context.new_studio()
    busy(desk)
    before = desk.ok("state-hash")
    path, _ = exported(desk)
    equal(desk.ok("oplog", "import", path)["new"], 0, "new")
    equal(desk.ok("state-hash"), before, "state hash and vector")


@test("a changed readable field changes nothing")
def _(context):
    one, two = pair(context)
    busy(one)
    _, lines = exported(one, "log", "--personal")

    def lie(value):
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + 1000
        if isinstance(value, str):
            return "changed"
        if isinstance(value, dict):
            return {key: lie(each) for key, each in value.items()}
        if isinstance(value, list):
            return [lie(each) for each in value]
        return value

    changed = []
    for line in lines:
        item = json.loads(line)
        if "raw" in item:
            item = {key: value if key in PLACE else lie(value) for key, value in item.items()}
        changed.append(json.dumps(item))
    got = two.ok("oplog", "import", write(one, "changed", changed))
    equal((got["quarantined"], got["waiting"]), ([], 0), "answer")
    back, _ = exported(two, "two.log")
    one.ok("oplog", "import", back)
    equal(two.hash(), one.hash(), "state hash")
    two.verified()


@test("readable fields can be left out altogether")
def _(context):
    one, two = pair(context)
    busy(one)
    _, lines = exported(one)
    bare = []
    for line in lines:
        item = json.loads(line)
        bare.append(json.dumps({key: item[key] for key in PLACE if key in item}) if is_operation(line) else line)
    got = two.ok("oplog", "import", write(one, "bare", bare))
    check(got["new"] > 0 and got["quarantined"] == [] and got["waiting"] == 0, f"{got}")


@test("a changed raw is quarantined by name and what stands before it applies")
def _(context):
    one, two = pair(context)
    busy(one)
    path, lines = exported(one)
    replica = place(next(filter(is_operation, lines)))[0]
    operations = [index for index, line in enumerate(lines) if is_operation(line) and place(line)[0] == replica]
    index = operations[-4]
    item = json.loads(lines[index])
    raw = bytearray(base64.b64decode(item["raw"]))
    raw[len(raw) // 2] ^= 1
    item["raw"] = base64.b64encode(raw).decode()
    got = two.ok("oplog", "import", write(one, "changed", lines[:index] + [json.dumps(item)] + lines[index + 1 :]))
    check(got["quarantined"], f"nothing is quarantined: {got}")
    for each in got["quarantined"]:
        equal(each["replica"], replica, "replica")
        one_of(each["reason"], ("bad_signature", "malformed", "fork"), "reason")
    check(min(each["seq"] for each in got["quarantined"]) <= json.loads(lines[index])["seq"], f"{got}")
    two.verified()
    whole = two.ok("oplog", "import", path)
    equal(whole["quarantined"], [], "after the good log")
    back, _ = exported(two, "two.log")
    one.ok("oplog", "import", back)
    equal(two.hash(), one.hash(), "the good log puts it right")


@test("a changed raw of every operation in turn is never applied")
def _(context):
    one, two = pair(context)
    one.member()
    path, lines = exported(one)
    before = two.ok("state-hash")
    rng = random.Random(20260302)
    for index in [each for each, line in enumerate(lines) if is_operation(line)]:
        item = json.loads(lines[index])
        raw = bytearray(base64.b64decode(item["raw"]))
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        item["raw"] = base64.b64encode(raw).decode()
        alone = [line for line in lines if not is_operation(line)] + [json.dumps(item)]
        two.ok("oplog", "import", write(one, "changed", alone))
    equal(two.ok("state-hash")["hash"], before["hash"], "state hash")
    two.ok("oplog", "import", path)
    two.verified()
    back, _ = exported(two, "two.log")
    one.ok("oplog", "import", back)
    equal(two.hash(), one.hash(), "the good log puts it right")


@test("lines in any order and in several files give the same state")
def _(context):
    one = context.new_studio("one")
    others = []
    for number in range(4):
        invitation = one.path(f"invitation-{number}")
        one.ok("device", "invite", invitation)
        other = context.desk(f"other-{number}")
        other.ok("device", "join", invitation)
        others.append(other)
    busy(one)
    _, lines = exported(one)
    rng = random.Random(11)
    for number, other in enumerate(others):
        shuffled = list(reversed(lines)) if number == 0 else rng.sample(lines, len(lines))
        if number < 2:
            files = [shuffled]
        else:
            files = [shuffled[start::3] for start in range(3)]
        for part, chunk in enumerate(files):
            got = other.ok("oplog", "import", write(other, f"part-{number}-{part}", chunk))
            equal(got["quarantined"], [], "quarantined")
        equal(got["waiting"], 0, f"waiting after the last part of {number}")
        other.verified()
    for other in others:
        for source in [one, *others]:
            if source is not other:
                path, _ = exported(source, "exchange.log")
                other.ok("oplog", "import", path)
    for other in others:
        path, _ = exported(other, "exchange.log")
        one.ok("oplog", "import", path)
    equal({each.hash() for each in [one, *others]}, {one.hash()}, "state hashes")


@test("a gap waits and is filled later")
def _(context):
    one, two = pair(context)
    busy(one)
    _, lines = exported(one)
    replica = place(next(filter(is_operation, lines)))[0]
    known = two.ok("state-hash")["vector"].get(replica, 0)
    new = [line for line in lines if is_operation(line) and place(line)[0] == replica and place(line)[1] > known]
    check(len(new) >= 6, f"{len(new)} new operations")
    lost = new[2]
    got = two.ok("oplog", "import", write(one, "gap", [line for line in lines if line != lost]))
    equal(got["quarantined"], [], "quarantined")
    check(got["waiting"] > 0, f"{got}")
    two.verified()
    check(two.ok("state-hash")["vector"][replica] < place(lost)[1], "nothing behind the gap is applied")
    heads = [line for line in lines if not is_operation(line)]
    got = two.ok("oplog", "import", write(one, "filler", heads + [lost]))
    equal((got["waiting"], got["quarantined"]), (0, []), "after the gap is filled")
    back, _ = exported(two, "two.log")
    one.ok("oplog", "import", back)
    equal(two.hash(), one.hash(), "state hash")


@test("bad_input: lines that are no JSON, with the file and the line")
def _(context):
    one, two = pair(context)
    busy(one)
    _, lines = exported(one)
    before = two.ok("state-hash")
    answer = two.refused("bad_input", "oplog", "import", write(one, "broken", lines[:3] + ["{not json"] + lines[3:]))
    check("4" in json.dumps(answer["error"]), f"the line is named: {answer}")
    equal(two.ok("state-hash"), before, "nothing of a broken file is kept")
    for rubbish in ("[]", "1", '"text"', '{"raw": 5}', '{"raw": "!!!"}', '{"raw": null}'):
        two.refused("bad_input", "oplog", "import", write(one, "rubbish", [rubbish]))
    two.refused("bad_input", "oplog", "import", two.path("missing"))
    two.refused("bad_input", "oplog", "import", "/dev/null/x")


@test("an empty log is an import of nothing")
def _(context):
    desk = context.new_studio()
    equal(desk.ok("oplog", "import", write(desk, "empty", []))["new"], 0, "new")


@test("foreign_organisation: the log of another studio is quarantined")
def _(context):
    desk, other = context.new_studio("one"), context.new_studio("other")
    busy(other)
    before = desk.ok("state-hash")
    path, _ = exported(other)
    got = desk.ok("oplog", "import", path)
    check(got["quarantined"], f"{got}")
    for each in got["quarantined"]:
        one_of(each["reason"], ("foreign_organisation", "unknown_device"), "reason")
    equal(desk.ok("state-hash"), before, "state hash and vector")
    desk.verified()


@test("an export since a vector holds only what came after")
def _(context):
    one, two = pair(context)
    path, _ = exported(one)
    two.ok("oplog", "import", path)
    vector = one.path("vector.json")
    with open(vector, "w", encoding="utf-8") as file:
        json.dump(two.ok("state-hash"), file)
    busy(one)
    whole = one.ok("oplog", "export", one.path("whole"))["operations"]
    since = one.ok("oplog", "export", one.path("since"), "--since", vector)["operations"]
    check(0 < since < whole, f"{since} of {whole}")
    got = two.ok("oplog", "import", one.path("since"))
    equal((got["waiting"], got["quarantined"]), (0, []), "answer")
    two.verified()


@test("an import writes only what it imports")
def _(context):
    one, two = pair(context)
    busy(one)
    path, _ = exported(one)
    own = two.ok("state-hash")["vector"]
    two.ok("oplog", "import", path)
    after = two.ok("state-hash")["vector"]
    theirs = one.ok("state-hash")["vector"]
    for replica, seq in after.items():
        equal(seq, theirs.get(replica, own.get(replica)), f"operations of {replica}")


@test("files that commands write may lie in the data directory")
def _(context):
    desk = context.new_studio()
    inside = desk.directory + "/export.log"
    desk.ok("oplog", "export", inside)
    desk.ok("oplog", "import", inside)
    desk.ok("device", "invite", desk.directory + "/invitation")
    desk.ok("backup", desk.directory + "/backup")
    desk.verified()


if __name__ == "__main__":
    sys.exit(main("oplog"))
