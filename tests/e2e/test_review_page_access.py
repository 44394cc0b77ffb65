"""The page can be used by everybody: axe-core finds no serious fault, and the keyboard leads everywhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import browsing
import pytest
from browsing import BY, Review

from unseen.plan import Plan

pytestmark = [browsing.needs_browser, browsing.needs_axe]


def faults(review: Review) -> list[str]:
    """What axe-core calls serious or critical in the page as it is now."""
    if not review.page.evaluate("'axe' in window"):
        review.page.evaluate(browsing.AXE.read_text("utf-8"))
    found = review.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 10
    grave = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    return [f"{v['id']}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in grave]


def places(review: Review) -> Iterator[str]:
    """Every face the page has, one after the other."""
    yield "open"
    review.press("n")
    review.until("document.querySelector('#inspector .why') !== null")
    yield "at a doubtful place"
    review.press("d", "Enter")
    review.until("document.querySelector('#inspector h3').textContent === 'New box'")
    yield "drawing"
    review.press("Escape", "Escape")
    for tab in ("tracks", "sound"):
        review.page.click(f"#tab-{tab}")
        yield tab
    for key, name in (("?", "keys"), ("r", "signing"), ("y", "covers")):
        review.press(key)
        review.page.wait_for_selector("dialog[open]")
        yield name
        review.press("Escape")
        review.page.wait_for_selector("dialog[open]", state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_face_of_the_page_has_a_serious_fault(
    browser: Any, footage: tuple[Path, Plan], tmp_path: Path, scheme: str
) -> None:
    case = browsing.write_case(tmp_path, footage[0], browsing.spoilt(footage[1]))
    with browsing.reviewing(browser, case, "--by", BY, color_scheme=scheme) as review:
        found = {place: faults(review) for place in places(review)}
    assert {place: said for place, said in found.items() if said} == {}
    assert len(found) == 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_grid_has_no_serious_fault(browser: Any, tmp_path: Path, scheme: str) -> None:
    folder = browsing.make_photos(tmp_path / "photos", 8)
    with browsing.reviewing(browser, folder, "--by", BY, color_scheme=scheme) as review:
        review.press("ArrowRight", "Space")
        assert faults(review) == []


def test_a_fault_is_noticed(browser: Any, footage: tuple[Path, Plan], tmp_path: Path) -> None:
    case = browsing.write_case(tmp_path, *footage)
    with browsing.reviewing(browser, case) as review:
        review.page.evaluate("document.querySelector('#lanes').removeAttribute('aria-label')")
        review.page.evaluate("document.querySelector('#facts').style.color = '#eee'")
        said = " ".join(faults(review))
    assert "color-contrast" in said
    assert "aria-input-field-name" in said


def test_the_tabulator_reaches_every_part_and_what_has_the_focus_is_seen(
    browser: Any, footage: tuple[Path, Plan], tmp_path: Path
) -> None:
    case = browsing.write_case(tmp_path, footage[0], browsing.spoilt(footage[1]))
    with browsing.reviewing(browser, case, "--by", BY) as review:
        reached, unseen_focus = set(), []
        for _ in range(60):
            review.press("Tab")
            name, outline = review.page.evaluate(
                "(() => { const e = document.activeElement; return [e.id || e.dataset.focus || e.tagName,"
                " getComputedStyle(e).outlineStyle]; })()"
            )
            reached.add(name)
            if outline == "none" and name != "BODY":
                unseen_focus.append(name)
    assert {"stage", "lanes", "doubts", "tab-doubts", "undo", "sign", "play", "advice"} - {"undo"} <= reached
    assert unseen_focus == []


def test_nothing_moves_by_itself_where_less_motion_is_wanted(
    browser: Any, footage: tuple[Path, Plan], tmp_path: Path
) -> None:
    case = browsing.write_case(tmp_path, *footage)
    with browsing.reviewing(browser, case, reduced_motion="reduce") as review:
        assert review.page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize(("locale", "word"), [("es-ES", "Siguiente lugar dudoso"), ("zh-CN", "下一处可疑")])
def test_the_page_speaks_the_readers_language(
    browser: Any, footage: tuple[Path, Plan], tmp_path: Path, locale: str, word: str
) -> None:
    case = browsing.write_case(tmp_path, footage[0], browsing.spoilt(footage[1]))
    with browsing.reviewing(browser, case, "--by", BY, locale=locale) as review:
        assert review.page.get_attribute("html", "lang") == locale[:2]
        assert word in review.page.inner_text("#advice")
