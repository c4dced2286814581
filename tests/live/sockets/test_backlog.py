"""The backlog of a slow socket, compared with a simple model for any order of adding and sending."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.live.sockets.backlog import MOST_BYTES, MOST_FRAMES, Backlog

STEPS = st.lists(st.one_of(st.tuples(st.binary(min_size=1, max_size=9), st.booleans()), st.integers(1, 12)))


def sent_by(backlog: Backlog, size: int) -> bytes:
    """Removes at most ``size`` bytes, as a socket would accept them, and returns them."""
    out = b""
    while size and backlog:
        piece = bytes(backlog.head[:size])
        backlog.remove(len(piece))
        out, size = out + piece, size - len(piece)
    return out


@given(first=st.binary(min_size=1, max_size=9), gone=st.integers(0, 8), pressing=st.booleans(), steps=STEPS)
def test_nothing_is_lost_and_urgent_frames_precede_all_that_is_not_partly_sent(
    first: bytes, gone: int, pressing: bool, steps: list[tuple[bytes, bool] | int]
) -> None:
    gone = min(gone, len(first) - 1)
    backlog = Backlog()
    backlog.begin(first, gone, urgent=pressing)
    begun = first[gone:] if gone else b""
    urgent = [first] if pressing and not gone else []
    rest = [] if gone or pressing else [first]
    out, wanted = b"", b""

    def model(size: int) -> bytes:
        nonlocal begun
        taken = b""
        while size and (begun or urgent or rest):
            if not begun:
                begun = (urgent or rest).pop(0)
            piece, begun = begun[:size], begun[size:]
            taken, size = taken + piece, size - len(piece)
        return taken

    for step in steps:
        if isinstance(step, int):
            if not backlog:
                break
            out, wanted = out + sent_by(backlog, step), wanted + model(step)
            continue
        frame, pressing = step
        if backlog:
            assert backlog.add(frame, urgent=pressing)
            (urgent if pressing else rest).append(frame)
    assert out + sent_by(backlog, 1 << 20) == wanted + model(1 << 20)


def test_it_is_limited_in_number_and_size_but_one_frame_of_any_size_fits() -> None:
    many = Backlog()
    many.begin(b"x", 0, urgent=False)
    assert [many.add(b"y", urgent=False) for _ in range(MOST_FRAMES)] == [*[True] * (MOST_FRAMES - 1), False]
    large = Backlog()
    large.begin(b"x", 0, urgent=False)
    assert large.add(b"z" * (2 * MOST_BYTES), urgent=False)
    assert not large.add(b"y", urgent=True)
