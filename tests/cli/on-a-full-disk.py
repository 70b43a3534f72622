#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""on-a-full-disk.py PROGRAM PLACE: fills a small disk under a studio and looks at what the commands say.

Runs in a mount namespace of its own (see test-storage.py), so the disk goes when this program does.
"""
import errno
import os
import subprocess
import sys

from contract import MORNING, Desk, check, equal, minutes, one_of

DISK_BYTES = 24 * 1024 * 1024


def fill(path, leave_bytes):
    """Takes the free space of the disk but for a rest."""
    free = os.statvfs(os.path.dirname(path))
    wanted = free.f_bavail * free.f_frsize - leave_bytes
    with open(path, "wb", buffering=0) as file:
        try:
            while wanted > 0:
                wanted -= file.write(bytes(min(65536, wanted)))
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise


def main():
    place = sys.argv[2]
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "none", place], check=True)
    desk = Desk(os.path.join(place, "data"))
    desk.init()
    session = desk.free_class(MORNING + minutes(20), capacity=30)
    members = [desk.member() for _ in range(3)]
    for member in members:
        desk.book(member, session)
    before = desk.ok("state-hash")
    filler = os.path.join(place, "filler")
    for leave_bytes, member in zip((0, 4096, 12288), members):
        fill(filler, leave_bytes)
        done = 0
        for number in range(40):
            answer = desk("member", "add", "--first", "Full", "--last", f"Disk {leave_bytes} {number}")
            one_of(answer.code, (None, "disk_full"), "code on a full disk")
            if answer.code == "disk_full":
                break
            done += 1
        else:
            check(False, "forty commands on a disk without room")
        full = desk.ok("state-hash")
        held = {each["id"] for each in desk.items("member", "list")}
        answer = desk("checkin", "--member", member)
        one_of(answer.code, (None, "disk_full"), "code of a check-in on a full disk")
        if answer.code == "disk_full":
            equal(desk.ok("state-hash"), full, "state hash and vector after a refused command")
        equal({each["id"] for each in desk.items("member", "list")}, held, "members")
        told = {row["member"]: row["status"] for row in desk.items("roster", session)}
        equal(told[member], "confirmed" if answer.code else "checked_in", "what is told is what is on disk")
        os.unlink(filler)
        after = desk.member(at=MORNING + minutes(1))
        check(after in {each["id"] for each in desk.items("member", "list")}, "with room again it goes on")
        desk.verified()
    check(desk.hash() != before["hash"], "something was written in between")
    for member in members:
        one_of(desk("checkin", "--member", member).code, (None, "already_checked_in"), "check-in with room again")
    equal({row["status"] for row in desk.items("roster", session)}, {"checked_in"}, "roster")
    print("ok")


if __name__ == "__main__":
    main()
