#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: what broken, stolen and hostile devices write, by lines of JSON and by segments. Each is named, verify
reports it, attention tells people, and nobody else's operations are held up."""
import json
import os
import random
import shutil
import sys

import forge
from contract import (
    EXIT_DONE,
    EXIT_INPUT,
    EXIT_STORAGE,
    MORNING,
    check,
    equal,
    hours,
    main,
    one_of,
    test,
)

LONG = bool(os.environ.get("SL_TEST_LONG"))
CLASS = MORNING + hours(30)
ROADS = ("oplog", "sync")
BOOKING = 2  # a claim's type


def replica(desk):
    return next(each["replica"] for each in desk.items("device", "list") if each["own"])


def tell(source, target):
    source.ok("sync", "export", source.path("stick"))
    return target.ok("sync", "import", source.path("stick"))


class Studio:
    """A desk that takes files, a bad device whose key somebody else uses, and a good one that does its work."""

    def __init__(self, context, name):
        self.one = context.new_studio(f"one-{name}")
        self.desks = [self.one]
        for who in ("bad", "good"):
            self.one.ok("device", "invite", self.one.path(f"invitation-{who}-{name}"))
            desk = context.desk(f"{who}-{name}")
            desk.ok("device", "join", self.one.path(f"invitation-{who}-{name}"))
            tell(desk, self.one)
            self.desks.append(desk)
        self.bad, self.good = self.desks[1:]
        self.session = self.one.free_class(CLASS, capacity=4)
        self.member = self.one.member()
        for desk in (self.bad, self.good):
            tell(self.one, desk)
            desk.member()
        self.news = self.good.member(first="Goodnews")
        self.log = forge.Log(self.bad)
        self.chain = self.log.of(self.bad).copy()
        self.honest = len(self.chain.operations)
        good = forge.Log(self.good)
        self.good_chain = good.of(self.good)
        self.replica = str(self.chain.replica)
        self.org = self.log.org

    def file(self, road, chains, **options):
        """One file with the bad chains and, last, the good device's."""
        path = self.one.path(f"{road}.file")
        write = forge.write_lines if road == "oplog" else forge.write_stick
        return write(path, self.org, [*chains, self.good_chain], **options)

    def take(self, road, *chains, **options):
        return self.one.ok(road, "import", self.file(road, chains, **options))

    def good_came_through(self):
        equal(self.one.ok("member", "show", self.news)["id"], self.news, "the good device's member")

    def reported(self, reason, told, of=None):
        """verify and attention say so."""
        found = self.one("verify")
        named = {(each["replica"], each["reason"]) for each in found.json["quarantined"]}
        check((of or self.replica, reason) in named, f"{reason} is not reported\n{found}")
        kinds = {each["kind"]: each for each in self.one.items("attention")}
        check(told in kinds, f"{told} is not among {sorted(kinds)}")
        check(kinds[told]["hint"] and kinds[told]["message"], "words for people")
        return found

    def sound(self):
        """The own database is whole all the same."""
        equal(self.one.ok("verify")["problems"], [], "problems")


def reasons(got):
    return {each["reason"] for each in got["quarantined"]}


def on_both_roads(claim):
    """A test once by lines of JSON and once by segments."""

    def register(function):
        for road in ROADS:
            test(f"{claim}, by {road} import")(
                lambda context, road=road: function(context, road, Studio(context, road))
            )

    return register


# --- malformed, oversized, truncated, reordered ---


