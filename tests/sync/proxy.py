# SPDX-License-Identifier: GPL-3.0-or-later
"""A wire that misbehaves: stands between agents and hubs, and cuts, delays, truncates and repeats what goes through.

What it does with a connection is drawn from a seed when the connection is made, by the mode that is set then.
"""
import contextlib
import random
import select
import socket
import struct
import threading

CHUNK_BYTES = 16384
REPLAY_MAX_BYTES = 1 << 20
DELAY_MAX_S = 0.2
CUT_MAX_BYTES = 6000
MODES = ("clean", "cut", "truncate", "delay", "repeat", "dark", "mixed")


class Proxy:
    """Listens on a port of its own and forwards to one of backends, a list of (host, port) that may change."""

    def __init__(self, backends, seed):
        self.backends = list(backends)
        self.random = random.Random(seed)
        self.mode = "clean"
        self.counts = dict.fromkeys(MODES, 0)
        self.bytes_up = self.bytes_down = 0  # of what clients sent and got, without TCP's own
        self.lock = threading.Lock()
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def set_mode(self, mode):
        """From now on; what is open is broken where the new mode is dark."""
        assert mode in MODES
        with self.lock:
            self.mode = mode
        if mode == "dark":
            self.break_all()

    def break_all(self):
        with self.lock:
            sockets = list(self.open)
        for each in sockets:
            _reset(each)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.close()
        self.break_all()

    def _accept(self):
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            with self.lock:
                mode = self.mode
                if mode == "mixed":
                    mode = self.random.choice(("clean", "cut", "truncate", "delay", "repeat"))
                self.counts[mode] += 1
                backends = list(self.backends)
                self.random.shuffle(backends)
                seed = self.random.getrandbits(64)
            if mode == "dark":
                _reset(client)
                continue
            threading.Thread(target=self._serve, args=(client, backends, mode, seed), daemon=True).start()

    def _serve(self, client, backends, mode, seed):
        for backend in backends:
            try:
                server = socket.create_connection(backend, timeout=5)
                break
            except OSError:
                continue
        else:
            _reset(client)
            return
        server.settimeout(None)
        with self.lock:
            self.open |= {client, server}
        try:
            sent = self._pump(client, server, mode, random.Random(seed))
        finally:
            with self.lock:
                self.open -= {client, server}
            for each in (client, server):
                with contextlib.suppress(OSError):
                    each.close()
        if mode == "repeat" and sent:
            _replay(backend, sent)

    def _count(self, up, length):
        with self.lock:
            if up:
                self.bytes_up += length
            else:
                self.bytes_down += length

    def _pump(self, client, server, mode, chance):
        """Forwards both ways until one side ends; gives what the client sent, for a replay."""
        limit = chance.randrange(1, CUT_MAX_BYTES) if mode in ("cut", "truncate") else None
        cut_side = chance.choice((client, server))
        passed, sent = 0, bytearray()
        while True:
            try:
                ready, _, _ = select.select([client, server], [], [], 60)
                if not ready:
                    return bytes(sent)
                for source in ready:
                    data = source.recv(CHUNK_BYTES)
                    target = server if source is client else client
                    if not data:
                        return bytes(sent)
                    if mode == "delay":
                        threading.Event().wait(chance.random() * DELAY_MAX_S)
                    if limit is not None and (mode == "cut" or source is cut_side):
                        data = data[: max(0, limit - passed)]
                        passed += len(data)
                    if source is client and mode == "repeat" and len(sent) < REPLAY_MAX_BYTES:
                        sent += data
                    target.sendall(data)
                    self._count(source is client, len(data))
                    if limit is not None and passed >= limit:
                        if mode == "cut":
                            _reset(client)
                            _reset(server)
                        return bytes(sent)
            except (OSError, ValueError):
                return bytes(sent)


def _reset(connection):
    """The other side sees a reset, not an orderly end."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()


def _replay(backend, sent):
    """Somebody who listened says the same once more."""
    with contextlib.suppress(OSError), socket.create_connection(backend, timeout=5) as again:
        again.sendall(sent)
        again.settimeout(2)
        while again.recv(CHUNK_BYTES):
            pass
