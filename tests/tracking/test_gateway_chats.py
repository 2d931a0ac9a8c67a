"""The gateway's chats: who waits in truth, whose answer arrived, which message was never stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.tracking.chat_corrections import Known, heard_until, with_chats, with_heard
from qualtui.tracking.figures import Limits, reply_figures
from qualtui.tracking.gateway_chats import (
    ERROR,
    Chat,
    ChatMessage,
    Chats,
    with_last_message,
    with_messages,
    with_page,
)
from qualtui.tracking.identity import chat_key, stored_forms
from qualtui.tracking.ledger import begun
from qualtui.tracking.replies import PendingReply, ReplyState
from qualtui.tracking.wait_cause import WaitCause, cause_of

ANA = "551190001111"  # as it is compared: without the ninth digit
CHAT = "5511990001111@c.us"
NOW = 10_000.0


def theirs(at: float) -> ChatMessage:
    return ChatMessage(at, ours=False)


def ours(at: float, ack: int | None = 2) -> ChatMessage:
    return ChatMessage(at, ours=True, ack=ack)


def read(*messages: ChatMessage, at: float = NOW) -> Chats:
    """Ana's chat, after these messages were its last one in turn."""
    chats = Chats()
    for message in messages:
        chats = with_page(chats, [(CHAT, message)], at)
    return chats


def told(book: ReplyState, chats: Chats, known: Known | None = None, born: float = 0.0) -> ReplyState:
    """The book after the chats; Ana is the lead `ana`."""
    leads = {ANA: known}
    numbers = {"ana": ANA}
    book = with_heard(book, heard_until(book, chats, numbers))
    return with_chats(book, chats, numbers, leads, lambda key: f"chat-{key[-2:]}", born)


@pytest.mark.parametrize(
    "stored",
    [
        "5511990001111",
        "551190001111",
        "+5511990001111",
        "11990001111",
        "+55 (11) 99000-1111",
        "5511990001111@c.us",
        "551190001111@s.whatsapp.net",
    ],
)
def test_a_phone_is_the_same_number_however_it_is_written(stored: str) -> None:
    assert chat_key(stored) == ANA


@pytest.mark.parametrize(
    "chat", ["120363000000000000@g.us", "status@broadcast", "0@c.us", "1@newsletter", "", "Ana"]
)
def test_groups_channels_and_status_are_nobody(chat: str) -> None:
    assert chat_key(chat) == ""


@given(st.from_regex(r"55[1-9]{2}9?[2-9][0-9]{7}", fullmatch=True))
def test_a_number_finds_the_lead_that_the_bot_stored_for_its_chat(digits: str) -> None:
    assert digits in stored_forms(chat_key(f"{digits}@c.us"))
    assert {chat_key(form) for form in stored_forms(chat_key(digits))} >= {chat_key(digits)}


def test_a_customer_waits_since_the_first_message_that_nobody_answered() -> None:
    chats = read(theirs(100), theirs(400))
    assert chats.open[ANA].since == 100
    assert chats.waiting(0) == [ANA]


def test_an_answer_that_whatsapp_has_taken_ends_the_wait() -> None:
    assert read(theirs(100), ours(130)).waiting(0) == []


@pytest.mark.parametrize(("ack", "waits"), [(-1, True), (0, True), (1, False), (3, False), (None, False)])
def test_an_answer_counts_when_whatsapp_has_taken_it(ack: int | None, waits: bool) -> None:
    assert (ANA in read(theirs(100), ours(130, ack)).open) is waits


def test_after_an_answer_the_wait_begins_anew() -> None:
    assert read(theirs(100), ours(130), theirs(400)).open[ANA].since == 400


def test_what_the_chat_itself_says_corrects_what_its_last_message_seemed_to_say() -> None:
    seemed = with_last_message(
        with_last_message(None, theirs(100)), theirs(400)
    )  # what was between was never read
    assert with_messages(seemed, [theirs(100), ours(130), theirs(400)]).since == 400
    assert with_messages(seemed, [theirs(50), theirs(100), theirs(400)]).since == 50


