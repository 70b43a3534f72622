#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever asked to be forgotten, at desks whose agents run and at their hub."""
import contextlib
import os
import shutil
import sys

from live import Hub, LiveDesk, agreed, wait_until, wait_until_agreed

from contract import equal, main, test
from person import found_in, tell


@contextlib.contextmanager
def studio(context):
    """Two desks with agents, and their hub."""
    hub = Hub(os.path.join(context.place, "hub")).start()
    made = hub.run("org", "add", "Fynbos")
    first, second = (LiveDesk(os.path.join(context.place, name)) for name in ("first", "second"))
    try:
        first.init()
        first.ok("pair", hub.url, made["code"])
        second.ok("pair", hub.url, hub.run("pairing-code", "--org", made["id"])["code"], "--name", "Second")
        for desk in (first, second):
            desk.agent.env["G_MESSAGES_DEBUG"] = "all"
            desk.agent.start()
        yield hub, made["id"], first, second
    finally:
        for desk in (first, second):
            desk.agent.kill()
        hub.kill()


def gone(desk, member):
    return desk.ok("member", "show", member)["status"] == "erased"


@test("erased at one desk: nothing is left at the other, at the hub, in what runs or in any file: member_erased")
def _(context):
    with studio(context) as (hub, org, first, second):
        member, _, _ = tell(first)
        wait_until(
            lambda: "pacemaker" in ((second("member", "show", member).json or {}).get("notes") or ""),
            "the other desk knows them",
        )
        wait_until_agreed([first, second])
        equal(found_in(context.place), [], "at rest, before")
        first.ok("member", "erase", member)
        wait_until(lambda: gone(second, member), "the other desk has heard")
        wait_until(lambda: agreed([first, second]), "all have")
        for desk in (first, second):
            desk.refused("member_erased", "member", "export", member)
            equal(desk.items("member", "list", "--search", "thandiwe"), [], "found")
            desk.ok("oplog", "export", desk.path("log-of-" + os.path.basename(desk.directory)), "--personal")
        # The hub makes its tables anew from its log, and lets somebody in who never knew them.
        hub.kill()
        shutil.rmtree(hub.replicas)
        hub.start()
        third = LiveDesk(os.path.join(context.place, "third"))
        third.ok("pair", hub.url, hub.run("pairing-code", "--org", org)["code"], "--name", "Third")
        wait_until(lambda: third.ok("sync", "now") and gone(third, member), "the third desk has heard")
        third.refused("member_erased", "member", "export", member)
        equal(found_in(context.place), [], "at rest, after")
        for desk in (first, second, third):
            desk.verified()


if __name__ == "__main__":
    sys.exit(main("erased"))
