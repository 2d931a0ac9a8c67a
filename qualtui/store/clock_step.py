"""Our own clock that was set back: what it stamped while it ran ahead. Pure."""

from msgspec.structs import replace

from qualtui.model import State


def stepped(state: State) -> State:
    """The State in which nothing lies in the future: what the clock stamped while it ran ahead began now."""
    now = state.at

    def past(at: float) -> float:
        return min(at, now)

    def perhaps(at: float | None) -> float | None:
        return None if at is None else min(at, now)

    return replace(
        state,
        standing={key: replace(one, since=past(one.since)) for key, one in state.standing.items()},
        incidents={
            number: replace(
                one,
                since=past(one.since),
                fired_at=past(one.fired_at),
                resolved_at=perhaps(one.resolved_at),
                owned_at=perhaps(one.owned_at),
            )
            for number, one in state.incidents.items()
        },
        notices={
            key: replace(one, queued_at=past(one.queued_at), next_at=past(one.next_at))
            for key, one in state.notices.items()
        },
        failing={name: replace(one, since=past(one.since)) for name, one in state.failing.items()},
        runs={
            key: replace(one, started_at=past(one.started_at), finished_at=perhaps(one.finished_at))
            for key, one in state.runs.items()
        },
        activity=tuple(replace(one, at=past(one.at)) for one in state.activity),
        closed={key: replace(one, at=past(one.at)) for key, one in state.closed.items()},
    )
