"""The bot: one worker that sleeps 5-12 s a message while all else queues.

A first contact is two messages; failed sends are stored as sent after three tries; 200 on failure; a text that is
not said twice to one phone in the same five minutes; counters that end with each worker.
"""

from collections import deque
from collections.abc import Callable

import msgspec

from benchmarks.truth.customer import Customer
from benchmarks.truth.database import Database
from benchmarks.truth.faults import GONE_FOR, Kind
from benchmarks.truth.gateway import Gateway
from benchmarks.truth.records import What
from benchmarks.truth.scene import Scene
from benchmarks.truth.worker import BUCKET, Worker

RETRIES, RETRY_EVERY = 15, 2.0  # of the gateway's webhook
DEPLOY = (10.0, 40.0)  # s of 502 from the host while an instance is replaced
KILLED = 120.9  # s: a send that hangs holds the worker until it is killed
SKIPPED = 0.3  # s of the worker for an answer that it does not give
ACCEPTS = 0.05  # s of the worker for a message before it does anything with it


class Job(msgspec.Struct, frozen=True):
    """A message in the worker's queue. `sleeps`: before each message that it may have to send."""

    customer: Customer
    text: str
    tries: int  # of the gateway that are left
    sleeps: tuple[float, ...]


class Bot:
    """What it does with each webhook. `delivered`, `skipped`: called with the customer that it happened to."""

    def __init__(self, scene: Scene, gateway: Gateway, database: Database, seed: int) -> None:
        self._scene = scene
        self._gateway = gateway
        self._database = database
        self._until = 0.0  # the worker is busy with what it does now
        self._queue: deque[Job] = deque()
        self._working = False
        self._life = 0  # of the worker: a deploy ends what it was doing
        self._down_until = 0.0
        self._every_second = 0
        self.worker = Worker(seed, scene.harmless)
        self.delivered: Callable[[Customer], None] = lambda _customer: None
        self.skipped: Callable[[Customer], None] = lambda _customer: None

    def health(self) -> tuple[float, str]:
        """Seconds until /health answers, and what: ok, refused, timeout, or an error."""
        scene = self._scene
        if scene.on(Kind.AGENT_DOWN) or self._gone():
            return 0.0, "refused"
        if scene.on(Kind.AGENT_ERRORS) or scene.now < self._down_until:
            return 0.1, "HTTP 502"
        wait = max(0.0, self.busy_at() - scene.now)
        if scene.on(Kind.AGENT_HANGS) or wait > 30.0:
            return 30.0, "timeout"
        self.worker.asked()
        return wait + 0.05, "ok"

    def busy_at(self) -> float:
        """When its worker was busy last, or will have done all that is queued, as things are now."""
        if not self._queue:
            return self._until
        return max(self._until, self._scene.now) + sum(self._takes(job) for job in self._queue)

    def event(self) -> None:
        """A session.status or message.ack: the webhook answers 500, and its worker is a request older."""
        self._scene.harmless["events answered 500"] += 1
        self.worker.asked()
        self._until = max(self._until, self._scene.now) + 0.02

    def deploy(self) -> None:
        """The host replaces the instance; the gateway posts again what was queued."""
        self._life += 1
        self._down_until = self._scene.now + self._scene.rng.uniform(*DEPLOY)
        self._until, self._working = self._down_until, False
        queued, self._queue = self._queue, deque()
        for job in queued:
            self._post_again(job.customer, job.text, job.tries)
        self.worker.boot()

    def _gone(self) -> bool:
        """Whether it is in the first part of a fault in which it is away, and comes back."""
        fault = self._scene.fault(Kind.BACK)
        return fault is not None and self._scene.now < fault.begin + GONE_FOR

    def webhook(self, customer: Customer, text: str, tries: int = RETRIES) -> None:
        """The gateway posts a customer's message, and tries again where nobody takes it."""
        scene = self._scene
        gone = scene.on(Kind.AGENT_DOWN, Kind.AGENT_HANGS, Kind.AGENT_ERRORS) or self._gone()
        if gone or scene.now < self._down_until:
            self._post_again(customer, text, tries)
            return
        sleeps = tuple(scene.rng.uniform(5, 12) for _ in range(1 if customer.session else 2))
        self._queue.append(Job(customer, text, tries, sleeps))
        if not self._working:
            self._working = True
            self._go_on(max(scene.now, self._until) + ACCEPTS)

    def _post_again(self, customer: Customer, text: str, tries: int) -> None:
        if tries:
            self._scene.at(self._scene.now + RETRY_EVERY, lambda: self.webhook(customer, text, tries - 1))

    def _go_on(self, at: float) -> None:
        """Takes the next message out of the queue at an instant, or once what it does now is done."""
        life = self._life

        def step() -> None:
            if self._life != life:
                return
            if self._scene.now < self._until:
                self._go_on(self._until)
            elif self._queue:
                self._begin(self._queue.popleft())
                self._go_on(self._until + ACCEPTS)
            else:
                self._working = False

        self._scene.at(at, step)

    def _takes(self, job: Job) -> float:
        """Seconds of the worker for a message that it begins now."""
        if self._gateway.hangs():
            return KILLED
        took = sum(job.sleeps[: 1 if job.customer.session else 2])
        return took * 3 + 21.0 if self._gateway.refuses() else took  # three tries, each refused after up to 5 s

    def _begin(self, job: Job) -> None:
        scene, customer = self._scene, job.customer
        now = scene.now
        skips = (customer.repeats or customer.floods) and customer.bucket == now // BUCKET
        customer.bucket = now // BUCKET
        first = not customer.session
        took = SKIPPED if skips else self._takes(job)
        self._until = now + took
        if scene.on(Kind.DATABASE_DOWN):
            return  # 200 lead_creation_failed: lost, and no row shows it
        self.worker.asked()
        self._every_second += 1
        lost = scene.on(Kind.LOST, Kind.LOST_RESTART) or customer.lost
        if lost or (scene.on(Kind.HALF_LOST) and self._every_second % 2):
            return  # 500, and its retry is called a duplicate
        self._process(customer, job.text, now + took, first, skips)

    def _process(self, customer: Customer, text: str, done: float, first: bool, skips: bool) -> None:
        scene = self._scene
        if first:
            customer.session = f"session-{customer.lead}"
            if not self._database.knows(customer.lead):
                self._database.store(What.LEAD, customer)
        self._database.store(What.RECEIVED, customer, text)
        if scene.on(Kind.STUCK) and scene.rng.random() < 0.9:
            customer.stuck = True
        if scene.on(Kind.SILENT) or customer.stuck:
            return
        if skips:
            self.worker.deduped += 1
            self.skipped(customer)
            return
        if self._gateway.hangs():
            scene.at(done, self.worker.boot)  # it is killed in its send
            return
        answer = f"answer to {text}"

        def send() -> None:
            if self._gateway.status() == "STARTING":  # one of its next two tries finds the session again
                again = max(scene.now, self._gateway.flickers_until + scene.rng.uniform(1, 8))
                self._until = max(self._until, again)
                scene.at(again, send)
                return
            self.worker.sent += 1
            self._database.store(What.SENT, customer, answer)
            if self._gateway.refuses():
                return
            pending = scene.on(Kind.PENDING)
            arrives = not pending and not customer.foreign
            self._gateway.say(customer.answers_to, customer.answers_lid, answer, ours=True, arrives=arrives)
            if arrives:
                self.delivered(customer)

        scene.at(done, send)
