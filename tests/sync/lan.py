# SPDX-License-Identifier: GPL-3.0-or-later
"""Two machines on one LAN, made of network namespaces: a veth pair between them, each with a system bus and an
avahi-daemon of its own. Nothing of it is seen outside, and all of it goes with the processes that hold it."""
import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time

PATIENCE_S = 60  # what does not come by then never comes
TOOLS = ("unshare", "nsenter", "setpriv", "ip", "nft", "dbus-daemon", "avahi-daemon")
SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
"""

AVAHI = """[server]
host-name={name}
allow-interfaces=eth0
use-ipv4=yes
use-ipv6=yes
[publish]
publish-hinfo=no
publish-workstation=no
[rlimits]
"""


# What the daemon writes, and what is announced by file, are the machine's own.
MOUNTS = "mount -t tmpfs none /run && mount -t tmpfs none /etc/avahi/services && "

SERVICE = """<?xml version="1.0"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd"><service-group><name>{name}</name>
<service><type>_studioloop._tcp</type><port>{port}</port>{texts}</service></service-group>
"""


def why_not():
    """Why namespaces cannot be had here; None: they can."""
    missing = [tool for tool in TOOLS if not shutil.which(tool, path=SBIN)]
    if missing:
        return f"not installed: {' '.join(missing)}"
    done = subprocess.run(
        ["unshare", "-n", "-m", "ip", "link", "add", "a0", "type", "veth", "peer", "name", "b0"],
        capture_output=True, text=True, check=False, env={**os.environ, "PATH": SBIN},
    )
    return None if done.returncode == 0 else f"no network namespaces: {done.stderr.strip()}"


def skip_or_go(name):
    """Ends the test loudly where no namespaces are to be had."""
    reason = why_not()
    if reason is None:
        return
    print("1..1")
    print(f"ok 1 {name} # SKIP skipped: hardware/namespace: {reason}")
    print(f"{name}: skipped: hardware/namespace: {reason}", file=sys.stderr)
    sys.exit(0)


def wait_until(condition, claim, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience_s} s: {claim() if callable(claim) else claim}")
        threading.Event().wait(0.02)


class Machine:
    """One end of the cable."""

    def __init__(self, directory, name, address):
        self.directory, self.name, self.address = directory, name, address
        os.makedirs(directory, exist_ok=True)
        self.socket = os.path.join(directory, "bus")
        self.env = {**os.environ, "PATH": SBIN, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.socket}"}
        self.bus = self.avahi = None
        self.holder = subprocess.Popen(
            ["unshare", "-n", "-m", "sh", "-c", MOUNTS + "ip link set lo up && echo up && exec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env,
        )
        if self.holder.stdout.readline() != b"up\n":
            raise AssertionError("the namespace did not come up")

    def argv(self, *words):
        """The command inside this machine. It ends with the test, whatever ends that."""
        inside = ["nsenter", "-t", str(self.holder.pid), "-n", "-m", "--wd=" + os.getcwd()]
        return [*inside, "setpriv", "--pdeathsig", "KILL", *map(str, words)]

    def run(self, *words, **how):
        return subprocess.run(self.argv(*words), env=self.env, check=True, capture_output=True, text=True, **how)

    def start(self, *words, log="log", **how):
        with open(os.path.join(self.directory, log), "ab") as file:
            return subprocess.Popen(
                self.argv(*words), stdin=subprocess.DEVNULL, stderr=file, env=self.env, start_new_session=True, **how
            )

    def start_bus(self):
        config = os.path.join(self.directory, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS.format(socket=self.socket))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)
        self.bus = self.start("dbus-daemon", "--nofork", "--nopidfile", "--config-file=" + config, log="bus.log")
        wait_until(lambda: os.path.exists(self.socket), "the bus")

    def start_avahi(self):
        config = os.path.join(self.directory, "avahi.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(AVAHI.format(name=self.name))
        self.run("mkdir", "-p", "/run/avahi-daemon")
        self.avahi = self.start(
            "avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", "-f", config, log="avahi.log"
        )

    def announce(self, name, port, *texts):
        """Tells the LAN of a service with these TXT records, as anybody may."""
        texts = "".join(f"<txt-record>{text}</txt-record>" for text in texts)
        text = SERVICE.format(name=name, port=port, texts=texts)
        self.run("sh", "-c", f"cat > '/etc/avahi/services/{name}.service'", input=text)

    @staticmethod
    def end(process):
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def stop_avahi(self):
        self.end(self.avahi)
        self.avahi = None

    def stop_bus(self):
        self.end(self.bus)
        self.bus = None

    def cut(self):
        """The cable carries nothing any more, and nobody says so."""
        self.run("nft", "add table inet cut; add chain inet cut in { type filter hook input priority 0; policy drop; }")
        self.run("nft", "add chain inet cut out { type filter hook output priority 0; policy drop; }")
        self.run("nft", "add rule inet cut in iif lo accept; add rule inet cut out oif lo accept")

    def lose(self, percent):
        """So many packets in a hundred are lost, either way."""
        chance = f"numgen random mod 100 < {percent} drop"
        self.run("nft", "add table inet cut; add chain inet cut in { type filter hook input priority 0; }")
        self.run("nft", "add chain inet cut out { type filter hook output priority 0; }")
        self.run("nft", f"add rule inet cut in iif eth0 {chance}; add rule inet cut out oif eth0 {chance}")

    def mend(self):
        self.run("nft", "delete table inet cut")

    def unplug(self):
        self.run("ip", "link", "set", "eth0", "down")

    def plug_in(self):
        self.run("ip", "link", "set", "eth0", "up")

    def close(self):
        self.stop_avahi()
        self.stop_bus()
        self.holder.stdin.close()
        self.holder.wait()
        self.holder.stdout.close()


@contextlib.contextmanager
def two_machines(directory, avahi=True):
    one = Machine(os.path.join(directory, "one"), "desk-one", "10.77.0.1")
    two = None
    try:
        two = Machine(os.path.join(directory, "two"), "desk-two", "10.77.0.2")
        one.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", str(two.holder.pid))
        for machine in (one, two):
            machine.run("ip", "addr", "add", machine.address + "/24", "dev", "eth0")
            machine.run("ip", "link", "set", "eth0", "up")
            machine.run("ip", "link", "set", "eth0", "multicast", "on")
            machine.start_bus()
            if avahi:
                machine.start_avahi()
        yield one, two
    finally:
        for machine in (one, two):
            if machine is not None:
                machine.close()
