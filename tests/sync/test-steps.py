#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desk, agent and hub, killed at every step in which they touch disk or network, while they push, pull, acknowledge,
fetch rights, pair, hand over snapshots and fold their log: nothing acknowledged is lost, nothing is there twice, no
class is overbooked, and all agree in the end.

Each scenario runs once unharmed under tests/sync/mortal.c, which lists its steps. Then it runs again on a copy of the
same studio for each step that is tried, with the part that is watched killed there. Of equal steps in a row the first
and the last count; where there are more than a scenario may try, they are spread evenly over it. SL_TEST_LONG=1 tries
every single one, before, half-way and after.
"""
import collections
import contextlib
import datetime
import itertools
import json
import os
import queue
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading

from live import AGENT, DEADLINE_S, Hub, LiveDesk, Process, agreed, wait_until, wait_until_agreed
from postgresql import Postgresql

MORTAL = os.path.abspath(sys.argv[2])
del sys.argv[2]

from contract import (  # noqa: E402
    COMMAND_SECONDS,
    EXIT_DONE,
    EXIT_NETWORK,
    PROGRAM,
    SANITIZER,
    UTC,
    Answer,
    Desk,
    Failure,
    check,
    days,
    equal,
    hours,
    main,
    test,
)

LONG = bool(os.environ.get("SL_TEST_LONG"))
WORKERS = 2  # studios at a time, each with a hub of its own
CAPACITY = 3
ROUNDS_MAX = 8  # of exchanges until all agree: two are enough where nothing was lost on the way
LEFT_OUT = shutil.ignore_patterns("*.sock", "agent.lock", "*.log")

Step = collections.namedtuple("Step", "name turn when")


class Mortal:
    """What one program is told: to list its steps, and to die at one."""

    def __init__(self, place, step=None, trigger=False):
        self.list = os.path.join(place, "steps")
        self.trigger = os.path.join(place, "go") if trigger else None
        self.step = step

    @property
    def env(self):
        env = {"LD_PRELOAD": MORTAL, "SL_MORTAL_LIST": self.list}
        if self.trigger:
            env["SL_MORTAL_TRIGGER"] = self.trigger
        if self.step:
            env.update(
                SL_MORTAL_STEP=self.step.name, SL_MORTAL_TURN=str(self.step.turn), SL_MORTAL_WHEN=self.step.when
            )
        return env

    def arm(self):
        if self.trigger:
            with open(self.trigger, "xb"):
                pass

    def disarm(self):
        if self.trigger:
            os.remove(self.trigger)

    def names(self):
        if not os.path.exists(self.list):
            return []
        with open(self.list, encoding="utf-8") as lines:
            return lines.read().splitlines()


def runs(names):
    """Equal steps in a row: name, turn of the first, turn of the last."""
    turns, found = collections.Counter(), []
    for name in names:
        turns[name] += 1
        if found and found[-1][0] == name:
            found[-1][2] = turns[name]
        else:
            found.append([name, turns[name], turns[name]])
    return found


def may_break_in_two(name):
    return name.split()[0] in ("write", "pwrite", "send")


def steps_of(names):
    """All that is worth dying at. After the last of a run is before the first of the next one."""
    chosen = []
    for name, first, last in runs(names):
        each = range(first, last + 1) if LONG else sorted({first, last})
        for turn in each:
            if name.startswith("recv "):  # known when it is there: dying before is dying after
                chosen.append(Step(name, turn, "after"))
                continue
            chosen.append(Step(name, turn, "before"))
            if may_break_in_two(name) and (LONG or name.startswith("send ")):
                chosen.append(Step(name, turn, "half"))
            if LONG or turn == last:
                chosen.append(Step(name, turn, "after"))
    return chosen


def spread(steps, most):
    """The first, the last, and evenly between them."""
    if LONG or len(steps) <= most:
        return steps
    return [steps[round(at * (len(steps) - 1) / (most - 1))] for at in range(most)]


class MortalDesk(LiveDesk):
    def dying(self, env, *words):
        """Runs a command under mortal.c; gives its answer, or None where it was killed."""
        done = subprocess.run(
            [PROGRAM, "--data", self.directory, "--json", *map(str, words)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "TZ": "UTC", **env},
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode == -signal.SIGKILL:
            check(not SANITIZER.search(done.stderr), f"at fault: {done.stderr}")
            return None
        answer = Answer(words, done.returncode, done.stdout, done.stderr)
        self.examine(answer, True)
        return answer


def copy_file(source, target):
    """An identity that is copied makes its device a new one; the same file in another place does not."""
    if os.path.basename(source) == "identity":
        os.link(source, target)
    else:
        shutil.copy2(source, target)


class Studio:
    """A hub and desks in one directory that can be copied; facts: what was acknowledged, and ids."""

    def __init__(self, place, port, facts, names, store=None):
        self.place, self.port, self.facts = place, port, json.loads(json.dumps(facts))
        self.hub = Hub(os.path.join(place, "hub"), store=store)
        self.hub.port = port
        self.desks = {name: MortalDesk(os.path.join(place, name)) for name in names}
        self.agents = {}
        self.mortal = None

    def __getattr__(self, name):
        try:
            return self.__dict__["desks"][name]
        except KeyError:
            raise AttributeError(name) from None

    def join(self, name):
        self.desks[name] = MortalDesk(os.path.join(self.place, name))
        return self.desks[name]

    def copy(self, place, store=None):
        shutil.copytree(self.place, place, ignore=LEFT_OUT, copy_function=copy_file)
        return Studio(place, self.port, self.facts, list(self.desks), store)

    def code(self):
        return self.hub.run("pairing-code", "--org", self.facts["org"])["code"]

    def start_agent(self, name, env=None):
        desk = self.desks[name]
        agent = Process([AGENT, "--data", desk.directory, "--no-lan"], desk.directory + ".agent.log", env).start()
        self.agents[name] = agent
        socket = os.path.join(desk.directory, "agent.sock")
        wait_until(lambda: os.path.exists(socket) and desk.status()["online"], "the agent is there")

    def end(self):
        for agent in self.agents.values():
            agent.kill()
        self.agents.clear()
        self.hub.kill()

    def told(self):
        for process in (self.hub, *self.agents.values()):
            if os.path.exists(process.log):
                yield process.told()

    # What all scenarios have in common.

    def member(self, desk):
        made = self.desks[desk].member()
        self.facts["members"].append(made)
        return made

    def booked(self, answer):
        """An acknowledged booking."""
        equal(answer["status"], "confirmed", "booked")
        self.facts["bookings"][answer["id"]] = answer["session"]

    def exchange(self):
        for desk in self.desks.values():
            desk.ok("sync", "now")

    def agree(self):
        """All exchange until all hold the same."""
        for _ in range(ROUNDS_MAX):
            self.exchange()
            if agreed(self.desks.values()):
                return
        raise Failure("no agreement: " + ", ".join(str(desk.status()) for desk in self.desks.values()))

    def judge(self):
        facts = self.facts
        first = next(iter(self.desks.values()))
        known = [each["id"] for each in first.items("member", "list")]
        equal(sorted(known), sorted(facts["members"]), "members")
        for session, capacity in facts["sessions"].items():
            there = [each["booking"] for each in first.items("roster", session)]
            equal(len(there), len(set(there)), "bookings that are there twice")
            wanted = [booking for booking, at in facts["bookings"].items() if at == session]
            equal(sorted(there), sorted(wanted), "bookings")
            shown = first.ok("session", "show", session)
            check(shown["confirmed"] + shown["held"] <= capacity, f"overbooked: {shown}")
            equal(shown["confirmed"], len(wanted), "confirmed")
        equal(first.balance(facts["payer"]), facts["balance"], "credits")
        for desk in self.desks.values():
            desk.verified()
        self.judge_hub()
        for text in self.told():
            check(not SANITIZER.search(text.encode()), f"at fault: {text[-3000:]}")

    def judge_hub(self):
        """Its log holds each operation of each device once, in one line from the first to the last."""
        path = os.path.join(self.hub.directory, "hub.db")
        if not os.path.exists(path):
            return
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            equal(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "hub.db")
            ends = {}
            for replica, first, last in database.execute(
                "SELECT replica, first_seq, last_seq FROM entry WHERE kind = 1 ORDER BY number"
            ):
                equal(first, ends.get(replica, first - 1) + 1, "the next operation of a chain")
                ends[replica] = last
            check(ends, "the hub has operations")

    def worker_is_done(self):
        """The hub's replica has applied its log."""
        with contextlib.closing(sqlite3.connect(f"file:{self.hub.directory}/hub.db?mode=ro", uri=True)) as database:
            log = {bytes(replica): last for replica, last in database.execute("SELECT replica, last_seq FROM chain")}
        for folder, _, names in os.walk(self.hub.replicas):
            if "studioloop.db" not in names:
                continue
            with (
                contextlib.suppress(sqlite3.OperationalError),  # it is only being made
                contextlib.closing(sqlite3.connect(f"file:{folder}/studioloop.db?mode=ro", uri=True)) as database,
            ):
                has = dict(database.execute("SELECT replica, applied_seq FROM local_chain"))
                if log and all(has.get(replica, 0) >= last for replica, last in log.items()):
                    return True
        return False


