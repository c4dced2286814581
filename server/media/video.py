"""Checks whether screens can play a video; called by server.media.child only. Nothing is converted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
from av.error import FFmpegError

from feeds.errors import ParseError

LONGEST_SECONDS = 300
SHORTEST_SECONDS = 1
MOST_PIXELS = 1920 * 1088
"""Full HD; 1088 instead of 1080, because H.264 rounds the height up to a multiple of 16 lines."""
LONGEST_SIDE = 1920
# What Chromium plays on every machine: hardware decoders support no other pixel formats.
_PIXEL_FORMATS = ("yuv420p", "yuvj420p")
_CODECS = {"h264": "H.264", "vp9": "VP9"}
_AUDIO_CODECS = ("aac", "mp3", "mp3float", "opus", "vorbis")
_DEMUXERS = {"mp4": "mov", "webm": "matroska"}


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Size in pixels, length in seconds, and whether there is an audio track."""

    width: int
    height: int
    seconds: float
    sound: bool


def probe(path: Path, kind: str) -> VideoInfo:
    """Size and length of the video; ``kind`` is "mp4" or "webm". Raises ParseError that says what to change."""
    try:
        # The demuxer is fixed and gets bytes instead of a path, so that a playlist cannot make it open other files.
        with path.open("rb") as file, av.open(file, "r", format=_DEMUXERS[kind]) as container:
            return _checked(container)
    except FFmpegError as error:
        raise ParseError("Video bị hỏng hoặc không phải MP4, WebM.", "video-damaged") from error


def _checked(container: av.container.InputContainer) -> VideoInfo:
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
    seconds = container.duration / av.time_base if container.duration else 0.0
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise ParseError(
            f"Video dài {seconds:.0f} giây; nhận từ {SHORTEST_SECONDS} đến {LONGEST_SECONDS} giây.", "video-length"
        )
    frame = next(container.decode(stream), None)
    if frame is None:
        raise ParseError("Video không có hình nào.", "video-damaged")
    # The size of the decoded frame counts: the container's header may be false.
    if frame.width * frame.height > MOST_PIXELS or max(frame.width, frame.height) > LONGEST_SIDE:
        raise ParseError(f"Video khổ {frame.width}×{frame.height}; nhận nhiều nhất 1920×1080.", "video-size")
    if frame.format.name not in _PIXEL_FORMATS:
        raise ParseError(
            "Video có màu kiểu mà màn hình không phát được; hãy xuất lại H.264 8 bit 4:2:0.", "video-codec"
        )
    return VideoInfo(frame.width, frame.height, round(seconds, 2), bool(sounds))
