#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pairing.py KIOSK STUDIOLOOP HUB: a new door, from an empty directory to its first check-in, with a real hub.

The hub draws its code, the camera sees the picture, and the door opens without being started again.
"""
import json
import os
import pty
import subprocess
import sys
import tty

from e2e import (ENVIRONMENT, GREEN, PAPER, PATIENCE_S, STUDIOLOOP, Kiosk, check, main, share_of, wait_for_colour,
                 wait_until, windows)

HUB = os.path.abspath(sys.argv[3])
FIRST_PAGE = r"^Set up a new studio$"  # of a device that belongs to no studio


class Hub:
    """studioloop-hub on loopback, and a desk that has taken its studio there."""

    def __init__(self, place):
        self.store = os.path.join(place.root, "hub")
        os.mkdir(self.store)
        self.words = ["--store", f"sqlite:{self.store}", "--replicas", os.path.join(self.store, "replicas")]
        self.log = open(os.path.join(self.store, "log"), "wb")
        self.port, self.process = 0, None
        self.start()
        place.kiosks.append(self)  # ends with them
        self.founder = os.path.join(place.root, "founder")
        self.member = self.desk("demo")["pass_member"]
        self.org = self.ask("org", "add", "Fynbos")
        self.desk("pair", self.url, self.org["code"])

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen([HUB, "--json", "serve", "--listen", f"127.0.0.1:{self.port}", *self.words],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
                                        env=ENVIRONMENT)
        line = self.process.stdout.readline()
        check(line, "the hub did not start")
        self.port = json.loads(line)["port"]

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def ask(self, *words):
        done = subprocess.run([HUB, "--json", *words, *self.words], capture_output=True, check=False, env=ENVIRONMENT,
                              timeout=PATIENCE_S)
        check(done.returncode == 0, f"{words}: {done.stdout} {done.stderr}")
        return json.loads(done.stdout)

    def desk(self, *words):
        done = subprocess.run([STUDIOLOOP, "--data", self.founder, "--json", *words], capture_output=True, check=False,
                              env=ENVIRONMENT, timeout=PATIENCE_S)
        check(done.returncode == 0, f"{words}: {done.stdout} {done.stderr}")
        return json.loads(done.stdout)

    def code(self, picture=None):
        """A fresh code; with a path also its picture, drawn by the hub."""
        words = ["pairing-code", "--org", self.org["id"], "--url", self.url]
        return self.ask(*words, *(["--png", picture] if picture else []))["code"]


def hold_code_out(place, hub):
    drawn = os.path.join(place.root, "code.png")
    code = hub.code(drawn)
    os.rename(drawn, os.path.join(place.camera, "code.png"))
    return code


def tap(kiosk, pattern):
    kiosk.wait_for(pattern).do_action(0)


def take_down(place, kiosk):
    """An empty folder is a camera that was pulled out: the next picture is another camera's first."""
    os.unlink(os.path.join(place.camera, "code.png"))
    kiosk.wait_for(r"^The camera is not there$")


def send(text):
    """What a scanner that types sends: keys, and Enter at the end."""
    wait_until(lambda: windows() == ["StudioLoop"], "the window")
    subprocess.run(["xdotool", "type", "--delay", "2", text], check=True)
    subprocess.run(["xdotool", "key", "Return"], check=True)


def check_is_open(kiosk, place):
    kiosk.wait_for(r"Vinyasa Flow")
    check("WARNING" not in kiosk.said() and not kiosk.complaints(), kiosk.said())
    replicas = {each["replica"]: each["state"] for each in place.ask("device", "list")["items"]}
    own = place.ask("sync", "status")["replica"]
    check(replicas.get(own) == "active" and len(replicas) == 3, f"the studio's devices: {replicas}")


def test_a_new_door_is_paired_by_its_camera_and_lets_a_member_in(place):
    hub = Hub(place)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(FIRST_PAGE)
    wait_until(lambda: share_of(PAPER) > 0.3, "a calm page")
    hold_code_out(place, hub)
    check_is_open(kiosk, place)
    pid = kiosk.process.pid
    take_down(place, kiosk)
    drawn = os.path.join(place.root, "pass.png")
    hub.desk("member", "pass", hub.member, "--png", drawn)
    place.ask("sync", "now")
    hub.desk("sync", "now")
    place.ask("sync", "now")
    os.rename(drawn, os.path.join(place.camera, "pass.png"))
    kiosk.wait_for(r"^Welcome, Thandi N\.$")
    wait_for_colour(GREEN, "green")
    check(kiosk.is_alive() and kiosk.process.pid == pid, "it was started again")
    check(place.ask("verify")["ok"] is True, "verify found problems")


