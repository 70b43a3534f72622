#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hub processes on one PostgreSQL, HAProxy in front of them: devices do not notice which one answers, nor that one
of them, or the database, goes away and comes back."""
import os
import socket
import subprocess
import sys

from hub_http import HUB, FrontHub, check, equal, main, request, test, wait_until
from postgresql import Postgresql

CONFIGURATION = """\
global
  maxconn 2000
defaults
  mode http
  option forwardfor
  option http-keep-alive
  option redispatch
  retries 3
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend public
  bind fd@{fd}
  default_backend hubs
backend hubs
  balance roundrobin
  option httpchk GET /health
  default-server check inter 200ms fall 2 rise 1
"""


class Balancer:
    """HAProxy on a port that the kernel chose."""

    def __init__(self, directory, hubs):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        self.socket.set_inheritable(True)
        path = os.path.join(directory, "haproxy.cfg")
        with open(path, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(fd=self.socket.fileno()))
            for number, hub in enumerate(hubs):
                file.write(f"  server hub{number} 127.0.0.1:{hub.port}\n")
        with open(os.path.join(directory, "haproxy.log"), "wb") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/haproxy", "-db", "-f", path],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self.socket.fileno()],
            )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        self.process.kill()
        self.process.wait()
        self.socket.close()


class Cluster:
    def __init__(self, place):
        self.place = place
        self.database = place.stack.enter_context(Postgresql())
        store = self.database.database("hub")
        self.hubs = [
            place.hub(name=name, store=store, replicas=os.path.join(place.path, name, "replicas"))
            for name in ("hub-a", "hub-b")
        ]
        self.balancer = Balancer(place.path, self.hubs)
        place.stack.callback(self.balancer.close)
        self.port = self.balancer.port
        wait_until(lambda: self.health() == 200, "the balancer sees the hubs")

    def health(self):
        return FrontHub.ask(self, request("GET", "/health")).status

    def founded(self, name="one"):
        desk = self.place.desk(name)
        desk.init(org="Fynbos Fitness")
        account = self.hubs[0].run("org", "add", "Fynbos Fitness")
        desk.ok("pair", self.balancer.url, account["code"])
        return desk, account["org"]

    def joined(self, account, name="two", hub=1):
        desk = self.place.desk(name)
        desk.ok("pair", self.balancer.url, self.hubs[hub].run("pairing-code", "--org", account)["code"])
        return desk


def add_member(desk, number):
    return desk.ok("member", "add", "--first", "Thandi", "--last", f"Nkosi{number}", "--anyway")["id"]


def agree(*desks):
    """Exchanges until all hold the same."""

    def same():
        for desk in desks:
            desk("sync", "now")
        return len({desk.ok("state-hash")["hash"] for desk in desks}) == 1

    wait_until(same, lambda: [desk.status() for desk in desks])


def members(desk):
    return {each["id"] for each in desk.ok("member", "list")["items"]}


@test("two processes are one hub to a studio")
def one_hub(place):
    cluster = Cluster(place)
    one, account = cluster.founded()
    two = cluster.joined(account)
    for number in range(6):
        add_member(one if number % 2 else two, number)
        one.ok("sync", "now")
        two.ok("sync", "now")
    agree(one, two)
    equal(len(members(one)), 6, "members")
    counts = [hub.counted("/v1/sync", "ok") for hub in cluster.hubs]
    check(all(count > 2 for count in counts), f"both answered: {counts}")
    for hub in cluster.hubs:
        replicas = {each["replica"] for each in hub.run("device", "list", "--org", account)["items"]}
        equal(len(replicas), 3, "one device of the hub's and the two desks")
    for desk in (one, two):
        equal(desk.ok("verify")["ok"], True, "verify")


@test("a code is good once over all processes and so is a request")
def once(place):
    cluster = Cluster(place)
    _one, account = cluster.founded()
    code = cluster.hubs[0].run("pairing-code", "--org", account)["code"]
    place.desk("two").ok("pair", cluster.hubs[1].url, code)
    refused = place.desk("three")("pair", cluster.hubs[0].url, code)
    equal((refused.status, refused.code), (7, "hub_refused"), "the second time")
    studio = cluster.hubs[0].run("org", "list")["items"][0]["organisation"]
    headers = place.signer().headers("POST", "/v1/sync", b"body", org=studio)
    data = request("POST", "/v1/sync", [FrontHub.somewhere(), *headers.items()], b"body")
    check(cluster.hubs[0].ask(data).code != "replayed", "the first time")
    equal(cluster.hubs[1].ask(data).code, "replayed", "at the other process")


@test("one process dies again and again and nothing acknowledged is lost")
def dies(place):
    cluster = Cluster(place)
    one, account = cluster.founded()
    two = cluster.joined(account)
    written = set()
    for number in range(6):
        victim = cluster.hubs[number % 2]
        victim.kill()
        written.add(add_member(one, number))
        wait_until(lambda: one("sync", "now").status == 0, "the other one serves")
        victim.start()
    agree(one, two)
    equal(members(two), written, "members at the other desk")
    equal(two.ok("verify")["ok"], True, "verify")


@test("the database goes away and the desks work on")
def database_away(place):
    cluster = Cluster(place)
    one, account = cluster.founded()
    two = cluster.joined(account)
    agree(one, two)
    cluster.database.kill()
    wait_until(lambda: cluster.hubs[0].ask(request("GET", "/health")).status == 503, "the hub says so")
    wait_until(lambda: cluster.health() == 503, "the balancer knows")
    add_member(one, 1)
    add_member(two, 2)
    equal(one("sync", "now").status, 7, "offline")
    check(all(hub.runs for hub in cluster.hubs), "the processes wait for it")
    check(cluster.hubs[0].metrics()["studioloop_hub_store_failures_total"] > 0, "counted")
    cluster.database.start()
    wait_until(lambda: cluster.health() == 200, "well again")
    agree(one, two)
    equal(len(members(one)), 2, "both members at both")
    events = {each["event"] for each in cluster.hubs[0].events()}
    check("store_failing" in events, f"the log says so: {events}")


@test("news of one process reaches devices that listen at the other")
def news(place):
    cluster = Cluster(place)
    one, account = cluster.founded()
    two = place.desk("two")
    two.ok("pair", cluster.hubs[1].url, cluster.hubs[0].run("pairing-code", "--org", account)["code"])
    place.stack.callback(two.agent.kill)
    two.agent.start()
    wait_until(lambda: cluster.hubs[1].metrics()["studioloop_hub_streams"] == 1, "its agent listens")
    before = cluster.hubs[1].metrics()["studioloop_hub_news_total"]
    member = add_member(one, 1)
    while cluster.hubs[0].counted("/v1/sync", "ok") == 0 or one.ok("sync", "now")["pending"]:
        one.ok("sync", "now")
    wait_until(lambda: member in members(two), "the member is there, and nobody asked")
    check(cluster.hubs[1].metrics()["studioloop_hub_news_total"] > before, "by news")


if __name__ == "__main__":
    check(HUB, "the programs are missing")
    sys.exit(main("hub-cluster"))
