#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""reception.py KIOSK STUDIOLOOP UNIT: reception in the shipped program, on its bad days.

As e2e.py, whose helpers it uses: what is tapped and read is found by its accessible name.
"""
import os
import pty
import re
import shutil
import subprocess
import sys
import tty

import e2e
from e2e import check, wait_until

RECEPTIONIST, PIN, WRONG = r"^Lerato Mokoena, Reception$", "571936", "207145"  # the demo studio's
MANAGER, MANAGER_PIN = r"^Johan van der Merwe, Manager$", "482916"
HOSTILE = [
    b"SL1\x00" + b"A" * 2048,
    b"'; DROP TABLE member; --",
    b"=HYPERLINK(\"http://example.org\")",
    "\u202egnitset\u202c".encode(),
    b"\xff\xfe\xfd" * 30,
    b"\x1b[2J\x1b[31m",
]
DISK_SIZE = "24m"
NAMESPACE = "SL_TEST_NAMESPACE"


def tap(kiosk, pattern):
    button = kiosk.wait_for(pattern)
    check(button.get_n_actions() > 0, f"{pattern} cannot be pressed")
    button.do_action(0)


def find_keys(kiosk):
    keys = {}
    for node in kiosk.walk():
        if re.match(r"(\d|OK)$", node.get_name() or "") and node.get_n_actions() == 1:
            keys.setdefault(node.get_name(), node)  # the members' pad comes after the desk's
    return keys if len(keys) == 11 else None


def type_pin(kiosk, pin):
    """Over the bus a look at everything is slow, so the keys are looked for once."""
    if not hasattr(kiosk, "keys"):
        kiosk.keys = wait_until(lambda: find_keys(kiosk), "the keys of the PIN pad")
    for digit in pin:  # each once: a button that is still pressed takes no second press
        kiosk.keys[digit].do_action(0)
    kiosk.wait_for(f"^{len(pin)} digits typed$")
    kiosk.keys["OK"].do_action(0)


def sign_in(kiosk, who=RECEPTIONIST, pin=PIN):
    kiosk.wait_for(r"^Next here$")
    tap(kiosk, r"^Reception$")
    tap(kiosk, who)
    type_pin(kiosk, pin)
    kiosk.wait_for(r"places")  # a class of today


def add_session(place):
    """A class that begins now, which nobody else has to do with."""
    start = subprocess.run(["date", "-u", "-d", "+5 minutes", "+%Y-%m-%dT%H:%M:00+00:00"], capture_output=True,
                           check=True, text=True).stdout.strip()
    service = place.ask("service", "add", "--name", "Kite Yoga", "--kind", "class", "--type", "yoga",
                        "--duration", "60", "--capacity", "7", "--credits", "0")["id"]
    return place.ask("session", "add", "--service", service, "--start", start)["id"]


def add_booking(place, session, last):
    member = place.ask("member", "add", "--first", "Kite", "--last", last)["id"]
    return place.ask("book", "--member", member, "--session", session)["id"]


def test_two_kiosks_on_one_database(place):
    place.demo()
    session = add_session(place)
    add_booking(place, session, "Runner")
    one, two = (place.start("--camera", "none") for _ in range(2))
    for kiosk in (one, two):
        sign_in(kiosk)
        tap(kiosk, r"Kite Yoga, .*0 in · 1 booked · 7 places")
        kiosk.wait_for(r"^Kite Runner, Expected$")
    tap(one, r"^Check in Kite Runner$")
    for kiosk in (one, two):
        kiosk.wait_for(r"^Kite Runner, In since ")
        kiosk.wait_for(r"Kite Yoga, .*1 in · 1 booked · 7 places")
    # And what no kiosk did.
    add_booking(place, session, "Flyer")
    for kiosk in (one, two):
        kiosk.wait_for(r"^Kite Flyer, Expected$")
    tap(two, r"^Check in Kite Flyer$")
    one.wait_for(r"^Kite Flyer, In since ")
    check(place.ask("verify")["ok"] is True, "verify found problems")


def test_the_camera_is_pulled_out_and_comes_back(place):
    member = place.demo()
    kiosk = place.start("--camera", place.camera)
    sign_in(kiosk)
    shutil.rmtree(place.camera)
    kiosk.wait_for(r"^Camera missing$")
    kiosk.wait_for(r"places")  # reception goes on
    os.mkdir(place.camera)
    place.hold_out(member)
    wait_until(lambda: kiosk.find(r"^Camera missing$") is None, "a camera that is there again")


def test_a_guessed_pin_is_locked(place):
    place.demo()
    kiosk = place.start("--camera", "none")
    kiosk.wait_for(r"^Next here$")
    tap(kiosk, r"^Reception$")
    tap(kiosk, RECEPTIONIST)
    locked = r"^Too many wrong PINs\. Locked until "
    for _ in range(10):
        type_pin(kiosk, WRONG)
        kiosk.wait_for(r"^(The PIN is wrong|Too many wrong PINs)")
        wait_until(lambda: kiosk.find(r"^0 digits typed$"), "an empty entry")
        if kiosk.find(locked):
            break
    kiosk.wait_for(locked)
    type_pin(kiosk, PIN)  # the right one comes too late
    wait_until(lambda: kiosk.find(r"^0 digits typed$"), "an empty entry")
    kiosk.wait_for(locked)
    check(kiosk.find(r"places$") is None, "the desk has opened")


def test_a_hostile_code_at_the_desk(place):
    place.demo()
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    before = place.ask("state-hash")
    kiosk = place.start("--camera", "none", "--scanner", f"serial:{os.ttyname(theirs)}")
    sign_in(kiosk)
    for code in HOSTILE:
        os.write(ours, code + b"\r")
    for section in ("Walk-in", "Members", "Sell"):
        tap(kiosk, f"^{section}$")
        for code in HOSTILE:
            os.write(ours, code + b"\r")
    tap(kiosk, "^Today$")
    kiosk.wait_for(r"places")
    check(e2e.windows() == ["StudioLoop"], f"windows: {e2e.windows()}")
    check(kiosk.is_alive() and not kiosk.complaints(), kiosk.said())
    check(place.ask("state-hash") == before, "a code has changed the studio")
    os.close(ours)
    os.close(theirs)


def test_a_change_while_the_question_is_open(place):
    place.demo()
    session = add_session(place)
    booking = add_booking(place, session, "Runner")
    kiosk = place.start("--camera", "none")
    sign_in(kiosk)
    tap(kiosk, r"Kite Yoga, .*0 in · 1 booked · 7 places")
    tick = kiosk.wait_for(r"^Check in Kite Runner$")
    place.ask("cancel", booking)
    tick.do_action(0)  # of a row that is about to go
    kiosk.wait_for(r"Kite Yoga, .*0 in · 0 booked · 7 places")
    wait_until(lambda: kiosk.find(r"^Kite Runner, (In|Expected)") is None, "a roster without who has cancelled")
    check(kiosk.is_alive() and not kiosk.complaints(), kiosk.said())
    check(place.ask("verify")["ok"] is True, "verify found problems")


def test_a_manager_leaves_and_the_service_is_over(place):
    """The service's loop goes on for any other status: what ends it has to be 0."""
    place.demo()
    kiosk = e2e.Supervised(["--data", place.data, "--camera", "none"])
    place.kiosks.append(kiosk)
    sign_in(kiosk, MANAGER, MANAGER_PIN)
    tap(kiosk, r"^Settings$")

    def is_asked():  # a button takes its time to be pressed, and does nothing before it is in sight
        kiosk.wait_for(r"^Leave$").get_parent().do_action(0)  # it is told by the words in it
        kiosk.wait_for(r"^Leave the desk program$").do_action(0)
        return kiosk.find(r"^A manager's PIN$")

    wait_until(is_asked, "a PIN, from a manager who is there already, too")
    tap(kiosk, MANAGER)
    type_pin(kiosk, MANAGER_PIN)
    check(kiosk.service.wait(timeout=e2e.PATIENCE_S) == 0, kiosk.said())
    check(kiosk.said().count("Somebody has left the desk program") == 1, kiosk.said())
    check(not kiosk.complaints(), kiosk.said())


