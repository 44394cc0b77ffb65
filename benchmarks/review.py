"""How quick a review answers: first picture, steps, jumps, edits, and how much memory its server takes.

    python benchmarks/review.py CLIP SCRATCH/ [--hours 2] [--tracks 500] [--width 1280]

CLIP is repeated without encoding it anew until it is as long as asked; its plan has that many made-up tracks.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av

from unseen.core import Keyframe, Kind, Origin, Region, StreamKind, Track
from unseen.media import open_media, open_source
from unseen.plan import (
    Action,
    Cover,
    Decision,
    Plan,
    PlannedTrack,
    RuleSetUsed,
    Source,
    StreamAction,
    StreamDecision,
    dumps,
)
from unseen.rules import digest, load

KEYFRAMES = 100  # of each made-up track
SPAN = 900  # pictures that each is there for


def repeated(clip: Path, out: Path, hours: float) -> Path:
    """The clip, one time after the other."""
    with out.open("wb") as file, av.open(file, "w", format="mp4") as target:
        with clip.open("rb") as source, av.open(source) as container:
            stream = container.streams.video[0]
            copy = target.add_stream_from_template(stream)
            base, length = stream.time_base, 0
            packets = [p for p in container.demux(stream) if p.dts is not None]
            length = max(p.pts + (p.duration or 1) for p in packets) - min(p.pts for p in packets)
            data = [(bytes(p), p.pts, p.dts, p.duration, p.is_keyframe) for p in packets]
        for n in range(int(hours * 3600 / (length * base)) + 1):
            for payload, pts, dts, duration, key in data:
                packet = av.Packet(payload)
                packet.stream, packet.time_base, packet.is_keyframe = copy, base, key
                packet.pts, packet.dts, packet.duration = pts + n * length, dts + n * length, duration
                target.mux(packet)
    return out


def plan_of(path: Path, tracks: int) -> Plan:
    """A plan with made-up tracks all over the clip."""
    with open_source(path) as source, open_media(source) as reader:
        info = reader.info
        where = Source(source.sha256(), source.size, info)
    assert info.frame_times is not None and info.picture is not None
    times, chance = list(info.frame_times), random.Random(1)
    planned = []
    for n in range(tracks):
        first = chance.randrange(max(1, len(times) - SPAN))
        at = times[first : first + SPAN : SPAN // KEYFRAMES]
        x, y = chance.uniform(0, info.picture.width - 90), chance.uniform(0, info.picture.height - 90)
        path_of = (Region(round(x + chance.gauss(0, 9), 1), round(y, 1), 40.0, 50.0) for _ in at)
        keyframes = tuple(
            Keyframe(t, r, Origin.BRIDGED if k % 17 == 5 else Origin.SEEN, None if k % 17 == 5 else 0.9)
            for k, (t, r) in enumerate(zip(at, path_of, strict=True))
        )
        track = Track(f"face-{n + 1}", Kind.FACE, keyframes)
        planned.append(PlannedTrack(track, Decision(Action.COVER, "unseen", "found")))
    acted = {StreamKind.VIDEO: StreamAction.REDACT}
    streams = [
        StreamDecision(s.index, s.kind, acted.get(s.kind, StreamAction.REMOVE), "unseen", "made") for s in info.streams
    ]
    rules = (RuleSetUsed(load("default"), digest(load("default"))),)
    return Plan(where, tuple(planned), tuple(streams), (), Cover(), rules, (), (), "benchmark")


class Page:
    """The program and a browser of it."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "unseen", "review", *arguments, "--no-browser", "--by", "R. Eviewer"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        link = next(m for line in self.process.stdout if (m := re.search(r":(\d+)/open#(\S+)", line)))
        self._port, self._cookie = int(link[1]), ""
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        _, headers, _ = self.ask("POST", "/api/open", {"token": link[2]})
        self._cookie = dict(headers)["set-cookie"].partition(";")[0]

    def ask(self, method: str, path: str, content: object = None) -> tuple[int, Any, bytes]:
        """Status, headers and body."""
        said = {"Cookie": self._cookie, "Origin": f"http://127.0.0.1:{self._port}", "X-Unseen": "1"}
        body = None if content is None else json.dumps(content).encode()
        self._connection.request(method, path, body, {**said, "Content-Type": "application/json"})
        answer = self._connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def timed(self, method: str, path: str, content: object = None) -> tuple[float, Any]:
        """Seconds, and what came of it."""
        began = time.perf_counter()
        status, _, body = self.ask(method, path, content)
        took = time.perf_counter() - began
        assert status == 200, body
        return took, json.loads(body) if body[:1] in b"{[" else body

    def memory(self) -> dict[str, int]:
        """MiB that the server and the processes it started hold, by name."""
        found = {}
        for name, pid in [("server", self.process.pid), *(("decoder", c) for c in children(self.process.pid))]:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found[f"{name} {pid}"] = int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]) >> 10  # type: ignore[index]
        return found