# The studios that scenarios begin with.


def furnish(studio, desk):
    """A member with credits, a class of nobody's, and one booking."""
    facts = studio.facts
    facts["payer"] = studio.member("a")
    desk.credited(facts["payer"], 1000)
    service = desk.service(capacity=CAPACITY, credits_hundredths=100)
    facts["session"] = desk.session(service, desk.now + hours(40))
    facts["sessions"] = {facts["session"]: CAPACITY}
    studio.booked(desk.book(facts["payer"], facts["session"]))
    facts["balance"] = desk.balance(facts["payer"])


def alone(studio):
    """A stand-alone studio, and an account for it."""
    made = studio.hub.run("org", "add", "Fynbos")
    studio.facts.update(org=made["id"], founding=made["code"])
    studio.join("a").init()
    furnish(studio, studio.a)


def found(studio):
    studio.a.ok("pair", studio.hub.url, studio.facts["founding"])
    studio.a.ok("sync", "now")


def two(studio):
    """Two desks and their hub, agreed."""
    alone(studio)
    found(studio)
    studio.join("b").ok("pair", studio.hub.url, studio.code(), "--name", "b")
    studio.agree()


def old(studio):
    """A stand-alone studio of two desks, whose log is old enough to be folded."""
    made = studio.hub.run("org", "add", "Fynbos")
    studio.facts.update(org=made["id"], founding=made["code"])
    today = datetime.datetime.now(UTC)
    began = today - days(45)
    early = {name: Desk(os.path.join(studio.place, name), began) for name in ("a", "b")}
    sticks = {name: os.path.join(studio.place, "stick-" + name) for name in early}

    def swap():
        for one, other in (("a", "b"), ("b", "a")):
            early[one].ok("sync", "export", sticks[one])
            early[other].ok("sync", "import", sticks[one])
            os.remove(sticks[one])

    early["a"].init()
    early["a"].ok("device", "invite", sticks["a"])
    early["b"].ok("device", "join", sticks["a"])
    os.remove(sticks["a"])
    for desk in early.values():
        desk.serial = 100 if desk is early["b"] else 0
        studio.facts["members"] += [desk.member() for _ in range(4)]
    swap()
    for desk in early.values():
        desk.now = today - hours(1)
        studio.facts["members"].append(desk.member())
    swap()
    swap()
    studio.join("a")
    studio.join("b")
    studio.a.serial = 200
    furnish(studio, studio.a)


