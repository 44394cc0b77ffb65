"""Findings of one scene linked in time: forwards into chains, then backwards from those that earned a track."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from unseen.track.boxes import fit, iou
from unseen.track.carry import Carrier
from unseen.track.chain import Chain, Head, unsureness
from unseen.track.motion import Floats, Motion, unknown
from unseen.track.scene import Scene
from unseen.track.settings import Settings

_LOST = 0.8
"""A box whose standard error outgrows this share of its lesser side says nothing any more."""
_KNOWN = 0.3
"""Overlap (IoU) with a path just seen from which on a finding is another look at the same thing."""
_MOVING = 0.15
"""Longest sides a second from which on a camera counts as fully moving: a brisk hand-held pan."""
_OUT_OF_VIEW = 0.2
"""Share of a box by which its centre has to be outside the picture for nobody to expect to see it."""


class Linker:
    """Links one scene's findings."""

    def __init__(self, scene: Scene, settings: Settings) -> None:
        self._scene = scene
        self._settings = settings
        self._carrier = Carrier(scene.width, scene.height)
        self._size = (scene.width, scene.height)
        self._given: list[set[int]] = [set() for _ in range(len(scene))]

    def chains(self) -> list[Chain]:
        """Every chain that earned a track, followed both ways."""
        chains = [head.chain for head in self._forwards() if head.chain.earned(self._settings)]
        for index, given in enumerate(self._given):
            boxes = self._scene.found[index].boxes
            mine = np.array([c.seen[index][0] for c in chains if index in c.seen]).reshape(-1, 1, 4)
            given.clear()
            given.update(np.flatnonzero((boxes == mine).all(2).any(0)).tolist())
        self._backwards(chains)
        return chains

    def _forwards(self) -> Iterator[Head]:
        """Link findings into chains; gives each one's head when it ends, so that what earned nothing can go at once."""
        heads: list[Head] = []
        for index in range(len(self._scene)):
            carried = self._carried(heads, index, backwards=False)
            kept = set(map(id, carried))
            yield from (head for head in heads if id(head) not in kept)
            self._match(carried, index)
            heads = carried + self._started(carried, index)
            for head in heads:
                head.chain.ahead[index] = (head.box, head.error)
        yield from heads

    def _started(self, heads: list[Head], index: int) -> list[Head]:
        """A head for every finding that no path accounts for."""
        found, given = self._scene.found[index], self._given[index]
        if len(given) == len(found.scores):
            return []
        seen = [head for head in heads if head.missed == 0]
        overlap = iou(found.boxes, np.array([head.box for head in seen]).reshape(-1, 4))
        trusted = np.array([head.chain.earned(self._settings) for head in seen], bool)
        fresh = []
        for n in range(len(found.scores)):
            score = float(found.scores[n])
            known = overlap[n] > _KNOWN
            if score >= self._settings.high:
                known &= trusted  # what is sure is not lost to what may never earn a track
            if n in given or known.any():
                continue
            chain = Chain(found.kinds[n])
            chain.see(index, found.boxes[n], score, max(0.0, score - self._settings.noise))
            fresh.append(Head(chain, found.boxes[n], unsureness(score) * float(found.boxes[n, 2:].mean())))
        return fresh

    def _backwards(self, chains: list[Chain]) -> None:
        """Follow chains from their last sighting to before their first, taking in what was left over on the way."""
        ends: dict[int, list[Chain]] = {}
        for chain in chains:
            ends.setdefault(max(chain.seen), []).append(chain)
        heads: list[Head] = []
        for index in range(len(self._scene) - 1, -1, -1):
            heads = self._carried(heads, index, backwards=True)
            unseen = []
            for head in heads:
                if index in head.chain.seen:
                    head.correct(*head.chain.seen[index], self._size)
                else:
                    unseen.append(head)
            self._match(unseen, index)
            heads += [self._at_end(chain, index) for chain in ends.get(index, ())]
            for head in heads:
                head.chain.behind[index] = (head.box, head.error)

    def _at_end(self, chain: Chain, index: int) -> Head:
        """A head where the forward pass left the chain's last sighting: it knows the size of what the edge cuts off."""
        box, error = chain.ahead[index]
        return Head(chain, box, error)

    def _carried(self, heads: list[Head], index: int, backwards: bool) -> list[Head]:
        """Heads carried to picture `index`, without those that are lost or gone."""
        later = index + 1 if backwards else index
        if not heads or not 0 < later < len(self._scene):
            return heads
        motion = self._scene.motions[later] or unknown()
        seconds = float(self._scene.times[later] - self._scene.times[later - 1])
        drifts = np.array([h.drifting(seconds) for h in heads])
        step = self._carrier.step(motion, np.array([h.box for h in heads]), drifts, backwards)
        outside = self._outside(step.boxes)
        moving = self._moving(motion, seconds)
        for n, (head, out) in enumerate(zip(heads, outside, strict=True)):
            head.carry(step, n, seconds)
            if out:
                head.away += seconds
            else:
                head.away = 0.0
                head.missed += seconds / self._patience(head.chain, moving)
        return [h for h in heads if self._alive(h) or (backwards and index >= min(h.chain.seen))]

    def _alive(self, head: Head) -> bool:
        expected = head.missed <= 1 and head.away <= self._settings.away
        return expected and head.error < _LOST * float(head.box[2:].min())

    def _patience(self, chain: Chain, moving: float) -> float:
        """Seconds that a chain goes on unseen before a camera that moves so much, 0 to 1."""
        settings = self._settings
        if not chain.earned(settings):
            return settings.tentative
        at_rest = settings.tentative + min(1.0, chain.evidence) * (settings.patience - settings.tentative)
        return at_rest + moving * (settings.patience_moving - at_rest)

    def _moving(self, motion: Motion, seconds: float) -> float:
        """How much the camera moves: 0 at rest, 1 in a pan."""
        middle = np.array([self._scene.width / 2, self._scene.height / 2])
        moved = float(np.hypot(*(motion.camera[:, :2] @ middle + motion.camera[:, 2] - middle)))
        return min(1.0, moved / seconds / (_MOVING * max(self._size)))

    def _outside(self, boxes: Floats) -> Floats:
        margin = _OUT_OF_VIEW * boxes[:, 2:]
        return np.asarray(((boxes[:, :2] < -margin) | (boxes[:, :2] > np.array(self._size) + margin)).any(1))

    def _match(self, heads: list[Head], index: int) -> None:
        """Give heads the findings that fit them best, one to one, the surest first."""
        found, given = self._scene.found[index], self._given[index]
        if not heads or not len(found.scores):
            return
        fits = fit(np.array([h.box for h in heads]), np.array([h.error for h in heads]), found.boxes)
        fits[_kinds([h.chain.kind for h in heads])[:, None] != _kinds(found.kinds)] = 0
        weight = np.array([min(1.0, h.chain.evidence) for h in heads])
        rows, columns = np.nonzero(fits > 0)
        strength = fits[rows, columns] + 0.5 * found.scores[columns] + 0.5 * weight[rows]
        done: set[int] = set()
        for row, column in zip(*(i[np.argsort(-strength)].tolist() for i in (rows, columns)), strict=True):
            if row in done or column in given:
                continue
            done.add(row)
            given.add(column)
            head, box, score = heads[row], found.boxes[column], float(found.scores[column])
            head.chain.see(index, box, score, head.worth(score, self._settings))
            head.correct(box, score, self._size)


def _kinds(kinds: object) -> Floats:
    return np.array(kinds, object)