def test_one_more_of_ours_that_is_not_taken_keeps_nobody_waiting_who_has_an_answer() -> None:
    said = [theirs(100), ours(110), ours(120, 0)]
    chat = with_messages(with_last_message(with_last_message(None, ours(110)), ours(120, 0)), said)
    assert chat.since is None
    assert with_last_message(chat, ours(120, 0)) == chat  # and is not looked into at each read
    assert with_messages(with_last_message(chat, theirs(300)), [*said, theirs(300)]).since == 300
    assert with_messages(with_last_message(None, ours(120, 0)), [ours(120, 0)]).since == 120


def test_an_acknowledgement_that_came_meanwhile_is_seen() -> None:
    assert with_messages(with_last_message(None, ours(130, 0)), [theirs(100), ours(130, 2)]).since is None


def test_of_one_second_the_chats_last_message_is_the_last() -> None:
    assert with_messages(with_last_message(None, theirs(130)), [ours(130), theirs(130), theirs(100)]).since == 130
    assert with_messages(with_last_message(None, ours(130)), [ours(130), theirs(130), theirs(100)]).since is None


def test_a_chat_that_is_read_again_unchanged_stays_looked_at() -> None:
    chat = with_messages(with_last_message(None, theirs(400)), [theirs(100), theirs(400)])
    again = with_last_message(chat, theirs(400))
    assert (again.looked, again.since) == (True, 100)
    assert not with_last_message(chat, theirs(500)).looked


def test_a_message_that_no_row_has_is_owed_an_answer() -> None:
    book = told(ReplyState(), read(theirs(NOW - 300)), Known("ana", received=None, sent=None))
    assert book.owed["ana"] == PendingReply(NOW - 300, NOW - 300, unstored=NOW - 300)
    assert book.asked["ana"] == (NOW - 300,)


def test_one_who_is_no_lead_is_owed_an_answer_under_a_pseudonym() -> None:
    book = told(ReplyState(), read(theirs(NOW - 300)))
    assert book.owed["chat-11"].unstored == NOW - 300
    assert ANA not in str(book)


def test_what_came_before_the_first_look_is_nobodys() -> None:
    assert told(ReplyState(), read(theirs(NOW - 300)), born=NOW - 200).owed == {}


def test_who_waited_before_the_first_look_and_writes_again_waits_since_then() -> None:
    book = told(ReplyState(), read(theirs(NOW - 300), theirs(NOW - 100)), born=NOW - 200)
    assert book.owed["chat-11"].since == NOW - 100


def test_an_answer_that_the_gateway_has_settles_what_the_rows_doubt() -> None:
    doubted = ReplyState(owed={"ana": PendingReply(100.0, 100.0, "s", unheard=130.0)}, asked={"ana": (100.0,)})
    book = told(doubted, read(ours(130)))
    assert (book.owed, book.asked, book.settled, book.last_settled) == ({}, {}, (100.0,), 100.0)


def test_who_was_answered_by_phone_and_writes_again_waits_since_then() -> None:
    owed = {"ana": PendingReply(100.0, 500.0, "s", unheard=120.0)}
    book = ReplyState(owed=owed, asked={"ana": (100.0, 500.0)})
    for chats in (read(theirs(100), ours(300)), read(theirs(100), ours(300), theirs(499))):
        merged = told(book, chats, Known("ana", received=500.0))
        assert merged.owed["ana"].since in {499.0, 500.0}
        assert merged.owed["ana"].unheard is None
        assert (merged.asked, merged.settled) == ({"ana": (500.0,)}, (100.0,))


def test_an_answer_older_than_the_customers_newest_row_settles_what_came_before_alone() -> None:
    book = ReplyState(owed={"ana": PendingReply(100.0, 140.0, "s")}, asked={"ana": (100.0, 140.0)})
    assert told(book, read(ours(130))).owed == {"ana": PendingReply(140.0, 140.0, "s")}
    assert told(book, read(ours(90))).owed == book.owed


