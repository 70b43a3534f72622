#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent and the commands around it, with a real hub on loopback."""
import base64
import contextlib
import datetime
import hashlib
import http.server
import os
import socket
import stat
import subprocess
import sys
import threading
import time

from live import AGENT, Hub, LiveDesk, Process, wait_until, wait_until_agreed

from contract import EXIT_INPUT, EXIT_NETWORK, EXIT_USAGE, FAKETIME, PROGRAM, UUID, check, equal, hours, main, test
from picture import beside, blank
from place import by_cable, place, ports_of, quiet, switched_off


@test("a studio is taken to a hub by a founding code, and a second device joins by another")
def pairing(context):
    with place(context) as at:
        first = at.desk("first")
        first.init()
        thandi = first.member()
        equal(first.status()["online"], None, "online without a hub")
        told = first.ok("pair", at.hub.url, at.made["code"])
        equal(told["founded"], True, "founded")
        check(UUID.match(told["org"]) and UUID.match(told["replica"]), "ids")
        first.refused("already_initialised", "pair", at.hub.url, at.code())
        second = at.desk("second")
        joined = second.ok("pair", at.hub.url, at.code(), "--name", "Second desk")
        equal(joined["founded"], False, "joined")
        equal(joined["org"], told["org"], "one studio")
        equal([each["id"] for each in second.items("member", "list")], [thandi], "it came with the invitation")
        for desk in (first, second, first, second):
            desk.ok("sync", "now")
        wait_until_agreed([first, second])
        equal(first.status()["online"], True, "online")
        equal(first.status()["pending"], 0, "pending")


@test("a hub that has moved, and another one in its place, are paired again")
def again(context):
    with place(context) as at:
        first = at.founder()
        second = at.joined()
        at.hub.kill()
        at.hub.port = 0  # it comes back at another address
        at.hub.start()
        for desk in (first, second):
            desk.ok("pair", at.hub.url, at.code(), "--again")
            desk.ok("sync", "now")
        thandi = first.member()
        for desk in (first, second):
            desk.ok("sync", "now")
        equal([each["id"] for each in second.items("member", "list")], [thandi], "members")
        old = next(each["replica"] for each in first.items("device", "list") if each["role"] == "hub")
        other = Hub(os.path.join(context.place, "other")).start()
        try:
            made = other.run("org", "add", "Fynbos")
            first.ok("pair", other.url, made["code"], "--again")
            first.ok("device", "revoke", old, "--reason", "another hub")
            first.ok("sync", "now")
            code = other.run("pairing-code", "--org", made["id"])["code"]
            second.ok("pair", other.url, code, "--again")
            for desk in (second, first, second, first):
                desk.ok("sync", "now")
            wait_until_agreed([first, second])
            hubs = [each["state"] for each in second.items("device", "list") if each["role"] == "hub"]
            check(len(hubs) == 2 and hubs.count("active") == 1, f"one hub is left: {hubs}")
        finally:
            other.kill()


@test("hub_refused: a code is good once, a wrong one never, and nothing is left behind")
def codes(context):
    with place(context) as at:
        at.founder()
        code = at.code()
        at.joined("second")
        third = at.desk("third")
        third.ok("pair", at.hub.url, code)
        fourth = at.desk("fourth")
        for wrong in (code, "AAAA-BBBB-CCCC"):
            answer = fourth("pair", at.hub.url, wrong)
            equal((answer.status, answer.code), (EXIT_NETWORK, "hub_refused"), "refusal")
            check("code_invalid" in answer.error["reason"], "it says why")
            check(not os.path.exists(os.path.join(fourth.directory, "studioloop.db")), "no studio")