@on_both_roads("malformed: signed operations that say nothing stop their device alone")
def _(context, road, studio):
    bodies = (
        forge.Raw(b"\xff"),
        forge.Raw(b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff"),
        forge.Raw(b"\x81" * 200),
        forge.Raw(b"\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00"),  # a float
        forge.Raw(b"\xc0\x01"),  # a tag
        forge.Raw(b"\x9f\x01\xff"),  # of no stated length
        forge.Raw(b"\x18\x05"),  # not the shortest head
        [],
        None,
        -1,
        "text",
        [[[[[[[[1]]]]]]]],
        {1: 2, 3: 4},
        [studio.org, 2**63 - 1],
        [None] * 5000,
    )
    for number, body in enumerate(bodies):
        chain = studio.chain.copy().append(forge.BOOK, body).append(forge.DEVICE_SEEN, []).sign()
        fresh = copy_of(studio.one, context, f"{road}-{number}")
        got = fresh.ok(road, "import", studio.file(road, [chain]))
        equal(reasons(got), {"malformed"}, f"body {number}")
        equal(got["quarantined"][0]["seq"], studio.honest + 1, "which")
        vector = fresh.ok("state-hash")["vector"]
        equal(vector[studio.replica], studio.honest, f"what was applied of body {number}")
        equal(vector[str(studio.good_chain.replica)], len(studio.good_chain.operations), "the good device's")
    got = studio.take(road, studio.chain.copy().append(forge.BOOK, []).sign())
    equal(reasons(got), {"malformed"}, "reasons")
    studio.good_came_through()
    studio.reported("malformed", "chain_stopped")
    studio.sound()


def copy_of(desk, context, name):
    """A throw-away copy of a desk."""
    other = context.desk(f"copy-{name}")
    shutil.copytree(desk.directory, other.directory)
    return other


@on_both_roads("malformed: bytes that are no operation at all")
def _(_context, road, studio):
    got = studio.take(road, studio.chain.copy().append_raw(b"\x00garbage").append_raw(os.urandom(300)).sign())
    equal(reasons(got), {"malformed"}, "reasons")
    studio.good_came_through()
    studio.reported("malformed", "chain_stopped")
    studio.sound()


@on_both_roads("malformed: stamps beyond all time and kinds of no number")
def _(context, road, studio):
    for number, items in enumerate(
        (
            [forge.DEVICE_SEEN, None, 2**62, 1, []],
            [forge.DEVICE_SEEN, None, -(2**62), 1, []],
            [0, None, 256, 1, []],
            [2**40, None, 256, 1, []],
            [forge.DEVICE_SEEN, None, 256, 99, []],
            [forge.DEVICE_SEEN, None, 256, 1, [], {1: [0]}],
            [forge.DEVICE_SEEN, None, 256, 1, [], {1: [0, -5]}],
            [forge.DEVICE_SEEN, b"short", 256, 1, []],
        )
    ):
        fresh = copy_of(studio.one, context, f"{road}-{number}")
        chain = studio.chain.copy().append_raw(forge.cbor(items)).sign()
        got = fresh.ok(road, "import", studio.file(road, [chain]))
        equal(reasons(got), {"malformed"}, f"{number}: {items}")
        equal(fresh.ok("member", "show", studio.news)["id"], studio.news, "the good device's member")


@on_both_roads("malformed: an oversized operation")
def _(_context, road, studio):
    chain = studio.chain.copy().append(forge.DEVICE_SEEN, [b"x" * 70000]).sign()
    path = studio.file(road, [chain])
    answer = studio.one(road, "import", path)
    if road == "sync":  # no program writes such a segment: the file is damaged, and nothing of it is taken
        equal((answer.status, answer.code), (EXIT_INPUT, "bad_input"), f"{answer}")
        studio.take(road)
    else:
        equal(reasons(answer.json), {"malformed"}, f"{answer}")
        studio.reported("malformed", "quarantined")
    studio.good_came_through()
    studio.sound()


@on_both_roads("bad_signature: two operations have changed places")
def _(_context, road, studio):
    chain = studio.chain.copy()
    chain.operations[-1], chain.operations[-2] = chain.operations[-2], chain.operations[-1]
    got = studio.take(road, chain_with_heads_of(chain, studio))
    check(got["quarantined"] or got["waiting"], f"{got}")
    if got["quarantined"]:
        equal(reasons(got), {"bad_signature"}, "reasons")
        studio.reported("bad_signature", "quarantined")
    studio.good_came_through()
    studio.sound()
    tell(studio.bad, studio.one)
    check("quarantined" not in {each["kind"] for each in studio.one.items("attention")}, "the good ones have come")
    equal(studio.one.ok("verify")["quarantined"], [], "quarantined")


def chain_with_heads_of(chain, studio):
    """The heads of the honest chain, over changed operations."""
    honest = studio.log.of(studio.bad).copy().sign()
    chain.heads = dict(honest.heads)
    return chain


# --- forged and replayed ---


@on_both_roads("bad_signature: an operation that somebody else has signed")
def _(_context, road, studio):
    chain = studio.chain.copy().append(forge.DEVICE_EDIT, {1: "Owned"}, entity=studio.chain.replica)
    chain.sign(key=forge.Key())
    got = studio.take(road, chain)
    equal(reasons(got), {"bad_signature"}, f"{got}")
    studio.good_came_through()
    studio.reported("bad_signature", "quarantined")
    studio.sound()
    check("Owned" not in {each["name"] for each in studio.one.items("device", "list")}, "applied")


@on_both_roads("bad_signature: every signature of a file is somebody else's")
def _(_context, road, studio):
    chain = studio.chain.copy()
    for seq in list(chain.heads) or [studio.honest]:
        chain.sign(key=forge.Key(), seq=seq)
    got = studio.take(road, chain.append(forge.DEVICE_SEEN, []).sign(key=forge.Key()))
    one_of(reasons(got), ({"bad_signature"},), f"{got}")
    studio.good_came_through()
    studio.sound()


@on_both_roads("an operation replayed at another place of its own chain is not believed")
def _(_context, road, studio):
    chain = studio.chain.copy()
    chain.append_raw(chain.operations[-1])
    chain = chain_with_heads_of(chain, studio)
    got = studio.take(road, chain)
    equal(reasons(got), set(), "it only waits for a signature that will never come")
    check(got["waiting"] > 0, f"{got}")
    studio.good_came_through()
    studio.sound()
    late = MORNING + hours(30)
    check("waiting_long" in {each["kind"] for each in studio.one.items("attention", at=late)}, "told after a day")


@on_both_roads("a whole file replayed brings nothing, however often")
def _(_context, road, studio):
    path = studio.file(road, [studio.chain.copy().sign()])
    studio.one.ok(road, "import", path)
    before = studio.one.ok("state-hash")
    for _ in range(3):
        got = studio.one.ok(road, "import", path)
        equal((got["new"], got["waiting"], got["quarantined"]), (0, 0, []), "again")
    equal(studio.one.ok("state-hash"), before, "state")
    studio.sound()


@on_both_roads("another device's operation under this one's signature is this one's own deed")
def _(_context, road, studio):
    """Bytes do not name their author: a copied booking is the copier's, who holds no spots."""
    session = studio.one.free_class(CLASS, capacity=2)
    studio.one.book(studio.member, session)
    own = forge.Log(studio.one).of(studio.one)
    chain = studio.chain.copy().append_raw(own.operations[-1]).sign()
    got = studio.take(road, chain)
    one_of(reasons(got), ({"no_rights"}, {"malformed"}), f"{got}")  # its numbers for ids may mean nothing here
    equal(studio.one.ok("session", "show", session)["confirmed"], 1, "bookings")
    studio.good_came_through()
    studio.sound()


# --- who may not ---


@on_both_roads("unknown_device: a chain whose first operation proves nothing")
def _(_context, road, studio):
    other = forge.stranger(studio.org)
    key = forge.Key()
    other.operations[0] = forge.cbor([forge.DEVICE_JOIN, None, 1 << 48, 1, [key.public, key.public, bytes(64)]])
    other.append(forge.DEVICE_SEEN, []).sign()
    got = studio.take(road, other)
    one_of(reasons(got), ({"unknown_device"}, {"bad_signature"}), f"{got}")
    studio.good_came_through()
    studio.sound()


@on_both_roads("unknown_device: a chain without its beginning waits and holds nobody up")
def _(_context, road, studio):
    other = forge.stranger(studio.org).append(forge.DEVICE_SEEN, []).append(forge.DEVICE_SEEN, []).sign()
    if road == "oplog":
        path = studio.file(road, [other])
        with open(path, encoding="utf-8") as file:
            lines = [
                line
                for line in file
                if not (json.loads(line).get("seq") == 1 and json.loads(line)["replica"] == str(other.replica))
            ]
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(lines)
        got = studio.one.ok(road, "import", path)
    else:
        items = [[0, 1, studio.org, studio.org, []], *forge.segment_items(other, 2)]
        items += [*forge.segment_items(studio.good_chain)]
        got = studio.take(road, items=[*items, [3, len(items)]])
    equal(got["waiting"], 2, f"{got}")
    studio.good_came_through()
    studio.sound()


@on_both_roads("not_admitted: a device that nobody has admitted is kept and never applied")
def _(_context, road, studio):
    other = forge.stranger(studio.org)
    for _ in range(3):
        other.append(forge.DEVICE_SEEN, [])
    other.append(forge.SESSION_MOVE, [other.replica, 4], entity=forge.uuid.UUID(studio.session)).sign()
    before = studio.one.ok("state-hash")
    got = studio.take(road, other)
    check(got["waiting"] == 5, f"{got}")
    check(str(other.replica) not in studio.one.ok("state-hash")["vector"], "applied")
    check(before["hash"] != studio.one.ok("state-hash")["hash"], "the good device's operations are")
    studio.good_came_through()
    studio.reported("not_admitted", "not_admitted", of=str(other.replica))
    studio.sound()
    state = next(each for each in studio.one.items("device", "list") if each["replica"] == str(other.replica))
    equal((state["admitted"], state["state"]), (False, "unknown"), "listed")


@on_both_roads("a device that admits itself and its friends admits nobody")
def _(_context, road, studio):
    invitation = forge.Key()
    other = forge.stranger(studio.org, invitation)
    other.append(forge.DEVICE_ADMIT, [invitation.public, forge.hlc(MORNING + hours(24)) >> 8]).sign()
    got = studio.take(road, other)
    check(got["waiting"] == 2, f"{got}")
    studio.good_came_through()
    studio.reported("not_admitted", "not_admitted", of=str(other.replica))
    studio.sound()


@on_both_roads("revoked: what a revoked device writes later is kept for review")
def _(_context, road, studio):
    tell(studio.bad, studio.one)
    studio.one.ok("device", "revoke", studio.replica, "--reason", "stolen")
    chain = studio.chain.copy().append(forge.MEMBER_EDIT, {1: b"x"}, entity=forge.uuid.UUID(studio.member))
    chain.append(forge.DEVICE_SEEN, []).sign()
    before = studio.one.ok("state-hash")["vector"][studio.replica]
    got = studio.take(road, chain)
    equal(reasons(got), {"revoked"}, f"{got}")
    equal(studio.one.ok("state-hash")["vector"][studio.replica], before, "applied")
    studio.good_came_through()
    studio.reported("revoked", "held_for_review")
    studio.sound()


@on_both_roads("revoked: a revoked device cannot go on under another name")
def _(_context, road, studio):
    tell(studio.bad, studio.one)
    studio.one.ok("device", "revoke", studio.replica, "--reason", "stolen")
    key = forge.Key()
    again = forge.id_from_parts("studioloop replica v1", key.public)
    other = forge.Chain(studio.org, again, key)
    message = forge.digest("studioloop rebirth v1", studio.org.bytes, again.bytes, key.public)
    body = [key.public, studio.chain.replica, studio.chain.key.sign(message)]
    other.append(26, body, at=MORNING).append(forge.DEVICE_SEEN, []).sign()
    studio.take(road, other)
    check(str(again) not in studio.one.ok("state-hash")["vector"], "applied")
    studio.good_came_through()
    studio.sound()


@on_both_roads("a bad device that revokes everybody: people see who did it, and what was sold stands")
def _(_context, road, studio):
    booked = studio.one.book(studio.member, studio.session)["id"]
    chain = studio.chain.copy()
    for victim in (studio.one, studio.good):
        chain.append(forge.DEVICE_REVOKE, [0, None, 0, studio.chain.replica], entity=forge.uuid.UUID(replica(victim)))
    studio.take(road, chain.sign())
    answer = studio.one("member", "add", "--first", "A", "--last", "B")
    one_of(answer.code, (None, "device_revoked"), "code")
    check("revocation_waits" in {each["kind"] for each in studio.one.items("attention")}, "told")
    equal(studio.one.ok("booking", "show", booked)["status"], "confirmed", "booking")


# --- rights ---


@on_both_roads("no_rights: spots spent that are not held")
def _(_context, road, studio):
    chain = studio.chain.copy()
    for _ in range(3):
        body = [forge.uuid.UUID(studio.session), forge.uuid.UUID(studio.member), 0, BOOKING, 0, []]
        chain.append(forge.BOOK, body)
    got = studio.take(road, chain.sign())
    equal(reasons(got), {"no_rights"}, f"{got}")
    check(got["waiting"] == 3, f"{got}")
    equal(studio.one.ok("session", "show", studio.session)["confirmed"], 0, "bookings")
    studio.good_came_through()
    studio.reported("no_rights", "no_rights")
    studio.sound()


@on_both_roads("no_rights: spots given away that are not held")
def _(_context, road, studio):
    body = [studio.chain.replica, 4]
    chain = studio.chain.copy().append(forge.SESSION_MOVE, body, entity=forge.uuid.UUID(studio.session)).sign()
    got = studio.take(road, chain)
    equal(reasons(got), {"no_rights"}, f"{got}")
    studio.good_came_through()
    studio.reported("no_rights", "no_rights")
    rights = {each["replica"]: each["free"] for each in studio.one.items("rights", "list", studio.session)}
    equal(rights[studio.replica], 0, "free there")
    equal(rights[replica(studio.one)], 4, "free here")
    studio.sound()


@on_both_roads("no_rights: a device that takes over from those that nobody has revoked")
def _(_context, road, studio):
    victim = forge.uuid.UUID(replica(studio.good))
    chain = studio.chain.copy().append(forge.RIGHTS_RECLAIM, [victim, 0, None]).sign()
    got = studio.take(road, chain)
    equal(reasons(got), {"no_rights"}, f"{got}")
    states = {each["replica"]: each["state"] for each in studio.one.items("device", "list")}
    equal(states[str(victim)], "active", "state")
    studio.good_came_through()
    studio.reported("no_rights", "no_rights")
    studio.sound()


# --- forks, stamps, others' studios ---


@on_both_roads("fork: one device's two histories in one file")
def _(_context, road, studio):
    one = studio.chain.copy().append(forge.DEVICE_EDIT, {1: "One"}, entity=studio.chain.replica).sign()
    two = studio.chain.copy().append(forge.DEVICE_EDIT, {1: "Two"}, entity=studio.chain.replica).sign()
    first = studio.take(road, one)
    equal(first["quarantined"], [], "nobody can know yet")
    got = studio.take(road, two)
    equal([(each["reason"], each["seq"]) for each in got["quarantined"]], [("fork", studio.honest + 1)], f"{got}")
    studio.good_came_through()
    found = studio.reported("fork", "fork")
    equal(found.status, EXIT_STORAGE, "nobody has been told yet")
    studio.one.ok("run-due")
    studio.sound()


@on_both_roads("clock_ahead: stamps from 2099 apply, take nobody along and can be put right")
def _(_context, road, studio):
    far = MORNING.replace(year=2099)
    body = {1: "From afar"}
    chain = studio.chain.copy().append(forge.DEVICE_EDIT, body, entity=studio.chain.replica, at=far).sign()
    got = studio.take(road, chain)
    equal((got["quarantined"], got["waiting"]), ([], 0), f"{got}")
    studio.good_came_through()
    told = [each for each in studio.one.items("attention") if each["kind"] == "clock_ahead"]
    equal(len(told), 1, "told")
    check(told[0]["count"] > 70 * 365 * 86400, f"{told}")
    booked = studio.one.book(studio.member, studio.session)["id"]
    events = studio.one.ok("booking", "show", booked)["events"]
    check(all(each["at"].startswith("2026-03-02") for each in events), f"{events}")
    studio.sound()


@on_both_roads("foreign_organisation: another studio's file, and another studio's chain in ours")
def _(context, road, studio):
    other = context.new_studio(f"other-{road}")
    other.member()
    foreign = forge.Log(other)
    before = studio.one.ok("state-hash")
    path = studio.one.path("foreign")
    write = forge.write_lines if road == "oplog" else forge.write_stick
    got = studio.one.ok(road, "import", write(path, foreign.org, list(foreign.chains.values())))
    equal(reasons(got), {"foreign_organisation"}, f"{got}")
    equal(studio.one.ok("state-hash"), before, "state")
    got = studio.take(road, *foreign.chains.values())
    one_of(reasons(got), ({"unknown_device"}, {"foreign_organisation"}), f"{got}")
    studio.good_came_through()
    studio.sound()


# --- snapshots ---

SNAPSHOT_PIECE = 4  # a stream's item
DAYS_TO_FOLD = 40


def snapshot_stick(context):
    """Two desks whose log can be folded, a third whose disk was put back to its first day; the first's stick with a
    snapshot, as items."""
    desks = [context.new_studio("one")]
    for name in ("two", "three"):
        desks[0].ok("device", "invite", desks[0].path(f"invitation-{name}"))
        desks.append(context.desk(name))
        desks[-1].ok("device", "join", desks[0].path(f"invitation-{name}"))
    one, two, three = desks
    late = context.desk("late", now=MORNING + hours(24 * DAYS_TO_FOLD))
    shutil.copytree(three.directory, late.directory)
    for _ in range(8):
        one.member()
    for _round in range(2):
        for source, target in ((one, two), (one, three), (two, one), (three, one)):
            tell(source, target)
        for desk in desks:
            desk.now = MORNING + hours(24 * DAYS_TO_FOLD)
            desk.member()
    one.ok("sync", "export", one.path("stick"), "--snapshot")
    with open(one.path("stick"), "rb") as file:
        items = forge.items_of(file.read())
    check(any(item[1] == SNAPSHOT_PIECE for item in items), "a snapshot lies in it")
    return one, two, late, items


def lie(items, key, change):
    """The stick with another snapshot, signed as it should be."""
    pieces = [item for item in items if item[1] == SNAPSHOT_PIECE]
    equal(len(pieces), 1, "pieces of the snapshot")
    start = 2 + forge.item_length(pieces[0], 2)
    packed = pieces[0][start + forge.read_head(pieces[0], start)[2] :]
    begin = packed.index(b"\x28\xb5\x2f\xfd")
    data, at, records = forge.unpack(packed[begin:]), 0, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        records.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    records = change(records[:-1])
    told = forge.digest("studioloop snapshot content v1", *(forge.sized(each) for each in records))
    org, signer = key
    message = forge.digest("studioloop snapshot v1", org.bytes, signer.replica.bytes, told)
    kind = forge.read_int(records[-1], 1) + 1
    records.append(forge.cbor([kind, signer.key.sign(message)]))
    packed = packed[:begin] + forge.compress(b"".join(len(each).to_bytes(4, "big") + each for each in records))
    piece = forge.cbor([SNAPSHOT_PIECE, 0, packed])
    return [forge.Raw(piece) if item in pieces else item for item in items]


def flip_in_rows(records):
    longest = max(range(len(records)), key=lambda index: len(records[index]))
    changed = bytearray(records[longest])
    changed[-7] ^= 1
    return [*records[:longest], bytes(changed), *records[longest + 1 :]]


def other_state(records):
    changed = bytearray(records[-1])
    changed[-1] ^= 1
    return [*records[:-1], bytes(changed)]


def lose_rows(records):
    return [records[0], *records[2:]]


def told_twice(records):
    return [*records[:2], records[1], *records[2:]]


def cut_short(records):
    return [*records[: len(records) // 2], records[-1]]


LIES = (flip_in_rows, other_state, lose_rows, told_twice, cut_short)


@test("bad_snapshot: a snapshot that lies under a good signature is named, and the rest of the stick is taken")
def _(context):
    one, two, late, items = snapshot_stick(context)
    signer = forge.Log(one).of(one)
    for number, change in enumerate(LIES):
        path = late.path(f"lie-{number}")
        with open(path, "wb") as file:
            file.write(forge.frame(lie(items, (signer.org, signer), change)))
        got = late.ok("sync", "import", path)
        equal(reasons(got), {"bad_snapshot"}, f"{change.__name__}: {got}")
    check(len(late.items("member", "list")) < 8, "what only the snapshot says is not believed")
    found = late("verify")
    check("bad_snapshot" in {each["reason"] for each in found.json["quarantined"]}, f"{found}")
    told = [each for each in late.items("attention") if each["kind"] == "quarantined"]
    equal({each["reason"] for each in told}, {"bad_snapshot"}, "attention")
    check(signer.replica in {forge.uuid.UUID(each["replica"]) for each in told if "replica" in each}, "whose it is")
    news = one.member(first="Goodnews")
    tell(one, late)
    equal(late.ok("member", "show", news)["first"], "Goodnews", "nobody is held up")
    late.member()
    for _round in range(2):
        for source, target in ((late, one), (two, one), (one, two), (one, late)):
            tell(source, target)
    equal(late.hash(), one.hash(), "state hash")


@test("bad_snapshot: a snapshot under nobody's signature")
def _(context):
    one, _two, late, items = snapshot_stick(context)
    signer = forge.Log(one).of(one).copy()
    signer.key = forge.Key()
    with open(late.path("lie"), "wb") as file:
        file.write(forge.frame(lie(items, (signer.org, signer), list)))
    got = late.ok("sync", "import", late.path("lie"))
    equal([(each["replica"], each["reason"]) for each in got["quarantined"]], [(None, "bad_snapshot")], f"{got}")
    late.verified()
    check("quarantined" in {each["kind"] for each in late.items("attention")}, "told")
    with open(late.path("honest"), "wb") as file:
        file.write(forge.frame(items))
    equal(late.ok("sync", "import", late.path("honest"))["quarantined"], [], "the honest one")
    check(len(late.items("member", "list")) > 8, "members")


# --- bits and lengths ---


def rounds(short, long):
    return long if LONG else short


def mutations(data, rng, count):
    """Flipped bits, lost and doubled stretches, cut ends."""
    for _ in range(count):
        changed = bytearray(data)
        kind = rng.randrange(5)
        at = rng.randrange(len(changed))
        if kind < 2:
            for _flip in range(1 + 7 * kind):
                changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del changed[at : at + 1 + rng.randrange(64)]
        elif kind == 3:
            changed[at:at] = changed[max(0, at - 40) : at] or b"\0"
        else:
            del changed[at:]
        yield bytes(changed)


def mutated(desk, rng, path, count, *words, made):
    """Each damaged file is refused by name and changes nothing, or does what the whole one may do."""
    with open(path, "rb") as file:
        data = file.read()
    before = desk.ok("state-hash")
    for number, changed in enumerate(mutations(data, rng, count)):
        with open(desk.path("mutated"), "wb") as file:
            file.write(changed)
        answer = desk(*words, desk.path("mutated"))
        if answer.status != EXIT_DONE:
            equal(answer.status, EXIT_INPUT, f"mutation {number}\n{answer}")
            equal(desk.ok("state-hash"), before, f"a refused file has changed the state, mutation {number}")
        before = desk.ok("state-hash")
    equal(desk.ok("verify")["problems"], [], "problems")
    desk.ok(*words, path)
    equal(desk.ok("state-hash")["vector"][made[0]], made[1], "the whole file afterwards")


@test("mutated files of segments and lines of JSON are refused or do no harm")
def _(context):
    rng = random.Random(20260303)
    for road in ROADS:
        studio = Studio(context, road)
        path = studio.bad.path(f"whole-{road}")
        studio.bad.ok(road, "export", path)
        mutated(
            studio.one, rng, path, rounds(25, 2000), road, "import", made=(studio.replica, studio.honest)
        )


@test("mutated contents of segments under a sound frame are refused or do no harm")
def _(context):
    """The checksum of the frame would stop chance; it does not stop a hand."""
    rng = random.Random(20260304)
    studio = Studio(context, "frame")
    path = studio.bad.path("whole")
    studio.bad.ok("sync", "export", path)
    with open(path, "rb") as file:
        plain = forge.unpack(file.read())
    for number, changed in enumerate(mutations(plain, rng, rounds(30, 2000))):
        with open(studio.one.path("changed"), "wb") as file:
            file.write(forge.compress(changed))
        answer = studio.one("sync", "import", studio.one.path("changed"))
        one_of(answer.status, (EXIT_DONE, EXIT_INPUT), f"mutation {number}")
    studio.sound()
    studio.one.ok("sync", "import", path)
    equal(studio.one.ok("state-hash")["vector"][studio.replica], studio.honest, "the whole file afterwards")
    studio.sound()


@test("mutated operations under a sound signature stop their device alone")
def _(context):
    rng = random.Random(20260305)
    studio = Studio(context, "signed")
    whole = studio.bad
    session = whole.free_class(CLASS)
    whole.credited(studio.member, 500)
    whole.book(studio.member, session)
    whole.pass_code(studio.member)
    chain = forge.Log(whole).of(whole)
    base = context.desk("base")
    shutil.copytree(studio.one.directory, base.directory)
    for number in range(rounds(20, 1500)):
        forged = chain.copy()
        at = rng.randrange(studio.honest, len(forged.operations))
        forged.operations[at] = next(mutations(forged.operations[at], rng, 1)) or b"\xf6"
        forged.sign()
        shutil.rmtree(studio.one.directory)
        shutil.copytree(base.directory, studio.one.directory)
        got = studio.take(rng.choice(ROADS), forged)
        check(reasons(got) <= {"malformed", "no_rights", "bad_signature"}, f"{number}: {got}")
        studio.good_came_through()
        studio.sound()


@test("mutated invitations are refused, or make a device that is whole")
def _(context):
    rng = random.Random(20260306)
    one = context.new_studio("one")
    one.book(one.member(), one.free_class(CLASS))
    one.ok("device", "invite", one.path("invitation"))
    with open(one.path("invitation"), "rb") as file:
        data = file.read()
    for number, changed in enumerate(mutations(data, rng, rounds(20, 500))):
        with open(one.path("mutated"), "wb") as file:
            file.write(changed)
        other = context.desk(f"other-{number}")
        answer = other("device", "join", one.path("mutated"))
        if answer.status == EXIT_DONE:
            other.verified()
        else:
            one_of(answer.code, ("invitation_invalid", "bad_input"), f"mutation {number}\n{answer}")
            other.refused("no_studio", "member", "list")
    last = context.desk("last")
    last.ok("device", "join", one.path("invitation"))
    last.verified()


@test("mutated backups restore nothing and touch nothing")
def _(context):
    rng = random.Random(20260307)
    one = context.new_studio("one")
    one.member()
    one.ok("backup", one.path("backup"))
    with open(one.path("backup"), "rb") as file:
        data = file.read()
    before = one.ok("state-hash")
    for number, changed in enumerate(mutations(data, rng, rounds(15, 500))):
        if changed == data:
            continue
        with open(one.path("mutated"), "wb") as file:
            file.write(changed)
        answer = one("restore", one.path("mutated"))
        if answer.status == EXIT_DONE:  # the bit was in the time, which is only told
            continue
        equal(answer.code, "bad_input", f"mutation {number}\n{answer}")
        equal(sorted(name for name in os.listdir(one.directory) if "aside" in name or "restoring" in name), [], "left")
    equal(one.ok("state-hash"), before, "state")
    one.verified()
    one.ok("restore", one.path("backup"))


if __name__ == "__main__":
    sys.exit(main("forged"))