def test_a_row_that_says_sent_without_a_message_in_the_chat_was_never_sent() -> None:
    known = Known("ana", received=NOW - 298, sent=NOW - 280)
    assert told(ReplyState(), read(theirs(NOW - 300)), known).owed["ana"].unheard == NOW - 280


def test_a_row_of_an_answer_that_came_before_the_message_answers_it_not() -> None:
    known = Known("ana", sent=NOW - 299.5)  # its message was sent a second before the row was stored
    assert told(ReplyState(), read(theirs(NOW - 300)), known).owed["ana"].unstored == NOW - 300


def test_who_writes_again_before_the_chats_show_the_answer_waits_since_then() -> None:
    book = ReplyState(owed={"ana": PendingReply(NOW + 12, NOW + 12, "s")}, answered={"ana": NOW + 8})
    known = Known("ana", received=NOW + 12, sent=NOW + 8)
    assert told(book, read(theirs(NOW - 2)), known).owed["ana"] == book.owed["ana"]
    late = told(book, read(theirs(NOW - 2), at=NOW + 100), known).owed["ana"]
    assert (late.since, late.unheard) == (NOW - 2, NOW + 8)  # read since then, and it is in no chat


def test_a_row_that_says_sent_just_now_is_believed_for_a_minute() -> None:
    known = Known("ana", received=NOW - 60, sent=NOW - 50)
    assert told(ReplyState(), read(theirs(NOW - 61)), known).owed == {}


def test_a_message_that_was_stored_and_is_owed_nothing_has_its_reason() -> None:
    assert told(ReplyState(), read(theirs(NOW - 300)), Known("ana", received=NOW - 299)).owed == {}


def test_rows_and_chats_that_agree_count_a_customer_once() -> None:
    book = ReplyState(owed={"ana": PendingReply(NOW - 290, NOW - 290, "s")})
    merged = told(book, read(theirs(NOW - 300)), Known("ana", received=NOW - 290))
    assert merged.owed == {"ana": PendingReply(NOW - 300, NOW - 290, "s")}


@pytest.mark.parametrize("answered", [False, True])
def test_a_person_who_is_two_leads_is_counted_once(answered: bool) -> None:
    """The sheet made a lead of Ana's number and greeted it; she wrote, and the bot made another one."""
    book = ReplyState(answered={"sheet": NOW - 900})
    if answered:
        book = ReplyState(answered={"sheet": NOW - 900, "ana": NOW - 1})
    else:
        book = ReplyState(answered=book.answered, owed={"ana": PendingReply(NOW - 29, NOW - 29, "s")})
    numbers = {"sheet": ANA, "ana": ANA}
    told_ = with_chats(book, read(theirs(NOW - 30)), numbers, {ANA: Known("sheet")}, str, 0.0)
    assert list(told_.owed) == ([] if answered else ["ana"])


def test_one_of_ours_that_whatsapp_never_took_answers_nobody() -> None:
    chats = read(theirs(NOW - 300), ours(NOW - 200, 0))
    book = told(ReplyState(), chats, Known("ana", received=NOW - 299, sent=NOW - 199))
    assert (book.owed["ana"].since, book.owed["ana"].unheard) == (NOW - 300, NOW - 200)
    fresh = read(theirs(NOW - 50), ours(NOW - 30, 0))
    assert told(ReplyState(), fresh, Known("ana", received=NOW - 49, sent=NOW - 29)).owed == {}


def test_a_wait_is_not_forgotten_however_long_it_lasts_and_an_answered_chat_is() -> None:
    old = Chats(1.0, {ANA: Chat(theirs(1.0), 1.0)}, {"5511": Chat(ours(1.0))})
    now = with_page(old, (), 40 * 86_400.0)
    assert (set(now.open), set(now.answered)) == ({ANA}, set())


