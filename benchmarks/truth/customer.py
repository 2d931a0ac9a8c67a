"""One customer of the simulation: his conversation, and how his number is written."""

ANSWERS = 6  # questions of a whole conversation
AGAIN = (420.0, 600.0, 900.0, 1500.0, 2400.0)  # s after which an unanswered customer writes again
GIVE_UP = 0.3  # the share of those who wait because of a fault and do not write again
REPEATS = 0.03  # the share of answers after which a customer says the same again at once
TWICE = 0.05  # the share of customers that the sheet made a lead once before, in another form of the number
BY_PHONE = (300.0, 600.0)  # s after a fault's end in which a person answers these from the phone
FORMS = ("55119{:08d}", "+55119{:08d}", "119{:08d}", "5511{:08d}", "+55 (11) 9 {:08d}")  # of a stored phone


class Customer:
    """One customer. `waiting`: since when nothing was delivered to him after he wrote; None: he is answered."""

    def __init__(self, lead: str, *, foreign: bool = False) -> None:
        self.lead = lead
        self.session = ""
        self.answered = 0
        self.again = 0
        self.turn = 0
        self.waiting: float | None = None
        self.unheard = False  # the gateway has not heard what he waits for: nobody can know
        self.stuck = False
        self.known = False  # he was answered once: what follows are follow-ups
        self.repeats = False  # he says again what the bot did not understand: its answer would be the same
        self.content = False  # and has nothing more to say after it
        self.floods = False
        self.lost = False  # the bot fails on each of his messages before it stores it
        self.foreign = foreign
        self.bucket = -1.0  # of the bot's newest answer
        self.text = ""  # his newest
        self.texts = 0
        self.kept = False  # he was kept waiting by a fault
        self.gave_up = False  # and will not write again
        place = int(lead.removeprefix("lead"))
        self.lid = f"{7 * 10**13 + place}@lid"
        line = 90_000_000 + place  # of a mobile
        if foreign:
            self.chat = f"1415{5550000 + place % 10000}@c.us"
            self.phone = f"55{self.chat.removesuffix('@c.us')}"  # the bot puts 55 in front of it
        else:
            self.chat = f"5511{'9' * (place % 3 > 0)}{line}@c.us"  # old numbers' ids have no ninth digit
            self.phone = FORMS[place % len(FORMS)].format(line)  # as the bot stored it
        # As the sheet stores it, in a form that differs from the bot's.
        self.other_phone = f"+{self.chat.removesuffix('@c.us')}" if place % len(FORMS) else self.chat

    @property
    def answers_to(self) -> str:
        """The chat to which the bot sends what it says to him."""
        return f"55{self.chat}" if self.foreign else self.chat

    @property
    def answers_lid(self) -> str:
        """The hidden id of that chat."""
        return f"55{self.lid}" if self.foreign else self.lid

    def says(self) -> str:
        """His next text: a new one, or his last one again."""
        if not (self.repeats or self.floods) or not self.text:
            self.texts += 1
            self.text = f"{self.lead} says {self.texts}"
        return self.text