def folded(studio):
    old(studio)
    check(studio.a.ok("oplog", "fold")["operations"] > 10, "it is folded")
    studio.desks.pop("b")


def folded_at_hub(studio):
    folded(studio)
    found(studio)


def foldable(studio):
    old(studio)
    found(studio)
    studio.b.ok("pair", studio.hub.url, studio.code())
    studio.agree()


# What happens in them. act: env is for the program that dies; gives its answer, None where it was killed.


def dirty(studio):
    """Something to push: a member, and a booking that is paid for."""
    desk, facts = studio.a, studio.facts
    desk.serial = 300
    new = studio.member("a")
    desk.credited(new, 500)
    studio.booked(desk.book(new, facts["session"]))


def to_push(studio):
    two(studio)
    dirty(studio)


def to_pull(studio):
    to_push(studio)
    studio.a.ok("sync", "now")


def exchanged(studio, answer):
    """What is acknowledged is at the hub: another desk gets it from there alone."""
    if answer is None or answer.status != EXIT_DONE or answer.json["pending"] != 0 or "b" not in studio.desks:
        return
    studio.b.ok("sync", "now")
    known = {each["id"] for each in studio.b.items("member", "list")}
    equal(set(studio.facts["members"]) - known, set(), "members that were acknowledged and are not at the hub")


