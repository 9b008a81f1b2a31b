# A Raspberry Pi Pico W that wakes up, beats, says when it will beat again, and sleeps. The same file runs under CPython
# too, where it does so once. Sockets are all it needs: the MQTT is below.
import json
import os
import socket
import struct
import time

import config

try:
    import machine
    import network
except ImportError:  # no board
    machine = network = None

STARTS = "starts.txt"
ANSWER_WITHIN = 10  # seconds
JOIN_WITHIN = 20  # seconds
TRIES = 3
MOST_SKIPPED = 8  # packets before an answer that answer something else


def main():
    began = time.time()
    boot = count_start()
    delivered = False
    for attempt in range(TRIES):
        try:
            join()
            beat(boot, time.time() - began)
            delivered = True
            break
        except OSError as error:
            print("no beat:", error)
            time.sleep(1 << attempt)
    if machine is None:
        raise SystemExit(0 if delivered else 1)
    network.WLAN(network.STA_IF).active(False)
    machine.deepsleep(config.EVERY * 1000)  # ends with a reset, and this file runs again


def beat(boot, age):
    """An ok with what was measured, then a bye: silent on purpose until the next one."""
    gateway = Gateway(boot)
    gateway.publish("", {"boot": boot, "seq": 1, "age": age, "m": measured()})
    gateway.publish("/bye", {"boot": boot, "seq": 2, "age": 0, "next": config.EVERY})
    gateway.leave()


def measured():
    if machine is None:
        return {}
    volts = machine.ADC(4).read_u16() * 3.3 / 65535  # the RP2040's own thermometer, data sheet 4.9.5
    return {"temp": round(27 - (volts - 0.706) / 0.001721, 1)}


def count_start():
    """How often the device has started. Written beside and renamed: a loss of power must not begin again at 1."""
    try:
        with open(STARTS) as file:
            starts = int(file.read())
    except (OSError, ValueError):
        starts = 0
    with open(STARTS + ".new", "w") as file:
        file.write(str(starts + 1))
    os.rename(STARTS + ".new", STARTS)
    return starts + 1


def join():
    if network is None:
        return
    radio = network.WLAN(network.STA_IF)
    radio.active(True)
    radio.connect(config.WIFI_NAME, config.WIFI_PASSWORD)
    for _ in range(JOIN_WITHIN * 10):
        if radio.isconnected():
            return
        time.sleep(0.1)
    raise OSError("no Wi-Fi within %d s" % JOIN_WITHIN)


class Gateway:
    """A connection by MQTT 3.1.1, greeted, with a will. Raises OSError when it ends or makes no sense."""

    def __init__(self, boot):
        family, kind, protocol, _, address = socket.getaddrinfo(config.HOST, config.PORT, 0, socket.SOCK_STREAM)[0]
        self.socket = socket.socket(family, kind, protocol)
        self.socket.settimeout(ANSWER_WITHIN)
        self.socket.connect(address)
        self.id = 0
        # A clean session that leaves a will of QoS 1; with a key, user name and password.
        flags = 0x0E if config.KEY is None else 0xCE
        parts = [text("MQTT"), struct.pack("!BBH", 4, flags, 60), text(config.DEVICE)]
        parts += [text("hb/%s/will" % config.DEVICE), text(str(boot))]
        if config.KEY is not None:
            parts += [text(config.DEVICE), text(config.KEY)]
        self.send(0x10, b"".join(parts))
        first, body = self.receive()
        if first != 0x20 or body[1:] != b"\x00":
            raise OSError("the gateway refuses: %d" % body[-1] if body else "no answer to a greeting")

    def publish(self, event, payload):
        """Returns when the gateway has it on disk."""
        self.id += 1
        number = struct.pack("!H", self.id)
        self.send(0x32, text("hb/" + config.DEVICE + event) + number + json.dumps(payload).encode())
        for _ in range(MOST_SKIPPED + 1):
            if self.receive() == (0x40, number):
                return
        raise OSError("no PUBACK, but other packets")

    def leave(self):
        self.send(0xE0, b"")
        self.socket.close()

    def send(self, first, body):
        left, head = len(body), bytearray([first])
        while left > 127:
            head.append(left & 127 | 128)
            left >>= 7
        head.append(left)
        data = bytes(head) + body
        while data:
            data = data[self.socket.send(data) :]

    def receive(self):
        first, left = self.take(2)
        if left > 127:
            left += (self.take(1)[0] - 1) << 7
        return first, self.take(left)

    def take(self, length):
        data = b""
        while len(data) < length:
            piece = self.socket.recv(length - len(data))
            if not piece:
                raise OSError("the gateway closed the connection")
            data += piece
        return data


def text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


if __name__ == "__main__":
    main()