def children(pid: int) -> list[int]:
    """Processes that a process has started, and theirs."""
    own = [int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()]
    return own + [grandchild for child in own for grandchild in children(child)]


def told(name: str, seconds: list[float]) -> None:
    """A line of figures."""
    middle, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"{name}: median {middle:.0f} ms, worst {worst:.0f} ms ({len(seconds)})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--tracks", type=int, default=500)
    parser.add_argument("--width", type=int, default=1280)
    asked = parser.parse_args()
    asked.scratch.mkdir(parents=True, exist_ok=True)
    clip = asked.scratch / f"long-{asked.hours:g}.mp4"
    plan = clip.with_suffix(".plan.json")
    if not plan.exists():
        repeated(asked.clip, clip, asked.hours)
        plan.write_bytes(dumps(plan_of(clip, asked.tracks)))
    began = time.perf_counter()
    page = Page(str(plan), "--source", str(clip))
    print(f"start until the link: {time.perf_counter() - began:.2f} s")
    while page.ask("GET", "/api/files/f1")[0] == 202:
        time.sleep(0.05)
    print(f"start until the document: {time.perf_counter() - began:.2f} s; plan {plan.stat().st_size >> 10} KiB")
    frame = f"/api/files/f1/frames/{{}}.jpg?width={asked.width}&covered=1"
    took, _ = page.timed("GET", frame.format(0))
    print(f"start until the first picture: {time.perf_counter() - began:.2f} s, of which the picture {took:.2f} s")
    took, document = page.timed("GET", "/api/files/f1")
    count = document["frames"]
    print(f"{count} pictures, {document['duration']:.0f} s, document {took * 1000:.0f} ms")
    chance = random.Random(2)
    told("jump", [page.timed("GET", frame.format(chance.randrange(count)))[0] for _ in range(40)])
    middle = count // 2
    page.timed("GET", frame.format(middle))
    told("step on", [page.timed("GET", frame.format(middle + n))[0] for n in range(1, 100)])
    told("step back", [page.timed("GET", frame.format(middle + 99 - n))[0] for n in range(1, 200)])
    outlines = "/api/files/f1/outlines?first={}&last={}"
    told("outlines of 60", [page.timed("GET", outlines.format(n, n + 59))[0] for n in range(0, 600, 60)])
    edits = []
    for n in range(10):
        edit = {"do": "decide", "tracks": [f"face-{n + 1}"], "action": "keep", "why": "asked"}
        seconds, document = page.timed("POST", "/api/files/f1/edits", {"revision": document["revision"], "edit": edit})
        edits.append(seconds)
    told("edit", edits)
    undone = []
    for _ in range(10):
        seconds, document = page.timed("POST", "/api/files/f1/undo", {"revision": document["revision"]})
        undone.append(seconds)
    told("undo", undone)
    print("MiB (proportional):", page.memory())
    page.ask("POST", "/api/close", {})
    page.process.wait()


if __name__ == "__main__":
    main()