def sync_at(name):
    def act(studio, env):
        answer = studio.desks[name].dying(env, "sync", "now")
        check(answer is None or answer.status in (EXIT_DONE, EXIT_NETWORK), f"sync now: {answer}")
        return answer

    return act


def pairing(name):
    """Joining or founding; the same words once more where it was not done."""

    def words(studio):
        return "pair", studio.hub.url, studio.facts["code"]

    def act(studio, env):
        answer = studio.join(name).dying(env, *words(studio))
        check(answer is None or answer.status in (EXIT_DONE, EXIT_NETWORK), f"pair: {answer}")
        return answer

    def again(studio, answer):
        if answer is None or answer.status != EXIT_DONE:
            answer = studio.desks[name](*words(studio))
            done = answer.status == EXIT_DONE or answer.code == "already_initialised"
            check(done, f"the same pairing once more: {answer}")
        equal(studio.desks[name].status()["hub"], studio.hub.url, "its hub")

    return act, again


def coded(studio):
    """Codes are good for ten minutes: each run has one of its own."""
    studio.facts["code"] = studio.code()


def book_far(studio, env, key="once"):
    """A spot that lies elsewhere is fetched inside the desk's command."""
    facts = studio.facts
    return studio.b.dying(env, "book", "--member", facts["guest"], "--session", facts["far"], "--key", key)


def booked_far(studio, answer):
    """Who was not answered asks once more under the same key; who was refused, since the spot could not come, anew."""
    told = [answer or book_far(studio, {})]

    def booked():
        if told[-1].status != EXIT_DONE:
            told.append(book_far(studio, {}, f"again {len(told)}"))
        return told[-1].status == EXIT_DONE

    wait_until(booked, lambda: f"the spot comes: {told[-1]}")
    studio.booked(told[-1].json)


def with_far_spots(studio):
    two(studio)
    facts = studio.facts
    facts["guest"] = studio.member("a")
    facts["far"] = studio.a.free_class(studio.a.now + hours(44), capacity=CAPACITY)
    facts["sessions"][facts["far"]] = CAPACITY
    hub = studio.a.status()["hub_replica"]
    studio.a.ok("rights", "move", facts["far"], "--to", hub, "--spots", CAPACITY)
    studio.agree()


def fold(studio, env):
    return studio.a.dying(env, "oplog", "fold")


def folded_now(studio, answer):
    told = studio.a.ok("oplog", "fold")
    check(answer is None or told["operations"] == 0, "it was folded")
    with contextlib.closing(sqlite3.connect(f"file:{studio.a.directory}/studioloop.db?mode=ro", uri=True)) as database:
        equal(database.execute("SELECT count(*) > 0 FROM local_snapshot").fetchone()[0], 1, "a snapshot is kept")


def live_exchange(studio, _env):
    """The agent of a pushes what is written there, and pulls what b has pushed."""
    agent = studio.agents["a"]
    studio.a.serial, studio.b.serial = 400, 500
    here, there = studio.member("a"), studio.member("b")
    studio.b.ok("sync", "now")

    def is_done():
        known = {each["id"] for each in studio.a.items("member", "list")}
        return not agent.runs or ({here, there} <= known and studio.a.status()["pending"] == 0)

    wait_until(is_done, "the agent exchanges")
    return None


