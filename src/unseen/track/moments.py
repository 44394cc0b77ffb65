"""Tracks of what was seen at moments far apart, by whoever does not look at every picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from unseen.core import Finding, Keyframe, Origin, Span, Track


def from_moments(names: Iterable[str], findings: Iterable[Finding], apart: Fraction, whole: Span) -> list[Track]:
    """One track for each thing that was seen, named in order.

    Findings of one kind that overlap and are at most twice `apart` seconds apart are the same thing. A track reaches
    `apart` further on both sides, since nobody looked in between, within `whole`.
    """
    chains: list[list[Finding]] = []
    for finding in sorted(findings, key=lambda f: (f.time, -f.score)):
        chain = next((c for c in chains if _goes_on(c[-1], finding, 2 * apart)), None)
        if chain is None:
            chains.append([finding])
        else:
            chain.append(finding)
    return [_track(name, chain, apart, whole) for name, chain in zip(names, chains, strict=False)]


def _goes_on(last: Finding, now: Finding, longest: Fraction) -> bool:
    soon = 0 < now.time - last.time <= longest
    return soon and last.kind == now.kind and last.region.overlap(now.region) > 0


def _track(name: str, chain: list[Finding], apart: Fraction, whole: Span) -> Track:
    seen = [Keyframe(f.time, f.region, Origin.SEEN, f.score) for f in chain]
    before, after = max(whole.start, seen[0].time - apart), min(whole.end, seen[-1].time + apart)
    if before < seen[0].time:
        seen.insert(0, replace(seen[0], time=before, origin=Origin.EXTENDED, score=None))
    if after > seen[-1].time:
        seen.append(replace(seen[-1], time=after, origin=Origin.EXTENDED, score=None))
    return Track(name, chain[0].kind, tuple(seen))
