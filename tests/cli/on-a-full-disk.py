#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""on-a-full-disk.py PROGRAM PLACE mounted|pretended: fills the disk under a studio and looks at what the commands say.

mounted: a small file system is mounted on PLACE; runs in a mount namespace of its own (see test-storage.py), so the
disk goes when this program does. pretended: the library full-disk.c, preloaded, says that the disk is full.
"""
import os
import struct
import subprocess
import sys

from contract import MORNING, Desk, check, equal, minutes, one_of

DISK_BYTES = 24 * 1024 * 1024


class MountedDisk:
    """A tmpfs, and a file on it that takes the room."""

    env = {}

    def __init__(self, place):
        self.place, self.filler = place, os.path.join(place, "filler")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "none", place], check=True)

    def leave(self, count):
        free = os.statvfs(self.place)
        with open(self.filler, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - count)

    def make_room(self):
        os.unlink(self.filler)


class PretendedDisk:
    """A number in a file."""

    def __init__(self, place):
        self.free = os.path.join(place, "free")
        self.env = {
            "LD_PRELOAD": os.environ["SL_TEST_FULL_DISK"],
            "SL_TEST_DISK_DIR": os.path.join(place, "data"),
            "SL_TEST_DISK_FREE": self.free,
        }
        self.make_room()

    def leave(self, count):
        with open(self.free, "wb") as file:
            file.write(struct.pack("=q", count))

    def make_room(self):
        self.leave(DISK_BYTES)


def write_until_full(desk, leave_bytes):
    for number in range(40):
        answer = desk("member", "add", "--first", "Full", "--last", f"Disk {leave_bytes} {number}")
        one_of(answer.code, (None, "disk_full"), "code on a full disk")
        if answer.code == "disk_full":
            return
    check(False, "forty commands on a disk without room")


def try_to_check_in(desk, session, member):
    """Done or disk_full: what is told is what is on disk."""
    full = desk.ok("state-hash")
    held = {each["id"] for each in desk.items("member", "list")}
    answer = desk("checkin", "--member", member)
    one_of(answer.code, (None, "disk_full"), "code of a check-in on a full disk")
    if answer.code == "disk_full":
        equal(desk.ok("state-hash"), full, "state hash and vector after a refused command")
    equal({each["id"] for each in desk.items("member", "list")}, held, "members")
    told = {row["member"]: row["status"] for row in desk.items("roster", session)}
    equal(told[member], "confirmed" if answer.code else "checked_in", "roster")


def main():
    place, kind = sys.argv[2:]
    disk = MountedDisk(place) if kind == "mounted" else PretendedDisk(place)
    desk = Desk(os.path.join(place, "data"))
    desk.env = disk.env
    desk.init()
    session = desk.free_class(MORNING + minutes(20), capacity=30)
    members = [desk.member() for _ in range(3)]
    for member in members:
        desk.book(member, session)
    before = desk.hash()
    for leave_bytes, member in zip((0, 4096, 12288), members):
        disk.leave(leave_bytes)
        write_until_full(desk, leave_bytes)
        try_to_check_in(desk, session, member)
        disk.make_room()
        after = desk.member(at=MORNING + minutes(1))
        check(after in {each["id"] for each in desk.items("member", "list")}, "with room again it goes on")
        desk.verified()
    check(desk.hash() != before, "something was written in between")
    for member in members:
        one_of(desk("checkin", "--member", member).code, (None, "already_checked_in"), "check-in with room again")
    equal({row["status"] for row in desk.items("roster", session)}, {"checked_in"}, "roster")


if __name__ == "__main__":
    main()
