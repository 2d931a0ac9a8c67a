"""What a store held at one moment: enough to prove that a copy of it is whole."""

import msgspec


class StoreFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts, the end of the log, and digests of its chain and of its fold."""

    events: int
    samples: int
    buckets: int
    tracking: int
    seq: int  # of the newest event
    at: float  # its time
    epoch: int
    chain: str  # its link, in hex: it proves every event before it
    fold_version: int  # `fold` can be compared within one version alone
    fold: str  # SHA-256 of the State, in hex
    next_number: int  # of incidents