@test("hub_refused: a device that was taken away is told so")
def revoked(context):
    with place(context) as at:
        first, second = at.founder(), at.joined()
        second.ok("sync", "now")
        first.ok("sync", "now")
        replica = second.status()["replica"]
        first.ok("device", "revoke", replica, "--reason", "lost")
        first.ok("sync", "now")

        def is_refused():
            answer = second("sync", "now")
            return answer.code in ("hub_refused", "device_revoked") and answer

        answer = wait_until(is_refused, "the hub has heard of it")
        equal((answer.status, answer.code), (EXIT_NETWORK, "hub_refused"), "refusal")
        equal(second.status()["refused"], "device_revoked", "it is kept for people")


@test("offline: without a hub, or where nobody answers, sync now ends with 7 and nothing is lost")
def offline(context):
    with place(context) as at:
        alone = at.desk("alone")
        alone.init()
        answer = alone("sync", "now")
        equal((answer.status, answer.code), (EXIT_NETWORK, "offline"), "no hub")
        first = at.founder()
        at.hub.kill()
        first.member()
        answer = first("sync", "now")
        equal((answer.status, answer.code), (EXIT_NETWORK, "offline"), "no answer")
        check(first.status()["pending"] > 0, "it waits")
        at.hub.start()
        check(first.ok("sync", "now")["pushed"] > 0, "it went over")
        equal(first.status()["pending"], 0, "pending")