def test_who_is_sent_to_reception_is_told_at_the_other_desk(place):
    hub = Hub(place)
    door = place.start("--camera", place.camera, "--scanner", "none")
    door.wait_for(FIRST_PAGE)
    hold_code_out(place, hub)
    check_is_open(door, place)
    take_down(place, door)
    drawn = os.path.join(place.root, "pass.png")
    hub.desk("member", "pass", hub.member, "--png", drawn)
    hub.desk("member", "block", hub.member, "--reason", "a talk first")

    def exchange():
        for each in (place.ask, hub.desk, place.ask):
            each("sync", "now")

    exchange()
    reception = Kiosk(["--data", hub.founder, "--camera", "none", "--scanner", "none"])
    place.kiosks.append(reception)
    tap(reception, r"^Reception$")
    reception.wait_for(r"^Lerato Mokoena, Reception$")
    check(reception.find(r"waits at the door") is None, "somebody waits who has not come")
    os.rename(drawn, os.path.join(place.camera, "pass.png"))
    door.wait_for(r"^Please see reception$")

    def is_told():  # it is written down after the page has turned
        exchange()
        return reception.find(r"^Somebody waits at the door$")

    wait_until(is_told, "that somebody waits")


def test_a_code_that_is_typed_pairs_too(place):
    hub = Hub(place)
    kiosk = place.start("--camera", "none", "--scanner", "none")
    kiosk.wait_for(r"^To join a studio, hold its code to the scanner$")
    # As a scanner that types does, which knows of no page and no focus.
    send(f"{hub.url}#{hub.code()}")
    check_is_open(kiosk, place)


def test_a_scanner_on_a_line_pairs_too(place):
    hub = Hub(place)
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    kiosk = place.start("--camera", "none", "--scanner", f"serial:{os.ttyname(theirs)}")
    kiosk.wait_for(FIRST_PAGE)
    text = f"{hub.url}#{hub.code()}".encode()

    def scan():
        os.write(ours, text + b"\r")
        return kiosk.find(r"^(Pairing|Paired)$") or kiosk.find(r"Vinyasa Flow")

    wait_until(scan, "an answer to the scanner")
    check_is_open(kiosk, place)
    os.close(ours)
    os.close(theirs)


def test_what_is_no_pairing_code_is_said_and_the_next_one_pairs(place):
    hub = Hub(place)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(FIRST_PAGE)
    drawn = os.path.join(place.root, "pass.png")
    hub.desk("member", "pass", hub.member, "--png", drawn)
    os.rename(drawn, os.path.join(place.camera, "code.png"))
    kiosk.wait_for(r"^That is a pass, not a pairing code$")
    take_down(place, kiosk)
    for text, said in (("hello", r"^That is no pairing code$"), (hub.url, r"^The code is missing$"),
                       ("http://198.51.100.7#D7WB-WXHK-NK4P", r"^This hub's address is not safe$")):
        send(text)
        kiosk.wait_for(said)
    spent = hub.code()
    other = os.path.join(place.root, "other")
    subprocess.run([STUDIOLOOP, "--data", other, "pair", f"{hub.url}#{spent}"], check=True, capture_output=True,
                   env=ENVIRONMENT, timeout=PATIENCE_S)
    send(f"{hub.url}#{spent}")
    kiosk.wait_for(r"^The hub does not take this code$")
    kiosk.wait_for(r"^code_invalid")
    check(not os.path.exists(os.path.join(place.data, "studioloop.db")), "a studio was made of nothing")
    hold_code_out(place, hub)
    check_is_open(kiosk, place)


def test_a_hub_that_is_away_is_said_and_tried_again_by_a_press(place):
    hub = Hub(place)
    hold_code_out(place, hub)
    hub.kill()
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^The hub can't be reached$")
    hub.start()
    # What the camera read stands in the entry.
    button = kiosk.wait_for(r"^Pair$")
    check(button.get_n_actions() > 0, "the button cannot be pressed")
    button.do_action(0)
    check_is_open(kiosk, place)


def test_the_code_is_one_tap_away_and_every_control_has_a_name(place):
    kiosk = place.start("--camera", place.camera)
    button = kiosk.wait_for(r"^Join a studio$")
    while button.get_n_actions() == 0:
        button = button.get_parent()
    button.do_action(0)
    kiosk.wait_for(r"^Waiting for a code$")
    kiosk.wait_for(r"^Pair$")
    kiosk.wait_for(r"^Or type the hub's address and the code$")
    named = {}
    for node in kiosk.walk():
        if node.get_role_name() in ("push button", "text", "entry", "toggle button"):
            named[node.get_role_name()] = node.get_name()
    check(named and all(named.values()), f"names: {named}")


def test_no_key_leaves_the_first_page(place):
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(FIRST_PAGE)
    wait_until(lambda: windows() == ["StudioLoop"], "the window")
    for key in ("ctrl+shift+i", "ctrl+shift+d", "ctrl+q", "ctrl+w", "alt+F4", "Escape", "F11", "F10"):
        subprocess.run(["xdotool", "key", key], check=True)
    send("hello")
    kiosk.wait_for(r"^That is no pairing code$")
    check(windows() == ["StudioLoop"], f"windows: {windows()}")
    check(kiosk.find(r"[Ii]nspector") is None, "the inspector is open")
    check(kiosk.terminate() == 0, f"ended badly: {kiosk.said()}")
    check(not kiosk.complaints(), kiosk.said())


if __name__ == "__main__":
    sys.exit(main(globals()))
