#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL 15 of a test's own, in a temporary directory, as an unprivileged user.

    with Postgresql() as server:
        uri = server.database("one")
        server.kill()
        server.start()
        with server.standby() as standby:  # of a server with tcp
            standby.cut_off()
            standby.promote()

As a program it is the keeper that does the work, for C tests too: it reads a command a line from its input (start,
stop, restart, kill, database NAME, port, promote, query DATABASE SQL) and answers a line, "ok WHAT" (first the
directory) or "failed WHY". At the end of its input, which comes even when the test was killed, it ends the server and
removes the directory. The server ends with its keeper.
"""
import ctypes
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

START_SECONDS = 60
STOP_SECONDS = 60
SOCKET_PATH_MAX = 90  # of 107, with the socket's name behind it
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
PORT = 5432  # names the socket; nothing listens on it unless asked


def programs():
    """The folder of the server's programs: Debian keeps them beside PATH."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda each: int(each.split("/")[4]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed")
    return found[-1]


def end_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The keeper's side."""

    def __init__(self, tcp, primary_port=None):
        self.tcp = tcp
        self.port = free_port() if tcp else PORT
        self.process = None
        folder = tempfile.mkdtemp(prefix="sl-pg-")
        if len(folder) > SOCKET_PATH_MAX:
            os.rmdir(folder)
            folder = tempfile.mkdtemp(prefix="sl-pg-", dir="/tmp")
        self.folder = folder
        # The server refuses to run as root.
        self.who = {}
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            self.who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            self.user = "postgres"
        self.data = os.path.join(folder, "data")
        self.environment = {"PATH": programs() + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        if primary_port is None:
            words = ["-D", self.data, "-U", self.user, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale"]
            self.program("initdb", *words)
        else:  # a streaming standby: -R says of whom
            words = ["-D", self.data, "-U", self.user, "-h", "127.0.0.1", "-p", primary_port, "-R", "-c", "fast"]
            self.program("pg_basebackup", *words, "--no-sync")

    def program(self, name, *words):
        done = subprocess.run(
            [os.path.join(programs(), name), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=self.environment,
            check=False,
            **self.who,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stdout.decode(errors='replace').strip()[-500:]}")
        return done.stdout.decode(errors="replace").strip()

    def query(self, database, sql):
        words = ["-h", self.folder, "-p", str(self.port), "-U", self.user, "-d", database, "-X", "-A", "-t", "-c", sql]
        return self.program("psql", *words).replace("\n", " ")

    def promote(self):
        self.program("pg_ctl", "promote", "-D", self.data, "-w")

    def status(self):
        """The lines of the server's own file; none before it wrote them."""
        try:
            with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def start(self):
        if self.process is not None:
            return
        settings = {
            "listen_addresses": "127.0.0.1" if self.tcp else "",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "logging_collector": "off",
            "max_connections": 100,
            "recovery_init_sync_method": "syncfs",  # one call for all the files that initdb did not sync
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(programs(), "postgres"), "-D", self.data, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.environment,
                preexec_fn=end_with_parent,
                start_new_session=True,
                **self.who,
            )
        end = time.monotonic() + START_SECONDS
        while True:
            lines = self.status()
            if len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() in ("ready", "standby"):
                return
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server does not start: " + self.log_tail())
            time.sleep(0.01)

    def log_tail(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
            return " | ".join(file.read().splitlines()[-5:])

    def stop(self, how=signal.SIGINT):
        """SIGINT: in order, with connections cut; SIGQUIT: at once, with recovery at the next start."""
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self):
        """SIGKILL to all of it, as when a machine's memory is full. Its children would end by themselves, later."""
        if self.process is None:
            return
        pid = self.process.pid
        lines = self.status()
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = [int(each) for each in file.read().split()]
        self.process.kill()
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process = None
        for child in children:  # orphans, taken up by others: gone when their entry is
            end = time.monotonic() + STOP_SECONDS
            while self.is_ours(child) and time.monotonic() < end:
                time.sleep(0.01)
        if len(lines) >= 7 and len(lines[6].split()) == 2:  # its mark in shared memory stays behind
            subprocess.run(["/usr/bin/ipcrm", "-m", lines[6].split()[1]], stderr=subprocess.DEVNULL, check=False)

    def is_ours(self, pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                return file.read().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def uri(self, name):
        if self.tcp:
            return f"postgresql://{self.user}@127.0.0.1:{self.port}/{name}"
        return f"postgresql://{self.user}@/{name}?host={quote(self.folder, safe='')}&port={self.port}"

    def database(self, name):
        self.program("createdb", "-h", self.folder, "-p", str(self.port), "-U", self.user, name)
        return self.uri(name)

    def end(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def obey(server, line):
    word, _, rest = line.strip().partition(" ")
    if word == "start":
        server.start()
    elif word == "stop":
        server.stop()
    elif word == "restart":
        server.stop()
        server.start()
    elif word == "kill":
        server.kill()
    elif word == "database":
        return server.database(rest)
    elif word == "port":
        return str(server.port)
    elif word == "promote":
        server.promote()
    elif word == "query":
        return server.query(*rest.split(" ", 1))
    else:
        raise RuntimeError(f"what is {word}?")
    return ""


def keep():
    if os.getpid() != os.getsid(0):
        os.setsid()  # whoever kills the test's whole group must not kill its cleaner
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)  # the end of the input is the end
    server = None
    try:
        primary = [word.partition("=")[2] for word in sys.argv[1:] if word.startswith("--standby-of=")]
        server = Server("--tcp" in sys.argv[1:], *primary)
        server.start()
        print("ok", server.folder, flush=True)
        for line in sys.stdin:
            try:
                print("ok", obey(server, line), flush=True)
            except (RuntimeError, OSError) as problem:
                print("failed", str(problem).replace("\n", " "), flush=True)
    except (RuntimeError, OSError, KeyError) as problem:
        try:
            print("failed", str(problem).replace("\n", " "), flush=True)
        except BrokenPipeError:
            pass
    finally:
        if server is not None:
            server.end()


class Postgresql:
    """The test's side. tcp: also reachable on 127.0.0.1, by the URIs it gives."""

    def __init__(self, tcp=False, standby_of=None):
        words = ["/usr/bin/python3", os.path.abspath(__file__)] + (["--tcp"] if tcp else [])
        words += [f"--standby-of={standby_of}"] if standby_of else []
        self.keeper = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.folder = self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def answer(self):
        word, _, rest = self.keeper.stdout.readline().strip().partition(" ")
        if word != "ok":
            raise RuntimeError(rest or "the keeper of PostgreSQL ended")
        return rest

    def ask(self, line):
        self.keeper.stdin.write(line + "\n")
        self.keeper.stdin.flush()
        return self.answer()

    def start(self):
        self.ask("start")

    def stop(self):
        self.ask("stop")

    def restart(self):
        self.ask("restart")

    def kill(self):
        self.ask("kill")

    def database(self, name):
        """Makes a database; its URI, which stays good over restarts."""
        return self.ask("database " + name)

    def query(self, sql, database="postgres"):
        """What psql says, in one line."""
        return self.ask(f"query {database} {sql}")

    # A standby that streams from a server with tcp.

    def standby(self):
        return Postgresql(tcp=True, standby_of=self.port)

    @property
    def port(self):
        return self.ask("port")

    def wait_for(self, primary):
        """Until it has all that the primary has written."""
        there = primary.query("SELECT pg_current_wal_flush_lsn()")
        self.wait(f"SELECT pg_last_wal_replay_lsn() >= '{there}'::pg_lsn")

    def cut_off(self):
        """Nothing comes from its primary any more."""
        self.query("ALTER SYSTEM SET primary_conninfo = ''")
        self.query("SELECT pg_reload_conf()")
        self.wait("SELECT count(*) = 0 FROM pg_stat_wal_receiver")

    def promote(self):
        self.ask("promote")

    def wait(self, sql):
        end = time.monotonic() + START_SECONDS
        while self.query(sql) != "t":
            if time.monotonic() > end:
                raise RuntimeError("not within a minute: " + sql)
            time.sleep(0.01)

    def close(self):
        self.keeper.stdin.close()
        self.keeper.stdout.close()
        self.keeper.wait()


if __name__ == "__main__":
    keep()
