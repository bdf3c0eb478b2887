"""Captions come out as WebVTT and SubRip that show the text literally."""

import av

from soakup.subtitles import Cue, write_srt, write_vtt


def test_cues_have_clock_times():
    text = write_vtt([Cue(0, 1.5, "One."), Cue(1.5, 3723.0496, "Two.")])
    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nOne.\n\n00:00:01.500 --> 01:02:03.050\nTwo.\n"


def test_markup_is_shown_literally():
    assert 'a &lt;b&gt; &amp;lt; --&gt; "c"\n' in write_vtt([Cue(0, 1, 'a <b> &lt; --> "c"')])


def test_an_empty_line_does_not_end_a_cue():
    assert write_vtt([Cue(0, 1, "a\n\n\r\nb\u2028\u2028c")]).endswith("00:00:01.000\na\nb\nc\n")


def test_what_is_never_said_has_no_cue():
    assert write_vtt([Cue(0, 1, " \n"), Cue(1, 1, "too short")]) == "WEBVTT\n"


def test_nul_is_replaced():
    assert "a\ufffdb" in write_vtt([Cue(0, 1, "a\0b")])


def test_subrip_counts_its_cues():
    text = write_srt([Cue(0, 1.5, "One."), Cue(1.5, 1.5, "never said"), Cue(1.5, 3723.0496, "Two.")])
    assert text == "1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n00:00:01,500 --> 01:02:03,050\nTwo.\n"


def test_subrip_shows_markup_to_whoever_reads_it(tmp_path):
    (tmp_path / "said.srt").write_text(write_srt([Cue(0, 1, "a <b>bold</b> {\\an8}c --> d")]), encoding="utf-8")
    with av.open(tmp_path / "said.srt") as opened:
        (dialogue,) = [line.ass for packet in opened.demux() for line in packet.decode()]
    assert dialogue.decode().replace("\u2060", "").endswith("a <b>bold</b> {\\an8}c --> d")
