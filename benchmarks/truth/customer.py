"""One customer of the simulation: his conversation, and how his number is written."""

from qualtui.signals.chats import Said

ANSWERS = 6  # questions of a whole conversation
AGAIN = (420.0, 600.0, 900.0, 1500.0, 2400.0)  # s after which an unanswered customer writes again
REMEMBERED = 20  # messages of a chat
GIVE_UP = 0.3  # the share of those whom a fault keeps waiting who do not write again
REPEATS = 0.03  # the share of answers after which a customer says the same again at once
TWICE = 0.05  # the share of customers whom the sheet made a lead once before, in another form of the number
BY_PHONE = (300.0, 600.0)  # s after a fault's end in which a person answers these from the phone
FORMS = ("55119{:08d}", "+55119{:08d}", "119{:08d}", "5511{:08d}", "+55 (11) 9 {:08d}")  # of a stored phone


class Customer:
    """One customer. `waiting`: since when nothing was delivered to him after he wrote; None: he is answered."""

    def __init__(self, lead: str) -> None:
        self.lead = lead
        self.session = ""
        self.answered = 0
        self.again = 0
        self.turn = 0
        self.waiting: float | None = None
        self.stuck = False
        self.known = False  # he was answered once: what follows are follow-ups
        self.repeats = False  # he says again what the bot did not understand: its answer would be the same
        self.floods = False
        self.bucket = -1.0  # of the bot's newest answer
        self.kept = False  # he was kept waiting by a fault
        self.gave_up = False  # and will not write again
        self.said: list[Said] = []  # his chat, as the gateway has it, oldest first
        place = int(lead.removeprefix("lead"))
        self.chat = f"5511{'9' * (place % 3 > 0)}{place:08d}@c.us"  # the ids of old numbers have no ninth digit
        self.phone = FORMS[place % len(FORMS)].format(place)  # as the bot stored it

    def see(self, said: Said, now: Said | None = None) -> None:
        """A message stands in his chat; `now`: one that stands there, as it is from now on."""
        if now is None:
            self.said = [*self.said, said][-REMEMBERED:]
        else:
            self.said = [now if one == said else one for one in self.said]
