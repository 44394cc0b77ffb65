"""The bits of a unit of H.264 or HEVC."""

from __future__ import annotations

from unseen.verify.structure.found import Damaged


class Bits:
    """Reads a unit's payload bit by bit, without its emulation prevention bytes."""

    def __init__(self, payload: bytes) -> None:
        plain = payload.replace(b"\0\0\3", b"\0\0")
        self._bits, self._left = int.from_bytes(plain, "big"), 8 * len(plain)

    def read(self, count: int) -> int:
        """The next `count` bits as a number."""
        self._left -= count
        if self._left < 0:
            raise Damaged("a parameter set ends too early")
        return (self._bits >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        """ue(v), clause 9.1 of H.264."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise Damaged("a number in a parameter set is too long")
        return (1 << zeros) - 1 + self.read(zeros)

    def signed(self) -> int:
        """se(v), clause 9.1.1."""
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -(code // 2)

    @property
    def more(self) -> bool:
        """Whether anything but the stop bit is left, clause 7.2 of H.264."""
        return self._left > 0 and self._bits & ((1 << self._left) - 1) != 1 << (self._left - 1)

    def end(self) -> None:
        """Raise Damaged where anything but the stop bit is left, or a byte behind its own."""
        if self.more or not 1 <= self._left <= 8:
            raise Damaged("a parameter set with more than a decoder reads")
