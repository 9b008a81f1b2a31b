# A training loop that nobody has to watch: the run begins and ends, and each epoch says when the next one is expected.
# It learns a line through noise, and stands for whatever takes hours. Only the standard library is needed.
import math
import os
import random
import sys
import time
import urllib.parse
import urllib.request
import uuid


def main():
    rate = float(sys.argv[1]) if len(sys.argv) > 1 else 0.1
    with Run("train-line") as run:
        train(run, rate, epochs=5)


def train(run, rate, epochs):
    points = [(x / 50, 3 * x / 50 + 1 + random.gauss(0, 0.1)) for x in range(50)]
    slope = offset = 0.0
    for epoch in range(epochs):
        began = time.monotonic()
        for x, y in random.sample(points, len(points)):
            error = slope * x + offset - y
            slope -= rate * error * x
            offset -= rate * error
        errors = [slope * x + offset - y for x, y in points]
        loss = sum(error * error for error in errors) / len(points)
        if not math.isfinite(loss):
            raise ValueError("epoch %d: expected a finite loss, got %s" % (epoch, loss))
        run.checkpoint(time.monotonic() - began, epoch=epoch, loss=loss)


class Run:
    """
    The heartbeat `name` has a start, and an ok or a fail. The heartbeat `name/epoch` beats after each epoch and is
    declared with `schedule: none`: what is expected of it is what it says itself.
    """

    def __init__(self, name):
        self.name = name
        self.id = str(uuid.uuid4())

    def __enter__(self):
        ping(self.name, "start", rid=self.id)
        return self

    def checkpoint(self, seconds, **metrics):
        """An epoch is done and took so long. Without a word in three times that, the training hangs."""
        expected = {"next": math.ceil(3 * seconds) + 60, "grace": 60}
        ping(self.name + "/epoch", "ok", **expected, **{"m." + key: value for key, value in metrics.items()})

    def __exit__(self, kind, error, trace):
        # The last ok of the epochs expects nothing more.
        ping(self.name + "/epoch", "ok")
        if error is None:
            ping(self.name, "ok", rid=self.id)
        else:
            ping(self.name, "fail", rid=self.id, msg="%s: %s" % (kind.__name__, error))


def ping(name, event, **query):
    """Says so, and never gets in the way: a gateway that is away is one line on stderr. The token is good for both."""
    base = os.environ.get("OVERDUE_URL", "http://127.0.0.1:8080")
    url = "%s/ping/%s/%s?%s" % (base, name, event, urllib.parse.urlencode(query))
    request = urllib.request.Request(url, method="POST")
    if "OVERDUE_TOKEN" in os.environ:
        request.add_header("Authorization", "Bearer " + os.environ["OVERDUE_TOKEN"])
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except OSError as error:
        print("%s/%s: %s" % (name, event, error), file=sys.stderr)


if __name__ == "__main__":
    main()