class Skewed(http.server.BaseHTTPRequestHandler):
    """What says to everything that the clock is wrong, and signs nothing."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"error":{"code":"clock_skew","message":"clock_skew"}}'
        self.send_response(401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@test("clock_skew: a hub that takes no time is told apart; a wrong clock is measured and still exchanges")
def skew(context):
    with place(context) as at:
        first = at.founder()
        first.ok("sync", "now")
        first.member()
        ahead = subprocess.run(
            [*FAKETIME, "+10m", PROGRAM, "--data", first.directory, "--json", "sync", "now"],
            capture_output=True,
            timeout=60,
            check=False,
        )
        equal(ahead.returncode, 0, f"ten minutes ahead: {ahead.stdout} {ahead.stderr}")
        offset = first.status()["clock_offset_ms"]
        check(abs(offset + 600000) < 60000, f"measured: {offset}")
        at.hub.kill()
        server = http.server.HTTPServer(("127.0.0.1", at.hub.port), Skewed)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        answer = first("sync", "now")
        server.shutdown()
        thread.join()
        server.server_close()
        equal((answer.status, answer.code), (EXIT_NETWORK, "clock_skew"), "refusal")


@test("plain http is for this machine, or for whoever says so")
def plain(context):
    desk = LiveDesk(os.path.join(context.place, "desk"))
    answer = desk("pair", "http://198.51.100.7", "AAAA-BBBB")
    equal((answer.status, answer.code), (5, "bad_input"), "another machine")
    check("insecure-http" in answer.error["reason"], "it says what to do")
    for wrong in ("ftp://127.0.0.1", "https://user@h.example", "https://h.example/?a", "no address", ""):
        equal(desk("pair", wrong, "AAAA-BBBB").status, 5, wrong)
    for wrong in ("", "ä", "x" * 100, 'a"b'):
        equal(desk("pair", "https://127.0.0.1", wrong).status, 5, wrong)
    equal(desk("pair", "https://127.0.0.1", "AAAA", "--pin", "sha256//short").status, 5, "pin")


def certificate(directory, name):
    key, cert = os.path.join(directory, name + ".key"), os.path.join(directory, name + ".pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-keyout", key, "-out", cert, "-days", "30", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost"],
        capture_output=True,
        check=True,
    )
    public = subprocess.run(
        ["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], capture_output=True, check=True
    ).stdout
    return key, cert, "sha256//" + base64.b64encode(hashlib.sha256(public).digest()).decode()


@test("the code that a hub has drawn pairs a device: as one word, and from its picture")
def by_picture(context):
    with place(context) as at:
        at.founder()
        words = ["pairing-code", "--org", at.made["id"], "--url", at.hub.url]
        typed = at.desk("typed")
        typed.ok("pair", f"{at.hub.url}/#{at.hub.run(*words)['code'].lower()}")
        typed.ok("sync", "now")
        picture = os.path.join(context.place, "code.png")
        at.hub.run(*words, "--png", picture)
        seen = at.desk("seen")
        told = seen.ok("pair", "--image", picture, "--name", "Seen desk")
        equal((told["founded"], told["hub"]), (False, at.hub.url), "told")
        seen.ok("sync", "now")
        late = at.desk("late")
        answer = late("pair", "--image", picture)
        equal((answer.status, answer.code), (EXIT_NETWORK, "hub_refused"), "the picture's code is spent")


@test("bad_input: a picture without a code, a pass, a web address are no pairing codes, and say so")
def no_pairing_code(context):
    with place(context) as at:
        first = at.founder()
        desk = at.desk("desk")

        def told(*words):
            answer = desk("pair", *words)
            equal((answer.status, answer.code), (EXIT_INPUT, "bad_input"), f"{words}")
            check(not os.path.exists(os.path.join(desk.directory, "studioloop.db")), "no studio")
            return answer.error

        empty = os.path.join(context.place, "empty.png")
        blank(empty)
        error = told("--image", empty)
        check("no code was found" in error["reason"] and error["file"] == empty, f"{error}")
        card = os.path.join(context.place, "card.png")
        text = first.ok("member", "pass", first.member(), "--png", card)["code"]
        for words in (["--image", card], [text]):
            check("a pass or another code of a studio" in told(*words)["reason"], f"{words}")
        for address in ("https://h.example", "https://h.example/#install", "https://h.example#D7WB-WXHK-NK4"):
            check("without a pairing code behind it" in told(address)["reason"], address)
        for text in ("WIFI:S:x;P:y;;", "mailto:a@h.example", "D7WB-WXHK-NK4P", "https://h.example?q#D7WB-WXHK-NK4P"):
            check("no pairing code" in told(text)["reason"], text)
        check("insecure-http" in told("http://198.51.100.7#D7WB-WXHK-NK4P")["reason"], "plain http")
        drawn = os.path.join(context.place, "drawn.png")
        at.hub.run("pairing-code", "--org", at.made["id"], "--url", "http://198.51.100.7", "--png", drawn)
        check("insecure-http" in told("--image", drawn)["reason"], "plain http in a picture")
        for words in ([], ["--image", drawn, "https://h.example"], ["--image"]):
            equal(desk("pair", *words).status, EXIT_USAGE, f"{words}")


@test("bad_input: of two pairing codes in one picture none is chosen; a pass beside one does not matter")
def two_in_a_picture(context):
    with place(context) as at:
        first = at.founder()
        paths = [os.path.join(context.place, name) for name in ("one.png", "two.png", "card.png", "both.png")]
        for path in paths[:2]:
            at.hub.run("pairing-code", "--org", at.made["id"], "--url", at.hub.url, "--png", path)
        first.ok("member", "pass", first.member(), "--png", paths[2])
        desk = at.desk("desk")
        beside(paths[3], paths[0], paths[1])
        answer = desk("pair", "--image", paths[3])
        equal((answer.status, answer.code), (EXIT_INPUT, "bad_input"), "two")
        check("more than one" in answer.error["reason"], f"{answer.error}")
        beside(paths[3], paths[2], paths[0])
        desk.ok("pair", "--image", paths[3])


@test("a hub's certificate is checked: by its authority, or by its key's pin alone")
def tls(context):
    key, cert, pin = certificate(context.place, "own")
    _, other_cert, other_pin = certificate(context.place, "other")
    with place(context) as at:
        at.hub.kill()
        at.hub.words = ["--tls-cert", cert, "--tls-key", key]
        at.hub.start()
        url = f"https://localhost:{at.hub.port}"
        desk = at.desk("desk")
        desk.init()
        for words in ([], ["--ca", other_cert], ["--pin", other_pin], ["--ca", cert, "--pin", other_pin]):
            answer = desk("pair", url, at.made["code"], *words)
            equal((answer.status, answer.code), (EXIT_NETWORK, "offline"), f"{words}")
        desk.ok("pair", url, at.made["code"], "--ca", cert)
        desk.ok("sync", "now")
        pinned = at.desk("pinned")
        pinned.ok("pair", url, at.code(), "--pin", f"{other_pin};{pin}")
        pinned.ok("sync", "now")
        desk.ok("sync", "now")
        wait_until_agreed([desk, pinned])


@test("what one desk writes is at the other at once, and nobody asks for it")
def live_news(context):
    with place(context) as at:
        first, second = at.founder(), at.joined()
        for desk in (first, second):
            quiet(desk)
        wait_until(lambda: at.hub.run("org", "list")["items"], "the hub serves")
        for desk, other in ((first, second), (second, first)):
            member = desk.member()
            wait_until(
                lambda who=other, what=member: what in [each["id"] for each in who.items("member", "list")],
                "the other desk knows",
                20,
            )
        wait_until_agreed([first, second])


@test("the agent goes on when the hub is back, and whatever was written meanwhile is there")
def comes_back(context):
    with place(context) as at:
        first, second = at.founder(), at.joined()
        for desk in (first, second):
            quiet(desk)
        wait_until_agreed([first, second])
        at.hub.kill()
        here, there = first.member(), second.member()
        at.hub.start()
        for desk in (first, second):
            wait_until(
                lambda who=desk: {here, there} <= {each["id"] for each in who.items("member", "list")},
                "what was written meanwhile",
            )
        wait_until_agreed([first, second])


@test("there is one agent for a data directory; sync now goes through it")
def one_agent(context):
    with place(context) as at:
        first = at.founder()
        quiet(first)
        words = [AGENT, "--data", first.directory, "--no-lan"]
        again = subprocess.run(words, capture_output=True, timeout=60, check=False)
        check(again.returncode != 0 and b"another agent" in again.stderr, f"{again}")
        first.member()
        told = first.ok("sync", "now")
        equal(told["pending"], 0, "pending")
        mode = os.stat(os.path.join(first.directory, "agent.sock")).st_mode
        equal(stat.S_IMODE(mode), 0o600, "mode of the socket")
        equal(first.agent.stop(), 0, "status after SIGTERM")
        check(not os.path.exists(os.path.join(first.directory, "agent.sock")), "the socket is gone")
        first.ok("sync", "now")


@test("the agent ends when it is asked to, also while a hub takes a request and never answers")
def hangs(context):
    with place(context) as at:
        first = at.founder()
        at.hub.kill()
        with socket.create_server(("127.0.0.1", at.hub.port)) as silent:
            silent.settimeout(30)
            quiet(first)
            held = [silent.accept()]
            first.member()  # the desk does not wait for it
            equal(first.agent.stop(60), 0, "status")
            for connection, _ in held:
                connection.close()


@test("rubbish on the agent's socket harms nobody")
def rubbish(context):
    with place(context) as at:
        first = at.founder()
        quiet(first)
        path = os.path.join(first.directory, "agent.sock")
        no_ask = b'{"do":"fetch","timeout_ms":5,"asks":[[9,"x",1]]}\n'
        for data in (b"\n", b"{}\n", b"x" * 40000, no_ask, b'{"do":"sync"}\n', b"["):
            with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
                client.connect(path)
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                client.recv(100)
        first.ok("sync", "now")
        check(first.agent.runs, "it runs")


@test("systemd hears that it is ready, how it is, and that it lives")
def notifies(context):
    with place(context) as at:
        first = at.founder()
        path = os.path.join(context.place, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(30)
            env = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000000"}
            first.agent = Process([AGENT, "--data", first.directory, "--no-lan"], first.directory + ".log", env).start()
            told = ""
            end = time.monotonic() + 60
            while not all(word in told for word in ("READY=1", "WATCHDOG=1", "STATUS=online")):
                check(time.monotonic() < end, f"told: {told}")
                told += notify.recv(4096).decode() + "\n"
            equal(first.agent.stop(), 0, "status")


@test("desks that are cut off from the hub exchange with each other, and spots go where somebody wants to book")
def neighbours(context):
    with place(context) as at:
        first, second = at.founder(), at.joined()
        # So near nothing goes to the hub.
        session = first.free_class(first.now + hours(0.8), capacity=6)
        for desk in (first, second, first, second):
            desk.ok("sync", "now")
        wait_until_agreed([first, second])
        at.hub.kill()
        ids = [desk.status()["replica"] for desk in (first, second)]
        by_cable((first, second), ports_of(2))
        member = first.member()
        wait_until(lambda: member in [each["id"] for each in second.items("member", "list")], "it went over the LAN")
        wait_until(lambda: second.status()["neighbours"] == 1, "a neighbour is there")
        check(second.status()["online"] in (True, False), "a hub, there or not")
        held = {each["replica"]: each["free"] for each in first.items("rights", "list", session)}
        giver, taker = (first, second) if held.get(ids[0], 0) >= held.get(ids[1], 0) else (second, first)
        check(max(held.get(each, 0) for each in ids) > 0, f"a desk holds some: {held}")
        for _ in range(held[giver.status()["replica"]]):
            answer = taker("book", "--member", taker.member(), "--session", session)
            equal(answer.status, 0, str(answer))
        wait_until_agreed([first, second])


@test("at night the agent checks what the desk holds and writes a backup, which the desk can go on from")
def at_night(context):
    desk = LiveDesk(os.path.join(context.place, "alone"))
    desk.init()
    thandi = desk.member()
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    night = tomorrow.replace(hour=0, minute=30, second=0)  # half past two in Johannesburg; by a clock that runs
    words = [*FAKETIME, night.strftime("@%Y-%m-%d %H:%M:%S x20"), AGENT, "--data", desk.directory, "--no-lan"]
    desk.agent = Process(words, desk.directory + ".agent.log").start()
    try:
        done = wait_until(lambda: (status := desk.status())["backup"] and status, desk.agent.told)
        equal((done["problems"], done["backup_failed"]), (0, False), "what was found")
        check(done["verified"], "it was checked")
    finally:
        desk.agent.kill()
    (backup,) = os.listdir(os.path.join(desk.directory, "backups"))
    desk.ok("restore", os.path.join(desk.directory, "backups", backup))
    equal([each["id"] for each in desk.items("member", "list")], [thandi], "members")


@test("a spot is fetched from a desk that is there also where the desk that has more of them is switched off")
def one_is_off(context):
    with place(context) as at:
        first, second, third = at.founder(), at.joined("second"), at.joined("third")
        desks, ports = (first, second, third), ports_of(3)
        for desk in (*desks, *desks):
            desk.ok("sync", "now")
        at.hub.kill()
        by_cable(desks, ports)
        session = third.free_class(third.now + hours(0.8), capacity=6)
        wait_until_agreed(desks)
        booking = first.ok("book", "--member", first.member(), "--session", session)["id"]
        wait_until_agreed(desks)
        third.agent.kill()
        first.ok("cancel", booking)
        with switched_off(ports[2]):
            wait_until_agreed([first, second])
            held = {each["replica"]: each["free"] for each in second.items("rights", "list", session)}
            free = [held.get(desk.status()["replica"], 0) for desk in desks]
            check(free[2] > free[0] > 0 and free[1] == 0, f"most of it lies where nobody answers: {free}")
            for _ in range(free[0]):
                second.ok("book", "--member", second.member(), "--session", session)
            wait_until_agreed([first, second])


if __name__ == "__main__":
    sys.exit(main("agent"))
