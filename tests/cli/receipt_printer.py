# SPDX-License-Identifier: GPL-3.0-or-later
"""A receipt printer on the network: takes what is sent, answers what printers answer, and can be made to fail."""
import socket
import threading

PICTURE = b"\x1dv0\x00"
# command → bytes of it, for those that the program sends; a picture says its own length.
LENGTHS = {b"\x1b@": 2, b"\x1bp": 5, b"\x1bd": 3, b"\x1dV": 4, b"\x10\x04": 3, b"\x1dr": 3, b"\x1dg": 6}


class ReceiptPrinter:
    """speaks: answers questions; hold: where it stops taking anything ("picture", "cut"), until let_go()."""

    def __init__(self, speaks=True, hold=None, paper=True):
        self.speaks, self.hold, self.paper = speaks, hold, paper
        self.loses = False  # what it held when it was let go: as one that is switched off and on
        self.cuts, self.pictures, self.kicks, self.dots = 0, 0, 0, 0
        self.free, self.reached = threading.Event(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.place = f"tcp:127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

    def talk(self, peer):
        with peer:
            data = b""
            try:
                while True:
                    more = peer.recv(4096)
                    data += more
                    while (used := self.obey(peer, data)) > 0:
                        data = data[used:]
                    if not more:
                        return
            except OSError:
                return

    def wait(self, place):
        if self.hold == place:
            self.reached.set()
            self.free.wait()
            if self.loses:
                raise OSError("switched off")

    def let_go(self):
        self.hold = None
        self.free.set()

    def answer(self, peer, data):
        if self.speaks:
            peer.sendall(data)

    def obey(self, peer, data):
        """The first command in data; its length, 0 where it is not whole."""
        if data.startswith(PICTURE):
            size = 8 + (data[4] + 256 * data[5]) * (data[6] + 256 * data[7]) if len(data) >= 8 else 1 << 30
            if len(data) >= 8:
                self.wait("picture")
            if len(data) < size:
                return 0
            self.pictures += 1
            self.dots += size - 8
            return size
        length = LENGTHS.get(data[:2], 1)
        if len(data) < length or (len(data) == 1 and data in b"\x1b\x1d\x10"):
            return 0
        if data[:2] == b"\x10\x04":
            out = {4: 0x72, 2: 0x32}.get(data[2], 0x12) if not self.paper else 0x12
            self.answer(peer, bytes([out]))
        elif data[:2] == b"\x1dr":
            self.wait("answer")
            self.answer(peer, b"\x00")
        elif data[:2] == b"\x1dg":
            self.answer(peer, b"_%d\x00" % self.cuts)
        elif data[:2] == b"\x1dV":
            self.cuts += 1
        elif data[:2] == b"\x1bp":
            self.kicks += 1
        return length

    def close(self):
        self.let_go()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