def test_of_two_chats_with_one_number_the_newer_one_tells() -> None:
    old = "551190001111@c.us"  # without the ninth digit: left over from before the number got it
    for page in ([(CHAT, ours(900)), (old, theirs(100))], [(old, ours(100)), (CHAT, theirs(900))]):
        for order in (page, page[::-1]):
            chats = with_page(Chats(), order, NOW)
            assert (ANA in chats.open) is (not max(order, key=lambda one: one[1].at)[1].ours)


LID = "204000000001111@lid"


def two_names(*page: tuple[str, ChatMessage]) -> Chats:
    """The chats after a read of a gateway that lists Ana under a hidden id and under her number."""
    return with_page(Chats(lids={LID: ANA}), page, NOW)


def test_what_was_answered_under_the_other_name_of_a_chat_makes_no_wait_of_days() -> None:
    chats = with_page(
        two_names((CHAT, ours(800)), (LID, theirs(700))), [(LID, theirs(900)), (CHAT, ours(800))], NOW
    )
    chat = chats.open[ANA]
    assert (chat.since, chat.names) == (900, (LID, CHAT))
    # Under the hidden id stands what she wrote, and nothing of ours.
    assert with_messages(chat, [theirs(900), theirs(700), theirs(100)]).since == 900


def test_both_names_of_a_chat_are_looked_into_whichever_is_newer() -> None:
    for page in ([(LID, theirs(900)), (CHAT, ours(800))], [(CHAT, ours(900, ERROR)), (LID, theirs(800))]):
        chat = two_names(*page).open[ANA]
        assert set(chat.names) == {LID, CHAT}
        assert not chat.looked


def test_who_wrote_under_a_hidden_id_and_got_a_refused_answer_under_the_number_waits() -> None:
    chats = two_names((CHAT, ours(900, ERROR)), (LID, theirs(800)))
    looked = with_messages(chats.open[ANA], [ours(900, ERROR), theirs(800)])
    book = told(ReplyState(), chats.having({ANA: looked}, NOW))
    (owed,) = book.owed.values()
    assert (owed.since, owed.refused) == (800, True)


def test_an_answer_that_was_deleted_was_given_and_a_message_that_was_deleted_is_owed_nothing() -> None:
    assert read(theirs(100), ours(130), theirs(100)).waiting(0) == []
    assert read(ours(90), theirs(100), ours(90)).waiting(0) == []


def test_one_of_the_backlog_whose_new_message_no_row_has_waits_since_then() -> None:
    book = ReplyState(owed={"ana": PendingReply(100.0, 100.0, "s")}, asked={"ana": (100.0,)})
    owed = told(book, read(theirs(NOW - 300)), Known("ana"), born=NOW - 1000).owed["ana"]
    assert (owed.since, owed.unstored, owed.backlog(NOW - 1000)) == (NOW - 300, NOW - 300, False)


def test_a_chat_that_was_not_asked_about_is_not_counted_beside_its_lead() -> None:
    book = ReplyState(owed={"ana": PendingReply(NOW - 290, NOW - 290, "s")})
    assert with_chats(book, read(theirs(NOW - 300)), {"ana": ANA}, {}, str, 0.0).owed == book.owed


def test_a_lead_whose_phone_is_written_in_no_known_form_is_found_by_what_it_is_owed() -> None:
    book = ReplyState(owed={"ana": PendingReply(NOW - 290, NOW - 290, "s")})
    assert set(told(book, read(theirs(NOW - 300))).owed) == {"ana"}


def test_what_was_sent_to_such_a_lead_in_vain_was_not_lost_on_the_way_in() -> None:
    book = ReplyState(answered={"ana": NOW - 280})
    owed = told(book, read(theirs(NOW - 300))).owed
    assert (set(owed), owed["ana"].unheard, owed["ana"].unstored) == ({"ana"}, NOW - 280, None)


def test_who_writes_again_after_an_answer_sent_in_vain_waits_for_that_first_cause() -> None:
    chats = read(theirs(NOW - 700), theirs(NOW - 90))
    for book, known in (
        (ReplyState(answered={"ana": NOW - 650}), Known("ana")),  # the second message is in the bot's queue
        (
            ReplyState(answered={"ana": NOW - 650}, owed={"ana": PendingReply(NOW - 80, NOW - 80, "s")}),
            Known("ana", received=NOW - 80),
        ),
    ):
        owed = told(book, chats, known).owed["ana"]
        assert (owed.since, cause_of(owed)) == (NOW - 700, WaitCause.NOT_DELIVERED)


