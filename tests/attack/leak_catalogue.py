"""The catalogue of leaks: 74 ways in which a file gives away what was to be hidden, and what became of each here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import leaks_clip  # noqa: F401 - puts its leaks on the list
import leaks_photo  # noqa: F401
import leaks_sound  # noqa: F401
from leaks import PLANTED

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "leaks.md"


@dataclass(frozen=True)
class Vector:
    """A leak: its name in the catalogue, what it is, what becomes of it, and the tests that show that.

    `tests`: "file" or "file: name of a test", without their endings; `stated`: nothing takes it out, and that is said.
    """

    name: str
    what: str
    fate: str
    tests: tuple[str, ...] = ()
    stated: bool = False


_GONE = "not written"
_PROPERTIES = "attack/test_leak_properties: "
_ALIKE = _PROPERTIES + "test_a_released_photo_does_not_depend_on_what_was_covered"
_CLIP_ALIKE = _PROPERTIES + "test_a_released_clip_does_not_depend_on_what_was_covered"
_SOUND_ALIKE = _PROPERTIES + "test_a_released_recording_does_not_depend_on_what_was_muted"
_AROUND = _PROPERTIES + "test_nothing_is_left_anywhere_but_in_the_folder_of_outputs"
_WRONG_PLACE = _PROPERTIES + "test_a_cover_at_the_wrong_place_or_moment_would_be_seen"
_PICTURES = "attack/test_attack_finished_pictures: "
_SOUND = "attack/test_attack_finished_sound: "

VECTORS = (
    Vector("P1", "thumbnail in EXIF", _GONE),
    Vector("P2", "other previews: Photoshop, JFIF extensions, XMP, multi-picture files", _GONE),
    Vector("P3", "place, owner, serial numbers", _GONE),
    Vector("P4", "the maker's note", _GONE),
    Vector("P5", "XMP, extended XMP, IPTC", _GONE),
    Vector("P6", "comments", _GONE),
    Vector("P7", "words in a colour profile", "colours become sRGB, and no profile is written"),
    Vector("P8", "texts, EXIF and times in PNG", _GONE),
    Vector("P9", "bytes behind the end", "every output is a new file"),
    Vector("P10", "the film of a motion photo, marked or not", "only the still is kept"),
    Vector("P11", "gain map", _GONE),
    Vector("P12", "thumbnails, layers and further pictures in HEIF", "only the primary picture is kept, opaque"),
    Vector("P13", "instructions that undo an edit, beside the file", "never read",
           (_PROPERTIES + "test_what_lies_beside_a_photo_is_not_carried_along",)),
    Vector("P14", "provenance manifests with thumbnails and authors", _GONE),
    Vector("P15", "colour under transparency", "shown on white, and written opaque"),
    Vector("P16", "further pages, frames and pictures", "every one is covered, or dropped with the plan saying so",
           ("e2e/test_fidelity_photos: test_every_picture_of_an_animation_is_covered",)),
    Vector("P17", "palette entries that no pixel has", "palettes hold what pixels have"),
    Vector("P18", "the camera's tables, blocks left as they were", "all is coded anew with the standard's tables",
           (_ALIKE,)),
    Vector("P19", "a cover at the wrong place of a turned photo", "pictures are turned before anything else",
           (_PROPERTIES + "test_a_turned_photo_is_covered_where_it_is_shown", _WRONG_PLACE)),
    Vector("P20", "mosaic or blur that machines undo", "solid by default: the output does not depend on what was there",
           (_ALIKE, "unit/test_cover: test_a_solid_cover_does_not_depend_on_what_was_there",
            _PICTURES + "test_a_mosaic_of_too_many_cells_is_found")),
    Vector("P21", "a cover too tight", "padding of 20 % a side, held against the finished file",
           (_PICTURES + "test_planned_padding_that_was_not_drawn_is_found",
            _PICTURES + "test_a_cover_that_ends_four_pixels_early_is_found")),
    Vector("P22", "reflections, screens, photos on walls", "said in every record", stated=True),
    Vector("P23", "body, clothes, place", "said in every record", stated=True),
    Vector("P24", "the sensor's noise pattern", "said in every record", stated=True),
    Vector("V1", "place, maker, dates, titles, manifests", _GONE),
    Vector("V2", "tracks of data: position, motion, camera settings", _GONE),
    Vector("V3", "subtitles", _GONE),
    Vector("V4", "chapters", _GONE),
    Vector("V5", "timecode", _GONE),
    Vector("V6", "cover picture", _GONE),
    Vector("V7", "second film, proxy, second eye", "only the main one is kept"),
    Vector("V8", "second sound, commentary", "only the main one is kept, as planned"),
    Vector("V9", "names and languages of tracks", _GONE),
    Vector("V10", "user data and captions between pictures", "encoders get bare samples"),
    Vector("V11", "pictures hidden before an edit", "only what is shown is encoded"),
    Vector("V12", "picture cropped by a parameter set", "only what is shown is encoded"),
    Vector("V13", "clean aperture", "only what is shown is encoded"),
    Vector("V14", "the lead of a cut without encoding", "only what is shown is encoded"),
    Vector("V15", "first or last picture left bare", "covered like any other",
           (_CLIP_ALIKE, _PICTURES + "test_an_uncovered_frame_at_either_end_is_found")),
    Vector("V16", "a single picture without its cover", "gaps are bridged, both ends extended",
           ("unit/test_track_scenes: test_a_gap_of_one_picture_is_bridged_and_marked",
            _PICTURES + "test_one_uncovered_frame_is_found")),
    Vector("V17", "the other field of an interlaced picture", "covers have whole lines of both",
           (_PROPERTIES + "test_both_fields_of_an_interlaced_clip_are_covered",)),
    Vector("V18", "damaged pictures copied through", "refused, or left out and said",
           ("attack/test_hostile_files: test_garbage_after_a_good_header_is_refused_or_stated",)),
    Vector("V19", "free space, bytes between samples, bytes behind the end", "every byte belongs to something"),
    Vector("V20", "a plane of transparency", "written opaque"),
    Vector("V21", "a moving mosaic", "never by default, and never called anonymised",
           (_PICTURES + "test_a_mosaic_that_keeps_the_picture_is_found", _CLIP_ALIKE)),
    Vector("V22", "turned pictures or pixels that are not square", "covered as shown",
           (_PROPERTIES + "test_a_turned_clip_of_any_aspect_is_covered_where_it_is_shown", _WRONG_PLACE)),
    Vector("V23", "uneven frame times, late starts", "covers go by exact times",
           (_PROPERTIES + "test_of_uneven_frame_times_the_right_picture_is_covered",
            _PROPERTIES + "test_a_cover_that_begins_late_is_withheld")),
    Vector("V24", "notes of encoder and muxer", _GONE),
    Vector("V25", "parts of earlier runs", "drafts are new, private, and removed",
           ("e2e/test_crash: test_what_a_killed_run_leaves_is_swept_and_nothing_else",)),
    Vector("A1", "one channel left", "silence in every channel",
           (_SOUND_ALIKE, _SOUND + "test_a_tone_in_one_channel_is_found")),
    Vector("A2", "softer instead of gone", "silence: the output does not depend on what was said",
           (_SOUND_ALIKE, "attack/test_attack_finished_recordings: "
            "test_sound_in_one_channel_at_one_moment_is_found")),
    Vector("A3", "the same sound in another stream", "only the main one is kept, as planned"),
    Vector("A4", "a stretch too short", "stretches of speech are padded, and silence reaches past the encoder's smear",
           ("unit/test_speech_spans: test_one_sure_window_is_a_stretch_with_padding",
            "unit/test_hush: test_silence_reaches_as_far_as_the_encoder_smears")),
    Vector("A5", "a disguise undone", "it can be: offered only with its figure, never counted as protection",
           ("attack/test_attack_disguise: test_a_disguise_is_undone_by_trying",
            "e2e/test_voices: test_a_disguise_is_offered_with_its_figure_and_protects_nobody",)),
    Vector("A6", "a disguise that can be linked", "said where it is asked for", stated=True),
    Vector("A7", "words, accent", "said in every record", stated=True),
    Vector("A8", "mains hum", "said in every record", stated=True),
    Vector("A9", "marks above or below hearing", "gone with silence; in kept sound they stay, which every record says",
           (_SOUND_ALIKE,)),
    Vector("A10", "people and announcements in the background", "for whoever listens to what is kept", stated=True),
    Vector("A11", "ID3, APE, BWF, Vorbis comments, covers", _GONE),
    Vector("A12", "what encoders need to start, cut by an edit", "encoded anew, to the sample",
           ("unit/test_sound_files: test_kept_sound_is_not_moved_by_a_sample",)),
    Vector("E1", "file names", "counted with `--rename`; records hold none",
           (_AROUND, "unit/test_batch_names: test_counted_names_say_nothing_of_files_or_folders",
            "unit/test_record_review: test_a_record_names_no_file_and_no_value_of_metadata")),
    Vector("E2", "times and attributes of the file", "1980-01-01 and none",
           (_PROPERTIES + "test_times_and_attributes_of_the_source_stay_with_it",)),
    Vector("E3", "files beside the file", "never read, never copied",
           (_PROPERTIES + "test_what_lies_beside_a_photo_is_not_carried_along",)),
    Vector("E4", "temporary and partial files", "beside the output, private, removed",
           (_AROUND, "e2e/test_crash: test_killed_at_any_moment_leaves_nothing_or_everything")),
    Vector("E5", "swap, core dumps", "no core is dumped; swap is the machine's", stated=True),
    Vector("E6", "logs and messages", "nothing is logged, and reports of the audit name no file",
           (_AROUND, _PICTURES + "test_a_message_never_holds_the_files_name")),
    Vector("E7", "thumbnails of the desktop", "none are made", (_AROUND,)),
    Vector("E8", "caches and history of the browser", "nothing of a review may be kept by its browser",
           ("attack/test_review_guard: test_11_nothing_stays_in_the_cache_or_history",
            "unit/test_report: test_a_page_runs_nothing_and_fetches_nothing")),
    Vector("E9", "crash reports", "no process of a job dumps core",
           ("attack/test_crash_reports: test_no_process_of_a_job_dumps_core",)),
    Vector("E10", "crops of people in plans and records", "none are made",
           (_PROPERTIES + "test_plans_and_records_hold_no_picture",)),
    Vector("E11", "lists of recent files, clipboard", "the machine's", stated=True),
    Vector("E12", "folders that upload what is not finished", "the machine's; drafts have hidden names", stated=True),
    Vector("E13", "snapshots", "the machine's", stated=True),
)  # fmt: skip
"""Photos P, clips V, sound A, surroundings E."""


def there_is(name: str) -> bool:
    """Whether the tests have a test (or a file of them) of this name."""
    file, _, test = name.partition(": ")
    path = TESTS / f"{file}.py"
    return path.is_file() and bool(
        re.search(rf"^def {test}\(" if test else "^def test_", path.read_text("utf-8"), re.M)
    )


def page() -> str:
    """The table as a page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    held = [v for v in VECTORS if not v.stated]
    yield "<!-- Made by tests/attack/leak_catalogue.py out of the tests; changes here are lost. -->\n"
    yield "# Leaks\n"
    yield f"{len(VECTORS)} known ways in which a released file gives away what was to be hidden: {len(held)} that"
    yield "tests show, and the rest, of which people are told. A leak is *planted* in finished files of the formats"
    yield "named; there the audit has to find it (the numbers are those of its [checks](errors.md)), and nothing of it"
    yield "may be in what Unseen makes of that file: in tests in the same format and in others, in turn; in all formats"
    yield "of its kind by hand, `python benchmarks/planted.py` (215 files, found in each; 1,550 outputs, left in none)."
    yield "Elsewhere the tests named show it in other ways.\n"
    yield "| | leak | planted in | found by check | what becomes of it | tests |"
    yield "|---|---|---|---|---|---|"
    for vector in VECTORS:
        here = [leak for leak in PLANTED if leak.vector == vector.name]
        formats = list(dict.fromkeys(kind for leak in here for kind in leak.formats))
        checks = sorted({check for leak in here for check in leak.checks})
        tests = [*(("attack/test_leak_vectors",) if here else ()), *vector.tests]
        links = [f"[{_short(test)}](../tests/{test.partition(':')[0]}.py)" for test in tests]
        cells = (vector.name, vector.what, " ".join(formats), ", ".join(map(str, checks)), vector.fate)
        yield "| " + " | ".join((*cells, ", ".join(links) or "none: stated")) + " |"


def _short(test: str) -> str:
    file, _, name = test.partition(": ")
    return (name or file.partition("/")[2]).removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