Scenario = collections.namedtuple("Scenario", "name part most build act again ready agents", defaults=(None, None, ()))


# Their running.


class Workshop:
    """Where studios are built, copied, broken and judged, one at a time; its hubs have one port."""

    def __init__(self, place, database=None):
        self.place, self.database, self.built, self.number = place, database, {}, itertools.count(1)
        os.makedirs(place)

    def store(self, name):
        """A database of its own for a hub; None: SQLite."""
        return self.database.database(name) if self.database else None

    def template(self, build):
        if build not in self.built:
            name = f"studio{next(self.number)}"
            empty = {"members": [], "bookings": {}}
            studio = Studio(os.path.join(self.place, name), 0, empty, [], self.store(name))
            os.makedirs(studio.place, exist_ok=True)
            try:
                studio.hub.start()
                build(studio)
                wait_until(lambda: self.settled(studio), "the hub has worked all of it in")
            finally:
                studio.end()
            studio.port = studio.hub.port
            self.built[build] = studio, name
        return self.built[build]

    def settled(self, studio):
        return self.database is not None or not studio.a.status()["hub"] or studio.worker_is_done()

    def copy(self, build):
        template, name = self.template(build)
        copy = f"copy{next(self.number)}"
        store = None
        if self.database:
            wait_until(lambda: self.copy_database(name, copy), "the killed hub's connections are gone")
            store = template.hub.store.replace(name, copy)
        return template.copy(os.path.join(self.place, copy), store)

    def copy_database(self, name, copy):
        try:
            self.database.query(f"CREATE DATABASE {copy} TEMPLATE {name}")
            return True
        except RuntimeError as problem:
            if "being accessed" not in str(problem):
                raise
            return False

    def run(self, scenario, step=None):
        """Once, with a death at a step; gives the names of the steps that came, or whether it came to it."""
        studio = self.copy(scenario.build)
        mortal = Mortal(studio.place, step, trigger=scenario.part != "desk")
        try:
            victim = self.begin(studio, scenario, mortal)
            mortal.arm()
            answer = scenario.act(studio, mortal.env if scenario.part == "desk" else {})
            if scenario.part == "hub" and not self.database:
                wait_until(lambda: self.reached(mortal) or studio.worker_is_done(), "the hub has worked all of it in")
            reached = self.reached(mortal)
            if victim is not None and reached:
                wait_until(lambda: not victim.runs, "it is dead")
            mortal.disarm()
            names = mortal.names()
            self.mend(studio, scenario, mortal)
            (scenario.again or (lambda *_: None))(studio, answer)
            studio.agree()
            studio.judge()
            return reached if step else names
        except BaseException:
            print(f"# {scenario.name}, {scenario.part} dies at {step}")
            for text in studio.told():
                print("# " + text[-1500:].replace("\n", "\n# "))
            raise
        finally:
            studio.end()
            shutil.rmtree(studio.place, ignore_errors=True)
            if self.database:
                self.database.query(f"DROP DATABASE IF EXISTS {os.path.basename(studio.place)} WITH (FORCE)")

    @staticmethod
    def reached(mortal):
        return mortal.step is not None and mortal.names().count(mortal.step.name) >= mortal.step.turn

    @staticmethod
    def begin(studio, scenario, mortal):
        if scenario.part == "hub":
            studio.hub.env = mortal.env
        studio.hub.start()
        if scenario.ready:
            scenario.ready(studio)
        for name in scenario.agents:
            studio.start_agent(name, mortal.env if scenario.part == "agent" else None)
        return {"hub": studio.hub, "agent": studio.agents.get(scenario.agents[0] if scenario.agents else "")}.get(
            scenario.part
        )

    @staticmethod
    def mend(studio, scenario, mortal):
        """What died is started again."""
        if scenario.part == "hub":
            studio.hub.kill()
            studio.hub.env = {}
            studio.hub.start()
        if scenario.part == "agent":
            for name in scenario.agents:
                studio.agents.pop(name).kill()
                studio.start_agent(name)