def test_who_had_only_just_written_when_the_chats_were_read_last_is_not_said_to_wait() -> None:
    for ago, waits in ((30, False), (300, True)):
        chats = read(theirs(NOW - ago))
        book = with_chats(ReplyState(), chats, {}, {ANA: None}, str, 0.0, fresh=False)
        assert (ANA in book.owed) is waits


def test_one_of_ours_to_nobodys_customer_keeps_nobody_waiting() -> None:
    assert told(ReplyState(), read(ours(NOW - 300, 0))).owed == {}
    assert told(ReplyState(), read(theirs(NOW - 400), ours(NOW - 300, 0))).owed != {}


@pytest.mark.parametrize("chat", ["." * 100_000, "5" * 100_000, "55119" + "." * 99_999 + "x"])
def test_an_id_of_any_length_is_read_at_once(chat: str) -> None:
    assert chat_key(chat) == ""


messages = st.lists(
    st.builds(ChatMessage, st.integers(0, 50).map(float), st.booleans(), st.sampled_from([-1, 0, 1, None]))
)


@given(messages.filter(bool))
def test_a_chat_waits_exactly_when_something_came_after_the_last_heard_answer(said: list[ChatMessage]) -> None:
    ordered = sorted(said, key=lambda one: (one.at, one.heard))
    chat = with_messages(with_last_message(None, ordered[-1]), ordered)
    heard = max((one.at for one in ordered if one.heard), default=-1.0)
    after = [one.at for one in ordered if not one.heard and one.at > heard and (heard < 0 or not one.ours)]
    assert chat.since == (min(after) if after else None)


def test_who_writes_every_minute_to_a_dead_webhook_has_lost_the_first_message() -> None:
    chats = read(*(theirs(NOW - 780 + 60 * minute) for minute in range(13)))
    owed = told(ReplyState(), chats, None).owed
    assert [(one.since, one.unstored) for one in owed.values()] == [(NOW - 780, NOW - 780)]


def test_who_was_stored_before_the_webhook_died_has_lost_what_came_then() -> None:
    chats = read(theirs(NOW - 700), theirs(NOW - 90))
    owed = told(
        ReplyState(owed={"ana": PendingReply(NOW - 700, NOW - 700, "s")}), chats, Known("ana", received=NOW - 700)
    ).owed
    assert (owed["ana"].since, owed["ana"].unstored) == (NOW - 700, NOW - 90)


def test_what_whatsapp_refused_for_more_than_a_moment_is_a_customer_lost() -> None:
    for ack, lost in ((ERROR, 1.0), (0, 0.0)):
        ledger = begun(NOW - 3600, 3600.0, NOW - 3600)
        book = told(
            ReplyState(), read(theirs(NOW - 300), ours(NOW - 280, ack)), Known("ana", NOW - 300, NOW - 280)
        )
        told_of = reply_figures(ledger, book, NOW, Limits())
        assert (told_of["customers.waiting"][0], told_of["customers.lost"][0]) == (1.0, lost)


def test_a_message_to_a_number_that_the_bot_made_up_waits_until_its_owner_has_an_answer() -> None:
    owner, made_up = "14155551234@c.us", "5514155551234@c.us"
    page = [(owner, theirs(NOW - 500)), (made_up, ours(NOW - 490, 0))]
    known = {"5514155551234": Known("ana", received=NOW - 499, sent=NOW - 490)}
    chats = with_page(Chats(), page, NOW)
    assert with_chats(ReplyState(), chats, {}, known, str, 0.0).owed.keys() == {"ana"}
    answered = with_page(chats, [(owner, ours(NOW - 100))], NOW)
    assert with_chats(ReplyState(), answered, {}, known, str, 0.0).owed == {}
