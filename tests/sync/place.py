# SPDX-License-Identifier: GPL-3.0-or-later
"""A hub with the desks that are paired with it, and desks that know of each other alone."""
import contextlib
import os
import select
import socket

from live import AGENT, Hub, LiveDesk, Process, wait_until

from contract import check


class Place:
    """A hub, and desks that are paired with it."""

    def __init__(self, context):
        self.context = context
        self.hub = Hub(os.path.join(context.place, "hub")).start()
        self.made = self.hub.run("org", "add", "Fynbos")
        self.desks = []

    def founder(self, name="first"):
        desk = self.desk(name)
        desk.init()
        desk.ok("pair", self.hub.url, self.made["code"])
        return desk

    def desk(self, name):
        desk = LiveDesk(os.path.join(self.context.place, name))
        self.desks.append(desk)
        return desk

    def code(self):
        return self.hub.run("pairing-code", "--org", self.made["id"])["code"]

    def joined(self, name="second"):
        desk = self.desk(name)
        desk.ok("pair", self.hub.url, self.code(), "--name", name)
        return desk

    def end(self):
        for desk in self.desks:
            desk.agent.kill()
        self.hub.kill()


@contextlib.contextmanager
def place(context):
    made = Place(context)
    try:
        yield made
    finally:
        made.end()


def quiet(desk):
    """An agent that finds nobody but the hub."""
    desk.agent = Process([AGENT, "--data", desk.directory, "--no-lan"], desk.directory + ".agent.log").start()
    wait_until(lambda: os.path.exists(os.path.join(desk.directory, "agent.sock")), "the agent listens")


def ports_of(count):
    """As many free ones."""
    chosen = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in chosen]
    for each in chosen:
        each.close()
    return ports


def by_cable(desks, ports):
    """Agents that know of each other and of no hub."""
    ids = [desk.status()["replica"] for desk in desks]
    for desk, port in zip(desks, ports):
        words = ["--lan-address", "127.0.0.1", "--lan-port", port]
        for other, at in zip(ids, ports):
            words += ["--neighbour", f"{other}=http://127.0.0.1:{at}"] if at != port else []
        desk.agent = Process([AGENT, "--data", desk.directory, *words], desk.directory + ".agent.log").start()


@contextlib.contextmanager
def switched_off(port):
    """Whoever connects there waits for an answer that never comes, as with a machine that is off."""
    with contextlib.ExitStack() as held:
        full = held.enter_context(socket.create_server(("127.0.0.1", port), backlog=0))
        for _ in range(20):
            waits = held.enter_context(socket.socket())
            waits.setblocking(False)
            waits.connect_ex(full.getsockname())
            if not select.select([], [waits], [], 0.2)[1]:
                break
        else:
            check(False, "its queue is never full")
        yield
