"""Checks whether screens can play a video; called by server.media.child only. Nothing is converted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import av
from av.error import FFmpegError

from feeds.errors import ParseError

LONGEST_SECONDS = 300
SHORTEST_SECONDS = 1
MOST_PIXELS = 1920 * 1088
"""The pixels of Full HD; with 1088 instead of 1080 lines, because H.264 rounds the height to a multiple of 16."""
LONGEST_SIDE = 1920
# The pixel formats that Chromium can play on every machine: hardware decoders support no others.
_PIXEL_FORMATS = ("yuv420p", "yuvj420p")
_CODECS = {"h264": "H.264", "vp9": "VP9"}
_AUDIO_CODECS = ("aac", "mp3", "mp3float", "opus", "vorbis")
_DEMUXERS = {"mp4": "mov", "webm": "matroska"}


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """A video's width and height in pixels, its length in seconds, and whether it has an audio track (``sound``)."""

    width: int
    height: int
    seconds: float
    sound: bool


def probe(path: Path, kind: str) -> VideoInfo:
    """Checks a video, and returns its size and length; ``kind`` is "mp4" or "webm".

    Raises ParseError, with a Vietnamese sentence that says what to change, if screens cannot play it.
    """
    try:
        # The demuxer is set explicitly and reads an open file, so that a playlist cannot make it open other files.
        with path.open("rb") as file, av.open(file, "r", format=_DEMUXERS[kind]) as container:
            seconds = _length(container)
        with path.open("rb") as file, av.open(file, "r", format=_DEMUXERS[kind]) as container:
            return _checked(container, seconds)
    except FFmpegError as error:
        raise ParseError("Video bị hỏng hoặc không phải MP4, WebM.", "video-damaged") from error


def _length(container: av.container.InputContainer) -> float:
    """Returns the length in seconds, computed from the time stamps of the packets; 0 if they have none.

    The header is not reliable: some recorders write it before they know the length, and leave the length 0 or empty.
    """
    start, end = math.inf, 0.0
    for packet in container.demux():
        at = packet.pts if packet.pts is not None else packet.dts
        if at is not None:
            start = min(start, float(at * packet.time_base))
            end = max(end, float((at + (packet.duration or 0)) * packet.time_base))
    return max(end - start, 0.0)


def _checked(container: av.container.InputContainer, seconds: float) -> VideoInfo:
    """Checks streams, codecs, length and the first frame; returns what it found. Raises ParseError."""
    if len(container.streams.video) != 1:
        raise ParseError("Tệp cần có đúng một đường hình.", "video-streams")
    stream = container.streams.video[0]
    codec = stream.codec_context.name
    if codec not in _CODECS and codec != "libvpx-vp9":
        raise ParseError(f"Video nén kiểu {codec}; màn hình chỉ phát được H.264 và VP9.", "video-codec")
    sounds = [sound.codec_context.name for sound in container.streams.audio]
    if any(not sound.startswith(_AUDIO_CODECS) for sound in sounds):
        raise ParseError(
            "Tiếng của video nén kiểu mà màn hình không phát được; hãy dùng AAC hoặc Opus.", "video-sound"
        )
    if not seconds:
        raise ParseError("Tệp video không ghi thời điểm của hình, nên không biết dài bao lâu.", "video-length")
    if not SHORTEST_SECONDS <= round(seconds, 1) <= LONGEST_SECONDS:
        words = f"{seconds:.1f}".removesuffix(".0").replace(".", ",")
        raise ParseError(
            f"Video dài {words} giây; nhận từ {SHORTEST_SECONDS} đến {LONGEST_SECONDS} giây.", "video-length"
        )
    frame = next(container.decode(stream), None)
    if frame is None:
        raise ParseError("Video không có hình nào.", "video-damaged")
    # The size of the decoded frame is checked, because the container's header may be wrong.
    if frame.width * frame.height > MOST_PIXELS or max(frame.width, frame.height) > LONGEST_SIDE:
        raise ParseError(f"Video khổ {frame.width}×{frame.height}; nhận nhiều nhất 1920×1080.", "video-size")
    if frame.format.name not in _PIXEL_FORMATS:
        raise ParseError(
            "Video có màu kiểu mà màn hình không phát được; hãy xuất lại H.264 8 bit 4:2:0.", "video-codec"
        )
    return VideoInfo(frame.width, frame.height, round(seconds, 2), bool(sounds))
