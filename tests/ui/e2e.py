#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""e2e.py KIOSK STUDIOLOOP UNIT: the shipped programs, end to end, as somebody before the door meets them.

A picture of a pass goes in at the camera; what the page says is found by its accessible name and seen in the pixels of
a screenshot; what was recorded is asked from the command line, after the kiosk was killed. Needs a display, a window
manager and a session bus: with-display gives them.
"""
import json
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import tty

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

KIOSK, STUDIOLOOP, UNIT = (os.path.abspath(path) for path in sys.argv[1:4])
PATIENCE_S = 60  # far beyond what anything here takes: a busy machine is no fault, a page that never comes is one
LOOK_S = 0.02  # between two looks at the page
GREEN, AMBER, RED, PAPER = (31, 122, 74), (240, 176, 63), (178, 58, 49), (250, 246, 240)  # ui/style.css
NEAR = 6  # of 255, per channel
# The programs' leaks are looked for in the tests that run inside one process.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "exitcode=99") + ":detect_leaks=0"}


class Failure(Exception):
    """Something that somebody at the door would have noticed."""


def check(condition, claim):
    if not condition:
        raise Failure(claim)


def wait_until(look, what):
    """Looks until it finds something, and gives that."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            found = look()
        except gi.repository.GLib.Error:  # what was looked at has gone meanwhile
            found = None
        if found:
            return found
        if time.monotonic() > until:
            raise Failure(f"{what}: did not come in {PATIENCE_S} s")
        time.sleep(LOOK_S)


