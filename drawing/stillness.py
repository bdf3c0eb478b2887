"""Frames that say "as before" in a few bytes, for the holds in which a film spends much of its time.

x264 looks at every frame anew, even one that equals the last. A frame of H.264 in which every macroblock is skipped
(ITU-T H.264, 7.3.4) shows what the last one showed, exactly, and depends on nothing but the size of the picture: it is
written here directly. The names are those of the standard.
"""

from collections.abc import Iterator
from functools import lru_cache

P, SPS, PPS, IDR = 5, 7, 8, 5  # a type of slices; types of NAL units
QP = 40  # of what is skipped it matters only to the arithmetic coder: from here on, skipping is the likelier


def nal_units(stream: bytes) -> Iterator[bytes]:
    """The NAL units of a stream in which each is set off by 0 0 1 (Annex B)."""
    for piece in stream.split(b"\0\0\1")[1:]:
        yield piece.rstrip(b"\0")


def is_reference(packet: bytes) -> bool:
    """Whether later pictures are predicted from the one in this packet."""
    return any(unit[0] >> 5 for unit in nal_units(packet) if unit[0] & 31 in (1, IDR))


class Stillness:
    """Writes skipped frames for a stream, of which it reads the parameter sets. Raises ValueError for a foreign one."""

    def __init__(self, extradata: bytes) -> None:
        sets = {unit[0] & 31: _Reader(unit) for unit in nal_units(extradata)}
        sps, pps = sets[SPS], sets[PPS]
        profile = sps.bits(8)
        sps.bits(16)  # constraints, level
        sps.number()
        if profile >= 100:  # High
            format = (sps.number(), sps.number(), sps.number(), sps.bits(1), sps.bits(1))
            if format != (1, 0, 0, 0, 0):
                raise ValueError("not 8 bits of 4:2:0 with the usual scaling")
        self.frame_num_bits = sps.number() + 4
        self.poc_bits = {0: lambda: sps.number() + 4, 2: lambda: 0}[sps.number()]()
        sps.number()
        sps.bits(1)
        self.macroblocks = (sps.number() + 1) * (sps.number() + 1)

        pps.number()
        pps.number()
        self.cabac = pps.bits(2) >> 1
        pps.number()
        pps.number()
        pps.number()
        self.weighted = pps.bits(3) >> 2
        self.qp = 26 + pps.signed()
        pps.signed()
        pps.signed()
        self.deblocking = pps.bits(3) >> 2

    def frame(self, references: int, since_keyframe: int) -> bytes:
        """One frame that shows the last one again.

        `references` counts the pictures since the keyframe, itself among them, from which others may be predicted;
        `since_keyframe` is the place of this frame after the keyframe, in the order they are shown.
        """
        slice = _Writer()
        slice.number(0)  # first_mb_in_slice
        slice.number(P)
        slice.number(0)  # pic_parameter_set_id
        slice.bits(references, self.frame_num_bits)
        slice.bits(2 * since_keyframe, self.poc_bits)
        slice.bits(0b1, 1)  # num_ref_idx_active_override_flag: there is one picture to predict from,
        slice.number(0)
        slice.bits(0b0, 1)  # the last one
        if self.weighted:
            slice.number(0)  # luma_log2_weight_denom
            slice.number(0)
            slice.bits(0b00, 2)  # as it is
        slice.bits(0b0, 1)  # adaptive_ref_pic_marking_mode_flag: the oldest picture is forgotten
        if self.cabac:
            slice.number(0)  # cabac_init_idc
        slice.signed(QP - self.qp)  # slice_qp_delta
        if self.deblocking:
            slice.number(1)  # disable_deblocking_filter_idc
        if self.cabac:
            slice.align(1)
            payload = slice.bytes() + _all_skipped(self.macroblocks)
        else:
            slice.number(self.macroblocks)  # mb_skip_run
            slice.bits(1, 1)
            slice.align(0)
            payload = slice.bytes()
        return b"\0\0\0\1" + bytes([0x41]) + _protected(payload)  # nal_ref_idc 2, a slice that is no IDR picture


def _protected(payload: bytes) -> bytes:
    """Without three bytes in a row that look like the start of a unit."""
    out, zeros = bytearray(), 0
    for byte in payload:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


