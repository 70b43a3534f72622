#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine is gone, and there are a backup and a phrase on a slip of paper."""
import json
import os
import shutil
import signal
import struct
import sys

from contract import MORNING, check, equal, hours, main, spawn, test

MAGIC = b"SLBACKUP1\n"


def burnt(context, *words):
    """A studio, its backup and its phrase; then nothing else. Gives the backup, the phrase and what was known."""
    desk = context.desk("burnt")
    made = desk.ok(
        "init", "--org", "Fynbos Fitness", "--location", "Sea Point", "--timezone", "Africa/Johannesburg", "--owner",
        "Nomsa Dube", "--pin", "739154", *words,
    )
    member = desk.member("--notes", "a bad knee")
    desk.credited(member, 1000)
    booking = desk.book(member, desk.free_class(MORNING + hours(5)))["id"]
    desk.ok("backup", desk.path("backup"))
    shutil.rmtree(desk.directory)
    return desk.path("backup"), made, (member, booking)


def whole(desk, known):
    member, booking = known
    shown = desk.ok("member", "show", member)
    equal((shown["notes"], shown["credits"]), ("a bad knee", 1000), "the member")
    equal(desk.ok("booking", "show", booking)["status"], "confirmed", "the booking")
    desk.verified()


def nothing_there(desk):
    """A restore that was refused leaves nothing that the next one would stumble over."""
    left = os.listdir(desk.directory) if os.path.isdir(desk.directory) else []
    equal(left, [], "left behind")
    desk.refused("no_studio", "member", "list")


@test("a new phrase opens what is backed up from then on, and the one before what was")
def _(context):
    desk = context.desk("one")
    made = desk.ok(
        "init", "--org", "Fynbos Fitness", "--location", "Sea Point", "--timezone", "Africa/Johannesburg", "--owner",
        "Nomsa Dube", "--pin", "739154",
    )
    desk.ok("backup", desk.path("before"))
    for role in ("receptionist", "manager"):
        desk.refused("not_allowed", "recovery", "renew", **desk.staff(role))
    desk.ok("backup", desk.path("refused"))
    renewed = desk.ok("recovery", "renew", "--recovery-png", desk.path("phrase.png"))
    equal(sorted(renewed), ["recovery", "recovery_png"], "answer")
    check(renewed["recovery"] != made["recovery"], "the same phrase")
    check(os.path.getsize(desk.path("phrase.png")) > 0, "no picture")
    desk.ok("backup", desk.path("after"))
    for file, phrase, other in (("before", made, renewed), ("refused", made, renewed), ("after", renewed, made)):
        bare = context.desk(f"bare-{file}")
        bare.refused("bad_input", "restore", desk.path(file), "--phrase", other["recovery"])
        bare.ok("restore", desk.path(file), "--phrase", phrase["recovery"])
        bare.verified()
    # Where it was printed into the void, one asks once more.
    again = desk.ok("recovery", "renew")
    check(again["recovery"] != renewed["recovery"], "the same phrase")


@test("a bare machine goes on from the file and the phrase alone, as people type it")
def _(context):
    backup, made, known = burnt(context)
    bare = context.desk("bare")
    restored = bare.ok("restore", backup, "--phrase", "  " + made["recovery"].lower().replace("-", " ") + "\n")
    equal(restored["was"], made["replica"], "who it was")
    check(restored["replica"] != made["replica"], "it is a new device")
    whole(bare, known)
    session = bare.free_class(MORNING + hours(6))
    bare.book(known[0], session)  # it sells what it makes
    bare.ok("backup", bare.path("again"))
    os.unlink(backup)
    third = context.desk("third")
    third.ok("restore", bare.path("again"), "--phrase", made["recovery"])  # the phrase is the studio's
    third.verified()


@test("the phrase can be scanned from the picture that init has drawn, which nobody else can read")
def _(context):
    picture = os.path.join(context.place, "phrase.png")
    backup, made, known = burnt(context, "--recovery-png", picture)
    equal(made["recovery_png"], picture, "picture")
    equal(os.stat(picture).st_mode & 0o777, 0o600, "mode")
    bare = context.desk("bare")
    texts = bare.items("scan", picture)[0]["texts"]
    equal(texts, [made["recovery"]], "what it says")
    bare.ok("restore", backup, "--phrase", texts[0])
    whole(bare, known)


@test("init makes nothing where the picture cannot be: bad_input")
def _(context):
    desk = context.desk()
    desk.refused(
        "bad_input", "init", "--org", "F", "--location", "S", "--timezone", "Africa/Johannesburg", "--owner", "N",
        "--pin", "739154", "--recovery-png", desk.path("no/such/place.png"),
    )
    check(not os.path.exists(desk.directory), "a studio whose phrase nobody has")


@test("without the phrase, with another one or with no phrase at all: bad_input, each said, nothing touched")
def _(context):
    backup, _, _ = burnt(context)
    other = context.new_studio("other")
    phrase = context.desk("third").init()["recovery"]
    bare = context.desk("bare")
    messages = [
        bare.refused("bad_input", "restore", backup, *words)["error"]["reason"]
        for words in ((), ("--phrase", phrase), ("--phrase", "correct horse battery staple"), ("--phrase", ""))
    ]
    equal(len({message.replace(backup, "") for message in messages[:3]}), 3, f"three things to do: {messages}")
    nothing_there(bare)
    before = other.hash()
    other.refused("bad_input", "restore", backup, "--phrase", phrase)  # over a studio that is alive
    equal(other.hash(), before, "the other studio")
    other.verified()