class Place:
    """A data directory and what lies before its camera."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="sl-e2e-")
        self.data = os.path.join(self.root, "data")
        self.camera = os.path.join(self.root, "camera")
        os.mkdir(self.camera)
        self.kiosks = []

    def close(self):
        for kiosk in self.kiosks:
            kiosk.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def run(self, *words):
        """One command; its JSON and exit status."""
        done = subprocess.run([STUDIOLOOP, "--data", self.data, "--json", *words], capture_output=True, check=False,
                              env=ENVIRONMENT, timeout=PATIENCE_S)
        check(done.stdout.strip(), f"{words}: exit {done.returncode}, {done.stderr.decode()}")
        return json.loads(done.stdout), done.returncode

    def ask(self, *words):
        answer, status = self.run(*words)
        check(status == 0, f"{words}: {answer}")
        return answer

    def demo(self):
        """Fills the directory; gives the member whose pass opens the door now."""
        return self.ask("demo")["pass_member"]

    def hold_out(self, member, name="pass.png"):
        """Issues a pass and puts its picture before the camera, whole at once."""
        drawn = os.path.join(self.root, name)
        code = self.ask("member", "pass", member, "--png", drawn)["code"]
        os.rename(drawn, os.path.join(self.camera, name))
        return code

    def start(self, *words):
        kiosk = Kiosk(["--data", self.data, *words])
        self.kiosks.append(kiosk)
        return kiosk

    def bookings_of(self, member):
        """The bookings of a member in all sessions of the demo: id → status."""
        found = {}
        for session in self.ask("session", "list")["items"]:
            for row in self.ask("roster", session["id"])["items"]:
                if row["member"] == member:
                    found[row["booking"]] = row["status"]
        return found


class Kiosk:
    """The program, and what a screen reader knows of it."""

    def __init__(self, words):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([KIOSK, *words], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env=ENVIRONMENT)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def terminate(self):
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE_S)

    def said(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def complaints(self):
        """What it was not to do."""
        return [line for line in self.said().splitlines() if "CRITICAL" in line]

    def is_alive(self):
        return self.process.poll() is None

    def application(self):
        check(self.is_alive(), f"the kiosk ended by itself ({self.process.returncode}):\n{self.said()}")
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == self.process.pid:
                return child
        return None

    def walk(self):
        """All that the kiosk tells of itself. Widgets come and go meanwhile: what is gone is left out."""
        waiting = [self.application()]
        while waiting:
            node = waiting.pop()
            if node is None:
                continue
            yield node
            try:
                waiting += [node.get_child_at_index(index) for index in range(node.get_child_count())]
            except gi.repository.GLib.Error:
                continue

    def find(self, pattern):
        """The first that bears such a name, or None."""
        wanted = re.compile(pattern)
        for node in self.walk():
            try:
                if wanted.search(node.get_name() or ""):
                    return node
            except gi.repository.GLib.Error:
                continue
        return None

    def names(self):
        return [node.get_name() for node in self.walk() if node.get_name()]

    def wait_for(self, pattern):
        try:
            return wait_until(lambda: self.find(pattern), f"“{pattern}”")
        except Failure as failure:
            raise Failure(f"{failure}\non the page: {self.names()}\nlog: {self.said()}") from failure


class Supervised(Kiosk):
    """The kiosk as the service runs it on its screen: started again where it dies, over where it ended in order."""

    def __init__(self, words):
        with open(UNIT, encoding="utf-8") as text:
            loop = re.search(r"^ExecStart=.* /bin/sh -c '(until (\S+) --data \S+;.*)'$", text.read(), re.MULTILINE)
        self.log = tempfile.TemporaryFile()
        self.service = subprocess.Popen(
            ["/bin/sh", "-c", loop[1].replace(loop[1][6:loop[1].index(";")], shlex.join([KIOSK, *words]))],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=ENVIRONMENT, start_new_session=True)
        self.process = None

    def application(self):
        """Of whichever process it is now."""
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            try:
                child = desktop.get_child_at_index(index)
                if child is not None and os.getsid(child.get_process_id()) == self.service.pid:
                    return child
            except (gi.repository.GLib.Error, ProcessLookupError):  # it has died, and the bus does not know yet
                continue
        return None

    def pid(self):
        found = self.application()
        return found.get_process_id() if found is not None else None

    def kill(self):
        try:
            os.killpg(self.service.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.service.wait()


def screenshot():
    """The whole screen: width, height and its RGB bytes."""
    ppm = subprocess.run(["import", "-window", "root", "-depth", "8", "ppm:-"], capture_output=True, check=True).stdout
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", ppm)
    return int(header[1]), int(header[2]), ppm[header.end():]


def share_of(colour):
    """How much of the screen has this colour, from a look at every hundredth pixel."""
    width, height, pixels = screenshot()
    total = hits = 0
    for pixel in range(0, width * height, 101):
        total += 1
        hits += all(abs(pixels[3 * pixel + channel] - colour[channel]) <= NEAR for channel in range(3))
    return hits / total


def wait_for_colour(colour, what):
    wait_until(lambda: share_of(colour) > 0.6, f"a {what} page")


def press(key):
    subprocess.run(["xdotool", "key", key], check=True)


def windows():
    """The names of the windows in sight."""
    out = subprocess.run(["xwininfo", "-root", "-tree"], capture_output=True, check=True, text=True).stdout
    found = re.findall(r'^\s+0x[0-9a-f]+ "([^"]+)": \("studioloop-kiosk".*?\)\s+(\d+x\d+)\+', out, re.MULTILINE)
    return [name for name, size in found if size != "1x1"]  # GTK's own helper has one pixel


def test_a_pass_opens_the_door_and_a_kill_loses_nothing(place):
    member = place.demo()
    before = place.bookings_of(member)
    place.hold_out(member)
    kiosk = place.start("--camera", place.camera)
    welcome = kiosk.wait_for(r"^Welcome, Thandi N\.$")
    wait_for_colour(GREEN, "green")
    kiosk.kill()
    check(welcome is not None, "no welcome")
    after = place.bookings_of(member)
    changed = {booking: (before[booking], status) for booking, status in after.items() if before[booking] != status}
    check(list(changed.values()) == [("confirmed", "checked_in")], f"the roster says {changed}")
    check(place.ask("verify")["ok"] is True, "verify found problems")
    place.ask("state-hash")


def test_what_was_killed_is_known_at_the_next_start(place):
    member = place.demo()
    place.hold_out(member)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Welcome, Thandi N\.")
    kiosk.kill()
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^You're already in$")
    wait_for_colour(GREEN, "green")


def test_what_the_door_recorded_the_command_line_knows(place):
    member = place.demo()
    code = place.hold_out(member)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Welcome, Thandi N\.")
    kiosk.kill()
    answer, status = place.run("checkin", "--code", code)
    check((answer["result"], status) == ("already_checked_in", 3), f"{answer}, exit {status}")


def test_a_strange_code_turns_the_page_red(place):
    place.demo()
    kiosk = place.start("--camera", "none", "--scanner", "none")
    kiosk.wait_for(r"^Hold your pass to the scanner$")
    picture = os.path.join(place.camera, "strange.png")
    other = Place()
    try:
        other.hold_out(other.demo())
        shutil.copy(os.path.join(other.camera, "pass.png"), picture)
    finally:
        other.close()
    kiosk.kill()
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^We can't read this pass$")
    wait_for_colour(RED, "red")


def test_an_old_pass_turns_the_page_amber(place):
    member = place.demo()
    place.hold_out(member)
    place.ask("member", "pass", member)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^This pass is out of date$")
    wait_for_colour(AMBER, "amber")


def test_the_page_returns_to_its_start(place):
    member = place.demo()
    place.hold_out(member)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Welcome, Thandi N\.")
    wait_until(lambda: kiosk.find(r"Thandi") is None, "a page without the member's name")
    wait_until(lambda: share_of(GREEN) < 0.1, "a page that is not green")


def test_a_scanner_works_too(place):
    member = place.demo()
    code = place.hold_out(member)
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    kiosk = place.start("--camera", "none", "--scanner", f"serial:{os.ttyname(theirs)}")
    kiosk.wait_for(r"^Hold your pass to the scanner$")
    kiosk.wait_for(r"^Stand-alone")

    def scan():
        os.write(ours, code.encode() + b"\r")
        return kiosk.find(r"^(Welcome, Thandi N\.|You're already in)")

    # Until the scanner is opened nobody listens; a code that is read again within five seconds is one scan.
    wait_until(scan, "an answer to the scanner")
    os.close(ours)
    os.close(theirs)


def test_a_missing_camera_is_said_and_the_board_goes_on(place):
    member = place.demo()
    os.rmdir(place.camera)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^The camera is not there$")
    kiosk.wait_for(r"^Please ask reception to check you in\. We keep trying\.$")
    start = time.strftime("%Y-%m-%dT%H:%M:00+00:00", time.gmtime(time.time() + 3600))
    service = place.ask("service", "add", "--name", "Kite Yoga", "--kind", "class", "--type", "yoga",
                        "--duration", "60", "--capacity", "7", "--credits", "0")["id"]
    session = place.ask("session", "add", "--service", service, "--start", start)["id"]
    kiosk.wait_for(r"Kite Yoga.*, 7 free$")
    guest = place.ask("member", "add", "--first", "Kite", "--last", "Runner")["id"]
    place.ask("book", "--member", guest, "--session", session)
    kiosk.wait_for(r"Kite Yoga.*, 6 free$")
    os.mkdir(place.camera)
    place.hold_out(member)
    kiosk.wait_for(r"^(Welcome, Thandi N\.|Which class today\?)")


def test_a_camera_that_is_unplugged_is_noticed(place):
    member = place.demo()
    place.hold_out(member)
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Welcome, Thandi N\.")
    shutil.rmtree(place.camera)
    kiosk.wait_for(r"^The camera is not there$")
    kiosk.wait_for(r"^Next here$")


def test_the_language_switches_at_a_tap(place):
    place.demo()
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Next here$")
    # Reception's settings have one of that name too, behind a PIN; the check-in page's is told of last.
    named = [node for node in kiosk.walk() if node.get_name() == "Afrikaans"]
    buttons = [node for node in named if node.get_n_actions() == 1]
    check(buttons, "the language button cannot be pressed")
    buttons[-1].do_action(0)
    kiosk.wait_for(r"^Volgende hier$")
    kiosk.wait_for(r"^Selfstandig")
    check(kiosk.find(r"^Next here$") is None, "English words stay behind")


def test_no_studio_is_said_and_the_door_opens_when_there_is_one(place):
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Set up a new studio$")
    wait_until(lambda: share_of(PAPER) > 0.3, "a calm page")
    place.demo()
    kiosk.wait_for(r"^Next here$")
    kiosk.wait_for(r"^Stand-alone")
    kiosk.wait_for(r"Vinyasa Flow")


def test_a_damaged_studio_is_said_and_left_alone(place):
    place.demo()
    database = os.path.join(place.data, "studioloop.db")
    for ending in ("-wal", "-shm"):
        if os.path.exists(database + ending):
            os.unlink(database + ending)
    with open(database, "wb") as out:
        out.write(b"This was a database once. " * 400)
    with open(database, "rb") as file:
        before = file.read()
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^The studio's data is damaged$")
    check(kiosk.terminate() == 0, f"ended badly: {kiosk.said()}")
    with open(database, "rb") as file:
        check(file.read() == before, "the damaged file was changed")


def test_no_key_leaves_the_door(place):
    place.demo()
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Next here$")
    wait_until(lambda: share_of(PAPER) > 0.2, "the page in sight")
    for key in ("ctrl+shift+i", "ctrl+shift+d", "ctrl+q", "ctrl+w", "alt+F4", "Escape", "F11", "Tab", "space", "Return",
                "shift+F10", "Menu"):
        press(key)
    # Answered only after the keys before it: the X server keeps their order.
    kiosk.wait_for(r"^Next here$")
    width, height, _pixels = screenshot()
    check(windows() == ["StudioLoop"], f"windows: {windows()}")
    check(kiosk.find(r"^Next here$") is not None, "another language")
    out = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^StudioLoop$", "getwindowgeometry"],
                         capture_output=True, check=True, text=True).stdout
    check(f"Geometry: {width}x{height}" in out, f"the window does not fill the screen: {out}")
    check(kiosk.is_alive(), "the kiosk ended")


def test_no_inspector_in_a_window_either(place):
    place.demo()
    kiosk = place.start("--camera", place.camera, "--windowed")
    kiosk.wait_for(r"^Next here$")
    wait_until(lambda: windows() == ["StudioLoop"], "the window")
    subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^StudioLoop$", "windowfocus", "--sync"],
                   check=True)
    for key in ("ctrl+shift+i", "ctrl+shift+d"):
        press(key)
    for _ in range(3):
        press("Tab")
        kiosk.wait_for(r"^Next here$")
    check(windows() == ["StudioLoop"], f"windows: {windows()}")
    check(kiosk.find(r"[Ii]nspector") is None, "the inspector is open")


def test_ending_it_from_outside_is_clean(place):
    place.demo()
    kiosk = place.start("--camera", place.camera)
    kiosk.wait_for(r"^Next here$")
    check(kiosk.terminate() == 0, f"ended badly: {kiosk.said()}")
    check(not kiosk.complaints(), kiosk.said())


def test_a_crash_is_no_end_in_order(place):
    """What the service's loop goes by."""
    place.demo()
    for how in (signal.SIGSEGV, signal.SIGABRT):
        kiosk = place.start("--camera", "none")
        kiosk.wait_for(r"^Next here$")
        kiosk.process.send_signal(how)
        check(kiosk.process.wait(timeout=PATIENCE_S) != 0, f"{how} ends as if somebody had left: {kiosk.said()}")