def all_workshops(root=[]):  # pylint: disable=dangerous-default-value # made once, for all tests
    if not root:
        place = tempfile.TemporaryDirectory(prefix="sl-steps-")
        root += [place, [Workshop(os.path.join(place.name, str(n))) for n in range(WORKERS)]]
    return root[1]


def tell_steps(names):
    for name, first, last in runs(names):
        print(f"#   {last - first + 1:4} {name}")


def die_everywhere(scenario, workshops):
    names = workshops[0].run(scenario)
    check(names, "there are steps")
    tell_steps(names)
    possible = steps_of(names)
    chosen = spread(possible, scenario.most)
    work, came, problems = queue.SimpleQueue(), [], []
    for step in chosen:
        work.put(step)

    def worker(workshop):
        while not problems:
            try:
                step = work.get_nowait()
            except queue.Empty:
                return
            try:
                came.append(workshop.run(scenario, step))
            except Exception as problem:  # pylint: disable=broad-except # it is this step's failure
                problems.append(Failure(f"killed {step.when} {step.name} ({step.turn}): {problem}"))

    threads = [threading.Thread(target=worker, args=(workshop,)) for workshop in workshops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S * len(chosen))
    if problems:
        raise problems[0]
    print(f"# {sum(came)} of {len(chosen)} deaths came, of {len(possible)} possible, of {len(names)} steps")
    # A command does the same each time. What the threads of a program that stays do comes in any order, and what they
    # do together one time (an exchange for two reasons) they do one by one the next.
    least = {"desk": len(chosen), "hub": len(chosen) // 2, "agent": len(chosen) // 4}[scenario.part]
    check(sum(came) >= least, f"the steps of {scenario.name} differ from run to run: {came}")


JOIN, JOINED = pairing("c")
FOUND, FOUNDED = pairing("a")

SCENARIOS = [
    Scenario("pushes", "desk", 6, to_push, sync_at("a"), exchanged),
    Scenario("pushes", "hub", 5, to_push, sync_at("a"), exchanged),
    Scenario("pulls", "desk", 4, to_pull, sync_at("b")),
    Scenario("pulls", "hub", 3, to_pull, sync_at("b")),
    Scenario("founds", "desk", 5, alone, FOUND, FOUNDED, coded),
    Scenario("founds", "hub", 5, alone, FOUND, FOUNDED, coded),
    Scenario("joins", "desk", 8, two, JOIN, JOINED, coded),
    Scenario("joins", "hub", 4, two, JOIN, JOINED, coded),
    Scenario("pushes a snapshot", "desk", 3, folded, FOUND, FOUNDED, coded),
    Scenario("pushes a snapshot", "hub", 4, folded, FOUND, FOUNDED, coded),
    Scenario("joins from a snapshot", "desk", 4, folded_at_hub, JOIN, JOINED, coded),
    Scenario("joins from a snapshot", "hub", 3, folded_at_hub, JOIN, JOINED, coded),
    Scenario("folds its log", "desk", 5, foldable, fold, folded_now),
    Scenario("fetches rights", "desk", 3, with_far_spots, book_far, booked_far, None, ("b",)),
    Scenario("fetches rights", "agent", 4, with_far_spots, book_far, booked_far, None, ("b",)),
    Scenario("fetches rights", "hub", 4, with_far_spots, book_far, booked_far, None, ("b",)),
    Scenario("exchanges by itself", "agent", 6, two, live_exchange, None, None, ("a",)),
]


def register(scenario):
    who = {"desk": "a desk's command", "agent": "the agent", "hub": "the hub"}[scenario.part]

    @test(f"{who} is killed at each step while a desk {scenario.name}")
    def _(_context):
        die_everywhere(scenario, all_workshops())


for each in SCENARIOS:
    register(each)


@test("the hub is killed at each step while desks push and pull, on PostgreSQL")
def _(context):
    with Postgresql() as database:
        workshops = [Workshop(os.path.join(context.place, "steps"), database)]
        die_everywhere(Scenario("pushes", "hub", 5, to_push, sync_at("a"), exchanged), workshops)
        die_everywhere(Scenario("pulls", "hub", 3, to_pull, sync_at("b")), workshops)


if __name__ == "__main__":
    sys.exit(main("sync-steps"))
