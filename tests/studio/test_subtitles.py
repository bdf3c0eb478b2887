"""Captions come out as WebVTT that shows the text literally."""

from soakup.subtitles import Cue, write_vtt


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
