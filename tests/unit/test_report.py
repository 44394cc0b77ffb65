"""Reports: all that the record holds, as text that cannot become markup, laid out so that everybody can read it."""

import datetime
import itertools
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from importlib import resources

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_plan import make_plan
from test_sample import FAST, GUESSED, SMALL, STEADY, answer_all, clip_plan, heard_plan

from unseen import __version__, rules
from unseen.core import FrameTimes, Keyframe, Kind, MediaKind, Origin, Region, Track
from unseen.errors import PlanError, printable
from unseen.plan import Accepted, Action, BlindSpot, Decision, Plan, PlannedTrack, RuleSetUsed
from unseen.record import CheckOutcome, Output, ReleaseRecord, Standing, make_record, require_agreement
from unseen.record.report import Disclosed, report, write
from unseen.record.report.codes import QUIET, modules
from unseen.record.report.glyphs import PLAIN, marked_up, register
from unseen.record.report.timeline import Line
from unseen.sample import Looks, draw

DAY = datetime.date(2026, 11, 22)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'/><svg onload=alert(1)>",
    "</style></title><h1>x",
    "<!-- -->]]>&lt;&#60;",
    "a\x00b\x1b[31m\x7f\u202egnp.exe",
    "undecodable \udcff name",
    "<img src='/etc/hostname'/><a href='http://x/'>y</a><font name='none'>",
    "證人 Ужас \N{GRINNING FACE} 얼굴 かお",
]
VOID = {"meta", "col", "br"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "p", "ul", "li", "table"),
    *("caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "span", "svg", "rect", "path", "div"),
    *("figure", "figcaption", "code"),
}


def full_plan() -> Plan:
    """A clip with covers of several looks, one track left visible, answers, and a hostile text wherever text can be."""
    plan = clip_plan(STEADY, SMALL, GUESSED, FAST).decide("fast", Decision(Action.KEEP, "ana", "her own data, case 7"))
    return answer_all(draw(plan, 1, Looks(20, 20, 0, 3)))


def make_full(plan: Plan | None = None) -> ReleaseRecord:
    checks = [CheckOutcome(n, f"check {n}", "passed", "fine") for n in range(1, 11)]
    checks[7] = CheckOutcome(8, "check 8", "not checked", "nobody looked")
    plan = replace(plan or full_plan(), made_by=f"unseen {__version__}")
    return make_record(Output("12" * 32, 99), plan, tuple(checks), DAY)