def test_after_a_crash_the_page_is_back(place):
    member = place.demo()
    place.hold_out(member)
    kiosk = Supervised(["--data", place.data, "--camera", place.camera])
    place.kiosks.append(kiosk)
    kiosk.wait_for(r"^Welcome, Thandi N\.")
    for how in (signal.SIGKILL, signal.SIGABRT):
        before = kiosk.pid()
        began = time.monotonic()
        os.kill(before, how)
        wait_until(lambda: kiosk.pid() not in (None, before), "a kiosk after the crash")
        kiosk.wait_for(r"^(Next here|You're already in)$")
        print(f"# back after {time.monotonic() - began:.2f} s")
    os.kill(kiosk.pid(), signal.SIGTERM)
    check(kiosk.service.wait(timeout=PATIENCE_S) == 0, f"an end in order ends the service: {kiosk.said()}")


def main(module):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    Atspi.set_timeout(5000, 15000)
    tests = [(name, function) for name, function in module.items() if name.startswith("test_")]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        place = Place()
        began = time.monotonic()
        try:
            function(place)
            verdict = "ok"
        except Exception:  # whatever it was: the case failed, the next one still runs
            failed += 1
            verdict = "not ok"
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
        finally:
            place.close()
        print(f"# {time.monotonic() - began:.1f} s")
        print(f"{verdict} {number} - {name.removeprefix('test_').replace('_', '-')}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(globals()))