@test("cut, damaged, empty, no backup at all or not there: bad_input, nothing touched")
def _(context):
    backup, made, known = burnt(context)
    with open(backup, "rb") as stream:
        sound = stream.read()
    bare, bad = context.desk("bare"), os.path.join(context.place, "bad")
    length = len(sound)
    cuts = [0, 5, 10, 13, 40, 500, length // 3, length // 2, length - 70000, length - 17, length - 1]
    flips = [3, 11, 60, 300, length // 2, length - 5]
    tries = [sound[:cut] for cut in cuts if 0 <= cut < length]
    tries += [sound[:at] + bytes([sound[at] ^ 4]) + sound[at + 1:] for at in flips] + [sound + b"x", b"x" * 99999]
    for data in tries:
        with open(bad, "wb") as stream:
            stream.write(data)
        bare.refused("bad_input", "restore", bad, "--phrase", made["recovery"])
        nothing_there(bare)
    bare.refused("bad_input", "restore", bare.path("nothing"), "--phrase", made["recovery"])
    bare.ok("restore", backup, "--phrase", made["recovery"])
    whole(bare, known)


@test("what a backup that was cut off has left beside its file is removed by the next one, wherever that goes")
def _(context):
    desk = context.new_studio()
    elsewhere = os.path.join(context.place, "stick")
    os.mkdir(elsewhere)
    first = os.path.join(elsewhere, "first")
    for _ in range(40):  # until one is killed while its copy lies there
        running = spawn(["--data", desk.directory, "--json", "backup", first])
        while running.poll() is None and not os.path.exists(first + ".plain"):
            pass
        os.killpg(running.pid, signal.SIGSTOP)
        left = os.path.exists(first + ".plain")
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        if left:
            break
    check(left, "none was cut off in the midst")
    mine = os.path.join(elsewhere, "mine.plain")
    with open(mine, "w", encoding="ascii") as file:
        file.write("not a backup's")
    desk.ok("backup", desk.path("second"))
    equal(sorted(name for name in os.listdir(elsewhere) if name.endswith(".plain")), ["mine.plain"], "what is left")


@test("a backup of a later release: too_new")
def _(context):
    backup, made, _ = burnt(context)
    with open(backup, "rb") as stream:
        sound = stream.read()
    start = len(MAGIC) + 4
    (length,) = struct.unpack(">I", sound[len(MAGIC):start])
    header = json.loads(sound[start:start + length])
    header["version"] = 2
    text = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    later = os.path.join(context.place, "later")
    with open(later, "wb") as stream:
        stream.write(MAGIC + struct.pack(">I", len(text)) + text + sound[start + length:])
    bare = context.desk("bare")
    bare.refused("too_new", "restore", later, "--phrase", made["recovery"])
    nothing_there(bare)


# --- the device's key under a secret of the machine ---


def credential(context, text, name="studioloop-device-key"):
    """A directory as systemd makes one for a service; gives the environment that names it."""
    place = os.path.join(context.place, f"credentials-{len(os.listdir(context.place))}")
    os.mkdir(place)
    with open(os.path.join(place, name), "w", encoding="ascii") as stream:
        stream.write(text)
    return {"env": {"CREDENTIALS_DIRECTORY": place}}


def identity(desk):
    with open(os.path.join(desk.directory, "identity"), encoding="utf-8") as stream:
        return dict(line.strip().split("=", 1) for line in stream if "=" in line)


@test("a device's key that is sealed to the machine opens nothing without it: read_only, bad_input, not_allowed")
def _(context):
    desk = context.new_studio()
    member = desk.member("--notes", "a bad knee")
    plain = identity(desk)["seed"]
    given = credential(context, "a secret of thirty-two bytes....")
    desk.refused("read_only", "device", "seal")
    desk.refused("bad_input", "device", "seal", **credential(context, "too short"))
    desk.refused("not_allowed", "device", "seal", **given, **desk.staff("receptionist"))
    desk.member()  # nothing has changed
    equal(desk.ok("device", "seal", **given)["sealed"], True, "sealed")
    check("seed" not in identity(desk) and plain not in str(identity(desk)), "the key lies there plainly")
    for other in ({}, credential(context, "another secret of the same size."), credential(context, "x" * 32, "other")):
        desk.refused("read_only", "member", "show", member, **other)
    equal(desk.ok("member", "show", member, **given)["notes"], "a bad knee", "with it")
    desk.ok("device", "seal", **given)  # twice is once
    desk.verified(**given)
    equal(desk.ok("device", "unseal", **given)["sealed"], False, "unsealed")
    equal(identity(desk)["seed"], plain, "the same device")
    equal(desk.ok("member", "show", member)["notes"], "a bad knee", "without it")


@test("a sealed device stays sealed through a copy and a restore, and the phrase opens its backups anywhere")
def _(context):
    desk = context.desk()
    phrase = desk.init()["recovery"]
    member = desk.member("--notes", "a bad knee")
    given = credential(context, "a secret of thirty-two bytes....")
    desk.ok("device", "seal", **given)
    desk.ok("backup", desk.path("backup"), **given)
    desk.ok("restore", desk.path("backup"), **given)
    check("sealed_seed" in identity(desk) and "sealed_predecessor_seed" in identity(desk), "after a restore")
    copy = context.desk("copy")
    shutil.copytree(desk.directory, copy.directory)
    copy.member(**given)
    check("sealed_seed" in identity(copy), "a copy, which is a device of its own now")
    bare = context.desk("bare")
    bare.ok("restore", desk.path("backup"), "--phrase", phrase)
    equal(bare.ok("member", "show", member)["notes"], "a bad knee", "elsewhere")


if __name__ == "__main__":
    sys.exit(main("backup"))