class Read(HTMLParser):
    """A page as its elements, their attributes, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page.decode("utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def page_of(record: ReleaseRecord, name: str = "clip.mp4", disclosed: tuple[Disclosed, ...] = ()) -> Read:
    return Read(write(report(record, name, disclosed, DAY), ".html"))


def test_a_report_says_what_the_record_holds() -> None:
    record = make_full()
    given = (Disclosed(DAY, "the requester", "case 7", record.output.sha256),)
    text = page_of(record, disclosed=given).text
    plan = record.plan
    for wanted in (
        *(
            "clip.mp4",
            f"Standing: {record.standing}",
            "her own data, case 7",
            "ana",
            "replaced by silence",
            "container location",
        ),
        *(c.title for c in record.checks),
        *("not checked", "nobody looked", "reflections, and pictures inside pictures", "the requester"),
        *(f"{spot.what}" for spot in plan.blind_spots),
        *(r.name for r in plan.rules),
        *(record.output.sha256, record.plan_sha256, plan.source.sha256, *(m.sha256 for m in plan.models)),
        *(p.track.id for p in plan.tracks),
        *(str(b.size) for b in record.residual.bounds),
        *("Missed", "2026-11-22", "left by decision", "taken to be there"),
    ):
        assert wanted in text, wanted


def test_nobody_having_looked_stands_out() -> None:
    page = page_of(make_full(replace(full_plan(), samples=())))
    assert "Nobody has looked at a sample" in page.text
    assert any(p.get("class") == "notice open" for p in page.all("p"))


def test_a_disclosure_of_another_file_is_not_this_ones() -> None:
    assert (
        "somebody else" not in page_of(make_full(), disclosed=(Disclosed(DAY, "somebody else", "x", "00" * 32),)).text
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    plan = full_plan().decide("fast", Decision(Action.KEEP, text, text))
    plan = replace(plan, blind_spots=tuple(replace(s, what=text, why=text) for s in plan.blind_spots))
    plan = replace(plan, metadata=tuple(replace(m, where=text) for m in plan.metadata))
    record = make_full(plan) if text.isprintable() else replace(make_full(), plan=plan)
    record = replace(record, checks=tuple(replace(c, detail=text) for c in record.checks))
    given = (Disclosed(DAY, text, text, record.output.sha256),)
    page = page_of(record, text, given)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on") or a in ("src", "href")]
    assert all(c.isprintable() or c == "\n" for c in page.text)
    if text.isprintable():
        assert page.text.count(text) >= 8
    assert write(report(record, text, given, DAY), ".pdf").startswith(b"%PDF")


def test_a_page_runs_nothing_and_fetches_nothing() -> None:
    data = write(report(make_full(), "clip.mp4", (), DAY), ".html")
    page = Read(data)
    assert {tag for tag, _ in page.elements} <= ALLOWED
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert not re.search(rb"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", data)


def test_a_page_can_be_read_without_eyes() -> None:
    page = page_of(make_full())
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1 and len(page.all("h2")) == len(page.all("section")) >= 9
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(th["scope"] in ("row", "col") for th in page.all("th"))
    assert all(svg.get("aria-label") or svg.get("aria-hidden") for svg in page.all("svg"))


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(c * 2 for c in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_has_contrast() -> None:
    """At least 4.5 to 1 on the lightest and darkest ground it stands on (WCAG 2.2, 1.4.3)."""
    style = resources.files("unseen.record.report").joinpath("report.css").read_text("utf-8")
    inks = re.findall(r"[^-]color: #([0-9a-f]{3,6})", style)
    grounds = [*re.findall(r"background: #([0-9a-f]{3,6})", style)]
    assert len(inks) >= 5 and len(grounds) >= 4
    for ink in inks:
        for ground in grounds:
            assert (luminance(ground) + 0.05) / (luminance(ink) + 0.05) >= 4.5, (ink, ground)


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_the_same_record_gives_the_same_bytes(suffix: str) -> None:
    paper = report(make_full(), "clip.mp4", (), DAY)
    assert write(paper, suffix) == write(paper, suffix)


def test_a_pdf_holds_nothing_that_acts_and_says_its_title_and_language() -> None:
    data = write(report(make_full(), "clip.mp4", (), DAY), ".pdf")
    assert data.startswith(b"%PDF") and b"%%EOF" in data[-10:]
    outside = re.sub(rb"stream\r?\n.*?endstream", b"", data, flags=re.S)
    assert not re.search(rb"/(JavaScript|JS|Launch|URI|EmbeddedFile|OpenAction|AA)\b", outside)
    assert b"/Lang" in data and b"Release report: clip.mp4" in data


def test_text_that_no_font_has_is_spelled_out() -> None:
    register()
    assert marked_up("Ж<b>", PLAIN) == "\\u{416}&lt;b&gt;"
    assert marked_up("é 證", PLAIN) == "é \\u{8b49}"


def test_a_long_file_name_and_many_tracks_fit() -> None:
    many = tuple(
        PlannedTrack(replace(STEADY, id=f"face-{n}"), Decision(Action.COVER, "unseen", "found")) for n in range(400)
    )
    record = make_full(replace(clip_plan(STEADY), tracks=many))
    data = write(report(record, "n" * 250, (), DAY), ".pdf")
    assert len(re.findall(rb"/Type /Page\b", data)) > 8
    assert len(page_of(record).all("svg")) > 400


@pytest.mark.parametrize("name", rules.names())
def test_every_rule_is_told_with_its_authority_and_how_sure_it_is(name: str) -> None:
    rule_set = rules.load(name)
    digest = rules.digest(rule_set)
    page = page_of(make_full(replace(full_plan(), rules=(RuleSetUsed(rule_set, digest),))))
    text = " ".join(page.text.split())
    assert digest in text and rule_set.jurisdiction in text
    for line in rule_set.lines():
        assert line.says in text
        instrument = rule_set.instrument(line)
        assert instrument is None or f"{instrument.title}" in text
        assert line.article in text
    unsure = [line for line in rule_set.lines() if not line.confirmed]
    assert text.count("not confirmed") >= len(unsure)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40))
def test_no_text_becomes_markup(text: str) -> None:
    record = make_full(replace(full_plan(), blind_spots=(BlindSpot(text, text),)))
    page = page_of(record, text, (Disclosed(DAY, f"x{text}", "y", record.output.sha256),))
    assert {tag for tag, _ in page.elements} <= ALLOWED
    assert printable(text) in page.text


def test_what_somebody_let_pass_is_told() -> None:
    passed = Accepted(Fraction(3), Region(300, 170, 20, 20), "ana", "a poster")
    text = page_of(make_full(replace(full_plan(), accepted=(passed,)))).text
    assert "0:03.000" in text and "in the middle (20x20 pixels" in text and "a poster" in text


def test_a_photo_shows_where_its_covers_are_and_no_time() -> None:
    plan = make_plan()
    media = replace(plan.source.media, kind=MediaKind.PHOTO, frame_times=FrameTimes(Fraction(1), 0), duration=None)
    page = page_of(make_full(replace(plan, source=replace(plan.source, media=media))))
    assert "Where the covers are" in page.text
    assert "Everything that was found" not in page.text


def test_a_recording_shows_when_it_was_silenced_and_what_was_left() -> None:
    plan = heard_plan((40, 60), (90, 95)).decide("voice-90", Decision(Action.KEEP, "ana", "the speaker consented"))
    page = page_of(make_full(plan), "talk.flac")
    for wanted in (
        "voice-40",
        "0:20.000",
        "the speaker consented",
        "speech silenced, the rest encoded anew",
        "3:20.000",
    ):
        assert wanted in page.text, wanted
    assert [svg["aria-label"] for svg in page.all("svg") if svg.get("class") == "bars"] == [
        "0:40.000 to 1:00.000",
        "1:30.000 to 1:35.000, left by decision",
    ]
    assert write(report(make_full(plan), "talk.flac", (), DAY), ".pdf").startswith(b"%PDF")


def test_an_empty_plan_has_a_report_too() -> None:
    record = make_full(replace(full_plan(), tracks=(), metadata=(), models=(), blind_spots=()))
    assert "Nothing was found to cover" in page_of(record).text
    assert write(report(record, "clip.mp4", (), DAY), ".pdf").startswith(b"%PDF")


def test_a_code_can_be_read_back() -> None:
    said = "sha256:" + "0123456789abcdef" * 4
    dark = np.pad(np.array(modules(said)), QUIET)
    picture = np.kron(np.where(dark, 0, 255), np.ones((8, 8))).astype(np.uint8)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == said


@pytest.mark.parametrize(
    "change",
    [
        {"standing": Standing.ANONYMISED},
        {"reasons": ()},
        {"not_covered_by_this_tool": ()},
        {"checks": tuple(CheckOutcome(n, f"check {n}", "passed", "fine") for n in range(1, 11))},
    ],
    ids=str,
)
def test_a_record_that_was_made_to_look_better_does_not_agree_with_itself(change: dict[str, object]) -> None:
    record = make_full()
    require_agreement(record, record.made_by)
    with pytest.raises(PlanError, match="does not agree with itself"):
        require_agreement(replace(record, **change), record.made_by)  # type: ignore[arg-type]


def test_bounds_that_were_made_to_look_better_do_not_agree() -> None:
    record = make_full()
    better = tuple(replace(b, upper=0.0) for b in record.residual.bounds)
    with pytest.raises(PlanError, match="residual"):
        require_agreement(replace(record, residual=replace(record.residual, bounds=better)), record.made_by)


def test_a_record_of_another_version_is_taken_as_it_is() -> None:
    record = replace(make_full(), made_by="unseen 99")
    require_agreement(replace(record, standing=Standing.ANONYMISED), f"unseen {__version__}")


moments = st.lists(st.integers(0, 299), min_size=1, max_size=12, unique=True).map(sorted)


@given(moments, st.data())
def test_a_timeline_covers_its_track_in_order_and_nothing_else(numbers: list[int], data: st.DataObject) -> None:
    frames = tuple(
        Keyframe(Fraction(n, 10), Region(0, 0, 9, 9), data.draw(st.sampled_from(Origin)), None) for n in numbers
    )
    line = Line.of(clip_plan(STEADY).source.media)
    assert line is not None
    stretches = line.bars(Track("t", Kind.FACE, frames)).stretches
    assert stretches
    assert all(0 <= start < end <= 1 for start, end, _ in stretches)
    assert all(before[1] <= after[0] + 1e-9 for before, after in itertools.pairwise(stretches))
    assert stretches[0][0] <= line.at(frames[0].time)
    assert stretches[-1][1] >= line.at(frames[-1].time) - 1e-9


def test_a_file_without_length_has_no_line() -> None:
    media = replace(make_plan().source.media, frame_times=FrameTimes(Fraction(1), 0), duration=None)
    assert Line.of(media) is None
