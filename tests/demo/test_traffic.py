"""The customers: the same seed gives the same, and whoever waits writes again."""

import asyncio
from itertools import islice

from qualtui.demo.bot import greeting
from qualtui.demo.pace import HOUR, Pace
from qualtui.demo.persona import PER_HOUR, Persona, plan
from qualtui.demo.traffic import Traffic
from tests.demo.running import eventually

ANA = Persona(0.0, "5511900000001", "Ana Exemplo", "Oi", ("Cem mil",), (350.0,))


def test_the_same_seed_gives_the_same_plan() -> None:
    assert list(islice(plan(7, 10), 50)) == list(islice(plan(7, 10), 50))
    assert list(islice(plan(7, 10), 50)) != list(islice(plan(8, 10), 50))


def test_phones_are_invented_and_unique() -> None:
    phones = [one.phone for one in islice(plan(1, 10), 500)]
    assert len(set(phones)) == 500
    assert all(len(phone) == 13 and phone.startswith("55119000") for phone in phones)


def test_office_hours_bring_about_forty_messages_an_hour_and_nights_few() -> None:
    def messages(start_hour: float, hours: float) -> float:
        total = 0
        for one in plan(3, start_hour):
            if one.at > hours * HOUR:
                return total / hours
            total += 1 + len(one.answers)
        return 0.0

    days = [messages(9, 3), messages(14, 4)]
    assert 0.6 * PER_HOUR < sum(days) / len(days) < 1.4 * PER_HOUR
    assert messages(1, 4) < 0.15 * PER_HOUR


def test_answers_come_after_the_bots_five_minutes() -> None:
    assert all(delay > 300 for one in islice(plan(1, 10), 200) for delay in one.delays)


async def test_who_gets_no_answer_writes_again_a_bounded_number_of_times() -> None:
    written: list[str] = []
    traffic = Traffic(Pace(100_000), 1, lambda phone, name, text: written.append(text))
    running = asyncio.create_task(traffic.run(iter([ANA])))

    async def patient() -> bool:
        return len(written) == 7

    await eventually(patient)
    await asyncio.sleep(0.1)  # an hour and more in their time: nothing follows
    assert len(written) == 7
    assert [one.persona.phone for one in traffic.waiting()] == [ANA.phone]
    traffic.nudge()

    async def again() -> bool:
        return len(written) > 7

    await eventually(again)
    running.cancel()


async def test_a_greeting_answers_nobody_and_a_question_does() -> None:
    written: list[str] = []
    traffic = Traffic(Pace(10_000), 1, lambda phone, name, text: written.append(text))
    traffic.arrive(ANA)
    traffic.delivered(ANA.phone, greeting(ANA.name))
    assert traffic.waiting()
    traffic.delivered(ANA.phone, "Para começar: ...")
    assert not traffic.waiting()
    running = asyncio.create_task(traffic.run(iter([])))

    async def answered() -> bool:
        return "Cem mil" in written

    await eventually(answered)
    running.cancel()
