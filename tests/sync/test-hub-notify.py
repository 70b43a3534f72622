#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hub that tells members what they are to be told, by a program: each once, whatever fails and whenever it ends."""
import contextlib
import json
import os
import stat
import subprocess
import sys
import urllib.request

from live import HUB, Hub, LiveDesk, wait_until

from contract import EXIT_INPUT, check, equal, main, test

PHONE = "0825550101"
RETRIED_S = 300  # a message is tried again after a minute, where nobody else keeps the machine busy
# Writes each message to a file of its own before it says what the file "answer" says.
SENDER = """#!/usr/bin/python3
import json, os, sys, time, uuid
where = os.path.dirname(os.path.abspath(sys.argv[0]))
message = json.load(sys.stdin)
name = os.path.join(where, "told", uuid.uuid4().hex)
with open(name + ".part", "w", encoding="utf-8") as file:
    json.dump(message, file)
os.rename(name + ".part", name)
with open(os.path.join(where, "answer"), encoding="ascii") as file:
    word = file.read()
if word == "hang":
    time.sleep(600)
sys.exit(int(word))
"""


class Sender:
    def __init__(self, place):
        self.place = os.path.join(place, "sender")
        os.makedirs(os.path.join(self.place, "told"))
        self.program = os.path.join(self.place, "sender.py")
        with open(self.program, "w", encoding="ascii") as file:
            file.write(SENDER)
        os.chmod(self.program, os.stat(self.program).st_mode | stat.S_IXUSR)
        self.answers(0)

    def answers(self, word):
        part = os.path.join(self.place, "answer.part")
        with open(part, "w", encoding="ascii") as file:
            file.write(str(word))
        os.rename(part, os.path.join(self.place, "answer"))

    def told(self):
        where = os.path.join(self.place, "told")
        names = [name for name in os.listdir(where) if not name.endswith(".part")]
        messages = []
        for name in names:
            with open(os.path.join(where, name), encoding="utf-8") as file:
                messages.append(json.load(file))
        return messages


@contextlib.contextmanager
def studio(context):
    """A hub that tells, and a desk whose agent runs."""
    sender = Sender(context.place)
    hub = Hub(os.path.join(context.place, "hub"))
    hub.words = ["--notify", sender.program]
    hub.start()
    desk = LiveDesk(os.path.join(context.place, "desk"))
    made = hub.run("org", "add", "Fynbos")
    try:
        desk.init()
        desk.ok("pair", hub.url, made["code"])
        desk.agent.start()
        yield hub, desk, sender
    finally:
        desk.agent.kill()
        hub.kill()


def events(hub, name):
    lines = [json.loads(line) for line in hub.told().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def metric(hub, result):
    with urllib.request.urlopen(hub.url + "/metrics", timeout=30) as answer:
        lines = answer.read().decode("utf-8").splitlines()
    wanted = f'studioloop_hub_notifications_total{{result="{result}"}} '
    return int(next(line for line in lines if line.startswith(wanted))[len(wanted) :])


def sent(desk):
    return [item for item in desk.items("notifications") if item["sent"]]


@test("what happens at a desk is told by the hub, once, also after it was begun anew")
def _(context):
    with studio(context) as (hub, desk, sender):
        member = desk.ok("member", "add", "--first", "Thandiwe", "--last", "Nkosi", "--phone", PHONE)["id"]
        message = wait_until(sender.told, "somebody is told")[0]
        equal((message["kind"], message["member"], message["to"]), ("welcome", member, "+27825550101"), "message")
        check("Thandiwe" in message["text"], f"the words: {message}")
        check(message["organisation"], f"whose member: {message}")
        wait_until(lambda: len(sent(desk)) == 1, "the desk has heard that it was sent")
        equal(metric(hub, "sent"), 1, "metric")
        equal(hub.stop(), 0, "exit status")
        hub.start()
        other = desk.ok("member", "add", "--first", "Sipho", "--last", "Dube", "--phone", "0825550102")["id"]
        wait_until(lambda: len(sender.told()) == 2, "the next one is told")
        equal({message["member"] for message in sender.told()}, {member, other}, "each once")
        wait_until(lambda: len(sent(desk)) == 2, "the desk has heard")
        check(events(hub, "notified"), "what it has done is in its log")
        for word in ("Thandiwe", "Nkosi", "5550101", "Sipho"):
            check(word not in hub.told(), f"{word} is in the hub's log")


@test("a program that fails is left alone for a while, and what it had is told later under the same id")
def _(context):
    with studio(context) as (hub, desk, sender):
        sender.answers(1)
        desk.ok("member", "add", "--first", "Thandiwe", "--last", "Nkosi", "--phone", PHONE)
        wait = wait_until(lambda: events(hub, "notifying_waits"), "it waits")[0]
        equal((wait["wait_ms"], wait["failures"]), (5000, 1), "how long")
        equal((metric(hub, "later"), metric(hub, "sent"), sent(desk)), (1, 0, []), "what became of it")
        sender.answers(0)
        wait_until(lambda: len(sent(desk)) == 1, "it is told after all", RETRIED_S)
        equal(len({message["id"] for message in sender.told()}), 1, "ids")


@test("a hub that is stopped while a program hangs ends it, and tells the member when it runs again")
def _(context):
    with studio(context) as (hub, desk, sender):
        sender.answers("hang")
        desk.ok("member", "add", "--first", "Thandiwe", "--last", "Nkosi", "--phone", PHONE)
        wait_until(sender.told, "the program runs")
        equal(hub.stop(), 0, "exit status")
        check(events(hub, "stopped")[-1]["clean"], "everything was put down")
        equal(sent(desk), [], "sent")
        sender.answers(0)
        hub.start()
        wait_until(lambda: len(sent(desk)) == 1, "it is told", RETRIED_S)


@test("nobody is told unless it was asked for, and what cannot be is refused: bad_input")
def _(context):
    sender = Sender(context.place)
    for words in (
        ["--notify", sender.program + ".no"],
        ["--notify", sender.program, "--notify-channel", "pigeon"],
        ["--notify-channel", "sms"],
    ):
        done = subprocess.run(
            [HUB, "serve", "--json", "--listen", "127.0.0.1:0", "--store", f"sqlite:{context.place}/none", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        equal(done.returncode, EXIT_INPUT, f"exit status of {words}: {done.stdout}")
        equal(json.loads(done.stdout)["error"]["code"], "bad_input", f"code of {words}")


if __name__ == "__main__":
    sys.exit(main("hub-notify"))
