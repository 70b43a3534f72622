#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full, read-only, damaged or of a later release; power that goes; backups."""
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from contract import MORNING, UUID, Failure, check, days, equal, hours, main, minutes, one_of, spawn, test

DATABASE = "studioloop.db"


def stocked(context, name="data", **options):
    """A studio with something to lose: what is in it."""
    desk = context.new_studio(name, **options)
    session = desk.free_class(MORNING + minutes(20))
    members = [desk.member() for _ in range(3)]
    for member in members:
        desk.book(member, session)
    desk.ok("checkin", "--member", members[0])
    return desk, session, members


def whole(desk, session, members, **options):
    """Everything of stocked() is there."""
    held = {each["id"] for each in desk.items("member", "list", **options)}
    check(set(members) <= held, f"members lost: {set(members) - held}")
    equal(
        sorted(row["status"] for row in desk.items("roster", session, **options)),
        ["checked_in", "confirmed", "confirmed"],
        "roster",
    )


def folded(desk):
    """The write-ahead log folded into the database file, so that damaging the file damages what is stored."""
    path = os.path.join(desk.directory, DATABASE)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    return path


def damaged(path, at, data):
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(data)


@test("SIGKILL at any moment loses nothing that was acknowledged")
def _(context):
    desk, session, members = stocked(context)
    rng = random.Random(99)
    acknowledged = list(members)
    deadline = time.monotonic() + (60 if os.environ.get("SL_TEST_LONG") else 8)
    number = 0
    while time.monotonic() < deadline:
        number += 1
        command = spawn(
            ["--data", desk.directory, "--json", "member", "add", "--first", "K", "--last", f"Number {number}"]
        )
        try:
            out, _ = command.communicate(timeout=rng.choice((0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.4)))
        except subprocess.TimeoutExpired:
            os.killpg(command.pid, signal.SIGKILL)
            out, _ = command.communicate()
        if out:
            try:
                acknowledged.append(json.loads(out)["id"])
            except json.JSONDecodeError:
                pass  # killed while it printed
    held = {each["id"] for each in desk.items("member", "list")}
    check(len(acknowledged) > 10, f"only {len(acknowledged)} of {number} were acknowledged")
    check(number > len(acknowledged), "nothing was killed")
    equal(sorted(set(acknowledged) - held), [], "acknowledged and lost")
    whole(desk, session, members)
    desk.verified()


@test("commands from many processes at once all take place")
def _(context):
    desk = context.new_studio()
    running = [
        spawn(["--data", desk.directory, "--json", "member", "add", "--first", "P", "--last", f"Number {number}"])
        for number in range(24)
    ]
    outs = [each.communicate()[0] for each in running]
    equal([each.returncode for each in running], [0] * 24, "exit statuses")
    ids = {json.loads(out)["id"] for out in outs}
    equal({each["id"] for each in desk.items("member", "list")}, ids, "members")
    desk.verified()


def fill_a_disk(context, kind, wrap=()):
    place = os.path.join(context.place, "disk")
    os.makedirs(place)
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "on-a-full-disk.py")
    words = [*wrap, sys.executable, program, sys.argv[1], place, kind]
    done = subprocess.run(words, capture_output=True, check=False, text=True)
    if done.returncode:
        raise Failure(f"{done.stdout}\n{done.stderr}")


@test("disk_full: nothing half done, queries go on, and with room again so do commands")
def _(context):
    fill_a_disk(context, "pretended")


def own_mounts():
    """A wrapper that gives a mount namespace: root has the right, others get it with a user namespace of their own."""
    return ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]