class _Reader:
    """Reads the bits of a NAL unit, after its header."""

    def __init__(self, unit: bytes) -> None:
        self.data = int.from_bytes(b"\1" + unit[1:].replace(b"\0\0\3", b"\0\0"))
        self.left = self.data.bit_length() - 1

    def bits(self, count: int) -> int:
        self.left -= count
        return self.data >> self.left & (1 << count) - 1

    def number(self) -> int:
        """An Exp-Golomb number, ue(v)."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        """A signed one, se(v)."""
        k = self.number()
        return (k + 1) // 2 if k % 2 else -k // 2


class _Writer:
    """Puts bits one after another."""

    def __init__(self) -> None:
        self.data, self.count = 0, 0

    def bits(self, value: int, count: int) -> None:
        """The last `count` bits of a value."""
        self.data = self.data << count | value & (1 << count) - 1
        self.count += count

    def number(self, value: int) -> None:
        """An Exp-Golomb number, ue(v)."""
        length = (value + 1).bit_length()
        self.bits(value + 1, 2 * length - 1)

    def signed(self, value: int) -> None:
        """A signed one, se(v)."""
        self.number(2 * value - 1 if value > 0 else -2 * value)

    def align(self, bit: int) -> None:
        while self.count % 8:
            self.bits(bit, 1)

    def bytes(self) -> bytes:
        return self.data.to_bytes(self.count // 8)


# --- CABAC (9.3.4), for one symbol that never changes ---

# fmt: off
RANGE_LPS = (  # table 9-44, from the state to the range of the less probable symbol, by the two bits of the range
    (128, 176, 208, 240), (128, 167, 197, 227), (128, 158, 187, 216), (123, 150, 178, 205), (116, 142, 169, 195),
    (111, 135, 160, 185), (105, 128, 152, 175), (100, 122, 144, 166), (95, 116, 137, 158), (90, 110, 130, 150),
    (85, 104, 123, 142), (81, 99, 117, 135), (77, 94, 111, 128), (73, 89, 105, 122), (69, 85, 100, 116),
    (66, 80, 95, 110), (62, 76, 90, 104), (59, 72, 86, 99), (56, 69, 81, 94), (53, 65, 77, 89), (51, 62, 73, 85),
    (48, 59, 69, 80), (46, 56, 66, 76), (43, 53, 63, 72), (41, 50, 59, 69), (39, 48, 56, 65), (37, 45, 54, 62),
    (35, 43, 51, 59), (33, 41, 48, 56), (32, 39, 46, 53), (30, 37, 43, 50), (29, 35, 41, 48), (27, 33, 39, 45),
    (26, 31, 37, 43), (24, 30, 35, 41), (23, 28, 33, 39), (22, 27, 32, 37), (21, 26, 30, 35), (20, 24, 29, 33),
    (19, 23, 27, 31), (18, 22, 26, 30), (17, 21, 25, 28), (16, 20, 23, 27), (15, 19, 22, 25), (14, 18, 21, 24),
    (14, 17, 20, 23), (13, 16, 19, 22), (12, 15, 18, 21), (12, 14, 17, 20), (11, 14, 16, 19), (11, 13, 15, 18),
    (10, 12, 15, 17), (10, 12, 14, 16), (9, 11, 13, 15), (9, 11, 12, 14), (8, 10, 12, 14), (8, 9, 11, 13),
    (7, 9, 11, 12), (7, 9, 10, 12), (7, 8, 10, 11), (6, 8, 9, 11), (6, 7, 9, 10), (6, 7, 8, 9),
)
# fmt: on


@lru_cache(maxsize=8)
def _all_skipped(macroblocks: int) -> bytes:
    """The data of a slice in which mb_skip_flag is 1 throughout, to its end."""
    coder = _Coder(state=(23 * QP >> 4) + 33 - 64)  # table 9-13, ctxIdx 11, cabac_init_idc 0
    for left in range(macroblocks - 1, -1, -1):
        coder.encode_likely()
        coder.terminate(left == 0)
    return coder.out.bytes()


class _Coder:
    """The arithmetic encoder with a single context, for the more probable symbol only."""

    def __init__(self, state: int) -> None:
        self.state = state
        self.low, self.range, self.outstanding, self.first = 0, 510, 0, True
        self.out = _Writer()

    def encode_likely(self) -> None:
        self.range -= RANGE_LPS[self.state][self.range >> 6 & 3]
        self.state = min(self.state + 1, 62)
        self._renormalize()

    def terminate(self, end: bool) -> None:
        self.range -= 2
        if end:
            self.low += self.range
            self.range = 2
            self._renormalize()
            self._put(self.low >> 9 & 1)
            self.out.bits(self.low >> 7 & 3 | 1, 2)  # its last bit is the rbsp_stop_one_bit
            self.out.align(0)
        else:
            self._renormalize()

    def _renormalize(self) -> None:
        while self.range < 256:
            if self.low < 256:
                self._put(0)
            elif self.low >= 512:
                self.low -= 512
                self._put(1)
            else:
                self.low -= 256
                self.outstanding += 1
            self.range <<= 1
            self.low <<= 1

    def _put(self, bit: int) -> None:
        if self.first:
            self.first = False
        else:
            self.out.bits(bit, 1)
        self.out.bits((1 << self.outstanding) - 1 if not bit else 0, self.outstanding)
        self.outstanding = 0