def test_a_full_disk_is_said_and_loses_nothing(place):
    os.mkdir(place.data)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "none", place.data], check=True)
    try:
        place.demo()
        session = add_session(place)
        add_booking(place, session, "Runner")
        kiosk = place.start("--camera", "none")
        sign_in(kiosk)
        tap(kiosk, r"Kite Yoga, .*0 in · 1 booked · 7 places")
        kiosk.wait_for(r"^Kite Runner, Expected$")
        filler = os.path.join(place.data, "filler")
        subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4096"], check=False, capture_output=True)
        tap(kiosk, r"^Check in Kite Runner$")
        kiosk.wait_for(r"^(We can't record right now|The disk is full)")
        check(kiosk.find(r"^Kite Runner, In since") is None, "shown as in, and not on the disk")
        kiosk.kill()
        os.unlink(filler)
        kiosk = place.start("--camera", "none")
        sign_in(kiosk)
        tap(kiosk, r"Kite Yoga, .*0 in · 1 booked · 7 places")
        tap(kiosk, r"^Check in Kite Runner$")
        kiosk.wait_for(r"^Kite Runner, In since ")
        check(place.ask("verify")["ok"] is True, "verify found problems")
        kiosk.kill()
    finally:
        for each in place.kiosks:
            each.kill()
        subprocess.run(["umount", place.data], check=True)


if __name__ == "__main__":
    # A disk that is filled up is mounted: who is not root does that in a mount namespace of their own.
    if os.geteuid() != 0 and NAMESPACE not in os.environ:
        os.environ[NAMESPACE] = "own"
        words = ["unshare", "--user", "--mount", "--map-current-user", "--keep-caps"]
        os.execvp("unshare", [*words, sys.executable, *sys.argv])
    sys.exit(e2e.main(globals()))