# In most containers nobody may mount; the test above stands there alone.
if (
    subprocess.run([*own_mounts(), "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode
    == 0
):

    @test("disk_full: the same on a file system that is full")
    def _(context):
        fill_a_disk(context, "mounted", own_mounts())


def without_rights():
    """A wrapper under which permission bits bind root too."""
    if os.geteuid() == 0:
        return [
            "setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search,-fowner,-linux_immutable",
            "--inh-caps",
            "-all",
        ]
    return []


@test("read_only: queries answer, commands say so, nothing changes")
def _(context):
    desk, session, members = stocked(context)
    before = desk.hash()
    for folder, folders, names in os.walk(desk.directory):
        for name in names:
            os.chmod(os.path.join(folder, name), 0o400)
        for name in folders:
            os.chmod(os.path.join(folder, name), 0o500)
    os.chmod(desk.directory, 0o500)
    desk.prefix = without_rights()
    for words in (
        ["member", "add", "--first", "A", "--last", "B"],
        ["book", "--member", members[0], "--session", session],
        ["session", "cancel", session],
        ["run-due"],
        ["checkin", "--member", members[1]],
    ):
        desk.refused("read_only", *words)
    whole(desk, session, members)
    equal(desk.hash(), before, "state hash")
    desk.prefix = []
    for folder, folders, names in os.walk(desk.directory):
        for name in names + folders:
            os.chmod(os.path.join(folder, name), 0o700)
    os.chmod(desk.directory, 0o700)
    desk.ok("checkin", "--member", members[1])
    desk.verified()


@test("read_only: a place where no data directory can be made")
def _(context):
    parent = os.path.join(context.place, "closed")
    os.makedirs(parent)
    os.chmod(parent, 0o500)
    desk = context.desk("closed/data")
    desk.prefix = without_rights()
    desk.refused(
        "read_only", "init", "--org", "A", "--location", "B", "--timezone", "UTC", "--owner", "C", "--pin", "739154"
    )
    os.chmod(parent, 0o700)


@test("bad_input or storage: a data directory that is a file")
def _(context):
    desk = context.desk()
    with open(desk.directory, "w", encoding="utf-8") as file:
        file.write("hello")
    for words in (["member", "list"], ["demo"]):
        one_of(desk(*words).code, ("no_studio", "storage", "bad_input"), f"code of {words}")
    with open(desk.directory, encoding="utf-8") as file:
        equal(file.read(), "hello", "the file")


@test("too_new: a database of a later release is left alone")
def _(context):
    desk, _, _ = stocked(context)
    path = folded(desk)
    connection = sqlite3.connect(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {version + 1}")
    connection.commit()
    connection.close()
    folded(desk)
    with open(path, "rb") as file:
        before = file.read()
    for words in (["member", "list"], ["member", "add", "--first", "A", "--last", "B"], ["verify"], ["state-hash"]):
        desk.refused("too_new", *words)
    with open(path, "rb") as file:
        check(file.read() == before, "the database was changed")


@test("corrupt: a file that is no database of ours")
def _(context):
    for number, data in enumerate((b"hello" * 1000, b"SQLite format 3\0" + bytes(4080), os.urandom(8192))):
        desk, _, _ = stocked(context, f"data{number}")
        path = folded(desk)
        for tail in ("-wal", "-shm"):
            if os.path.exists(path + tail):
                os.unlink(path + tail)
        with open(path, "wb") as file:
            file.write(data)
        desk.refused("corrupt", "member", "list")
        desk.refused("corrupt", "member", "add", "--first", "A", "--last", "B")
        with open(path, "rb") as file:
            check(file.read() == data, "the file was changed")


@test("corrupt: another program's database")
def _(context):
    desk, _, _ = stocked(context)
    path = folded(desk)
    os.unlink(path)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE photos (id INTEGER PRIMARY KEY)")
    connection.commit()
    connection.close()
    desk.refused("corrupt", "member", "list")


@test("corrupt: a damaged header")
def _(context):
    desk, _, _ = stocked(context)
    damaged(folded(desk), 0, b"garbage garbage!")
    desk.refused("corrupt", "member", "list")
    desk.refused("corrupt", "verify")


@test("corrupt: pages of zeros in the middle are found, and the backup goes on")
def _(context):
    desk, session, members = stocked(context)
    backup = desk.path("backup")
    desk.ok("backup", backup)
    path = folded(desk)
    size = os.path.getsize(path)
    damaged(path, (size // 2) // 4096 * 4096, bytes(4 * 4096))
    answer = desk("verify")
    equal(answer.status, 6, f"exit status of verify\n{answer}")
    desk.ok("restore", backup)
    whole(desk, session, members)
    desk.verified()


@test("damage anywhere in the file gives an answer, never a crash or a lie")
def _(context):
    desk, _, _ = stocked(context)
    path = folded(desk)
    with open(path, "rb") as file:
        good = file.read()
    rng = random.Random(7)
    for _attempt in range(60 if os.environ.get("SL_TEST_LONG") else 10):
        data = bytearray(good)
        for _flip in range(8):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        with open(path, "wb") as file:
            file.write(data)
        for words in (["verify"], ["member", "list"], ["session", "list"]):
            one_of(desk(*words).status, (0, 4, 6), f"exit status of {words}")
    with open(path, "wb") as file:
        file.write(good)
    desk.verified()


@test("corrupt: a row changed behind our back is found by verify")
def _(context):
    desk, _, _ = stocked(context)
    path = folded(desk)
    connection = sqlite3.connect(path)
    tables = [name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    touched = 0
    for table in tables:
        for _, column, kind, *_rest in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
            if table == "session" and column in ("start_ms", "end_ms") and kind == "INTEGER":
                touched += connection.execute(f'UPDATE "{table}" SET "{column}" = "{column}" + 60000').rowcount
    connection.commit()
    connection.close()
    check(touched > 0, "no session row to change")
    answer = desk("verify")
    equal(answer.status, 6, f"exit status\n{answer}")
    check(answer.json.get("problems"), f"problems are named\n{answer}")


@test("a backup is restored as a new device without rights, and the old database is set aside")
def _(context):
    desk, session, members = stocked(context)
    was = desk.items("device", "list")[0]["replica"]
    backup = desk.directory + "/backup"
    desk.ok("backup", backup)
    after = desk.member()
    restored = desk.ok("restore", backup)
    equal(restored["was"], was, "was")
    check(UUID.match(restored["replica"]) and restored["replica"] != was, f"replica {restored}")
    check(os.path.exists(restored["aside"]), f"aside: {restored['aside']}")
    whole(desk, session, members)
    check(
        after not in {each["id"] for each in desk.items("member", "list")},
        "what came after the backup is in the database set aside",
    )
    equal(desk.ok("session", "show", session)["rights"], 0, "rights")
    desk.refused("spots_elsewhere", "book", "--member", desk.member(), "--session", session)
    fresh = desk.free_class(MORNING + hours(4))
    desk.book(desk.member(), fresh)
    listed = {each["replica"] for each in desk.items("device", "list")}
    check({was, restored["replica"]} <= listed, f"devices {listed}")
    desk.verified()


@test("a backup holds no name in plain text and is for its owner alone")
def _(context):
    desk = context.new_studio()
    desk.ok("member", "add", "--first", "Nolwazi", "--last", "Khumalozwane")
    backup = desk.path("backup")
    desk.ok("backup", backup)
    with open(backup, "rb") as file:
        data = file.read()
    for word in (b"Nolwazi", b"Khumalozwane", b"SQLite format 3", b"Fynbos"):
        check(word not in data, f"{word} is in the backup")
    equal(os.stat(backup).st_mode & 0o077, 0, "rights of others")


@test("corrupt: a backup that was changed or cut restores nothing and harms nothing")
def _(context):
    desk, session, members = stocked(context)
    backup = desk.path("backup")
    desk.ok("backup", backup)
    with open(backup, "rb") as file:
        good = file.read()
    before = desk.ok("state-hash")
    middle = len(good) // 2
    for data in (
        good[:middle],
        good[:-1],
        good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        b"",
        b"hello",
        os.urandom(3000),
    ):
        with open(desk.path("bad"), "wb") as file:
            file.write(data)
        one_of(desk("restore", desk.path("bad")).code, ("corrupt", "bad_input"), "code")
        equal(desk.ok("state-hash"), before, "state hash and vector")
    one_of(desk("restore", desk.path("missing")).code, ("bad_input", "not_found"), "code of a missing file")
    whole(desk, session, members)


@test("a backup is not written over another file")
def _(context):
    desk = context.new_studio()
    path = desk.path("precious")
    with open(path, "w", encoding="utf-8") as file:
        file.write("precious")
    answer = desk("backup", path)
    with open(path, "rb") as file:
        data = file.read()
    check(answer.status == 0 or data == b"precious", "a refused backup has changed the file")
    check(answer.status != 0 or data != b"precious", "a backup that says it is done is there")


@test("an older database put back is noticed as a copy")
def _(context):
    desk, session, _ = stocked(context)
    folded(desk)
    old = desk.path("old")
    shutil.copytree(desk.directory, old)
    desk.book(desk.member(), session)
    time.sleep(1.2)  # the mark of how far the chain had come is on disk within a second
    folded(desk)
    for name in os.listdir(desk.directory):
        if name.startswith(DATABASE):
            os.unlink(os.path.join(desk.directory, name))
    shutil.copy2(os.path.join(old, DATABASE), desk.directory)
    desk("run-due")
    member = desk.member()
    answer = desk("book", "--member", member, "--session", session)
    check(
        answer.code in ("spots_elsewhere", "no_rights", "device_revoked"),
        f"spots of a lost history are sold again\n{answer}",
    )


@test("busy or done: a reader is never in the way of a writer")
def _(context):
    desk, _, _ = stocked(context)
    connection = sqlite3.connect(os.path.join(desk.directory, DATABASE), isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    for _number in range(3):
        desk.member()
    connection.execute("COMMIT")
    connection.close()
    desk.verified()


@test("a studio left for a year opens as it was")
def _(context):
    desk, session, members = stocked(context)
    later = MORNING + days(366)
    held = {each["id"] for each in desk.items("member", "list", at=later)}
    equal(held, set(members), "members")
    desk.ok("run-due", at=later)
    desk.verified(at=later)
    check(desk.items("roster", session, at=later), "roster")


if __name__ == "__main__":
    sys.exit(main("storage"))
