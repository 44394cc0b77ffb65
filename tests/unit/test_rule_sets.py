"""Rule sets: data that is checked, cites its sources, combines to the strictest, and is open about contradictions."""

from pathlib import Path

import pytest
from house import HOUSE, line
from make import unseen

from unseen import rules
from unseen.errors import UsageError
from unseen.rules import Identifier, Lifted, RuleSet, Setting, Sure, combine, load, load_all

SKELETONS = [
    "cn-frt-2025",
    "cn-frt-draft-2023",
    "cn-public-video-release",
    "eu-access-request",
    "eu-cctv-keep",
    "eu-public-release",
    "hr-witness",
    "kr-mobile",
    "uk-sar",
    "us-il-bipa",
]


def own(text: str = "") -> RuleSet:
    return rules.parse((HOUSE + text).encode(), "house.toml")


def test_the_ten_and_the_default_are_there() -> None:
    assert rules.names() == sorted([*SKELETONS, "default"])


@pytest.mark.parametrize("name", [*SKELETONS, "default"])
def test_each_loads_and_says_on_what_authority(name: str) -> None:
    found = load(name)
    assert found.name == name
    combine([found])
    assert all(line.says for line in found.lines())
    for each in found.lines():
        instrument = found.instrument(each)
        assert instrument is None or instrument.source
        assert instrument is not None or each.sure is Sure.OWN
    assert {i.id for i in found.instruments} == {line.instrument for line in found.lines()} - {None}


def test_no_set_allows_a_reversible_cover_for_release_to_anybody() -> None:
    for name in ("cn-public-video-release", "eu-public-release", "hr-witness"):
        asked = combine([load(name)])
        assert asked.styles == ("solid",)
        assert asked.review


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t + 'colour = "red"\n', "colour"),
        (lambda t: t.replace("required_checks = [1]", "required_checks = []"), "length"),
        (lambda t: t.replace("unseen.rules/1", "unseen.rules/9"), "unseen.rules/9"),
        (lambda t: t.replace('version = "1"\n', ""), "version"),
        (lambda t: t + line("cover", "1", 'identifiers = ["souls"]'), "souls"),
        (lambda t: t + line("cover", "1", 'identifiers = ["gait"]'), "ask for bodies"),
        (lambda t: t + line("cover", "1", 'styles = ["swirl"]'), "swirl"),
        (lambda t: t + line("cover", "1", "styles = []"), "no style"),
        (lambda t: t + line("refuse", "1", 'places = ["elsewhere"]'), "cannot be refused"),
        (lambda t: t + line("originals", "1", ""), "min_days"),
        (lambda t: t + line("originals", "1", "min_days = 9\nmax_days = 3"), "9 days at least and 3"),
        (lambda t: t + line("notes", "1", "").replace("handbook", "bible"), "bible"),
        (lambda t: t + line("notes", "1", "").replace('instrument = "handbook"\n', ""), "names its instrument"),
        (lambda t: t + line("notes", "1", "", sure="quite"), "quite"),
        (lambda t: "[" + t, "line 1"),
    ],
)
def test_what_is_not_as_the_schema_says_is_refused(change: object, said: str) -> None:
    assert callable(change)
    with pytest.raises(UsageError, match="is not a rule set") as caught:
        rules.parse(change(HOUSE).encode(), "house.toml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("house.toml: ")


def test_the_strictest_of_several_wins() -> None:
    one = own(
        line("cover", "1", 'identifiers = ["faces"]\nleast_padding = 0.1') + line("originals", "2", "max_days = 9")
    )
    other = own(
        line("cover", "7", 'identifiers = ["plates"]\nstyles = ["solid", "blur"]\nleast_padding = 0.3')
        + line("originals", "8", "min_days = 2\nmax_days = 5")
    )
    asked = combine([one, other])
    assert tuple(asked.identifiers) == (Identifier.FACES, Identifier.PLATES)
    assert asked.styles == ("solid", "blur")
    assert asked.least_padding == 0.3
    assert asked.keep_at_least is not None and asked.keep_at_least[0] == 2
    assert asked.keep_at_most is not None and asked.keep_at_most[0] == 5


def test_checks_of_all_are_required() -> None:
    several = [load(name) for name in SKELETONS]
    for one in several:
        alone = set(one.release.required_checks)
        for other in several:
            if {one.name, other.name} != {"cn-public-video-release", "eu-cctv-keep"}:
                lifted = [Lifted(s.name, "art. 17") for s in (one, other) if s.name.startswith(("cn-frt-d", "cn-pub"))]
                assert set(combine([one, other], lifted).required_checks) >= alone


def test_contradicting_retention_names_both_articles_and_their_sets() -> None:
    with pytest.raises(UsageError) as caught:
        combine(load_all("cn-public-video-release,eu-cctv-keep"))
    said = str(caught.value)
    assert all(part in said for part in ("cn-public-video-release", "art. 17", "eu-cctv-keep", "para 121", "30", "3"))
    combine(load_all("cn-public-video-release,eu-public-release"))


def test_contradicting_styles_name_both() -> None:
    with pytest.raises(UsageError, match=r"no style .*, 2 and by .*, 1"):
        combine([own(line("cover", "1", 'styles = ["blur"]') + line("cover", "2", 'styles = ["solid"]'))])


def test_an_exception_takes_one_article_out_of_force() -> None:
    sets = load_all("cn-public-video-release,eu-cctv-keep")
    asked = combine(sets, [Lifted("eu-cctv-keep", "para 121")])
    assert asked.keep_at_most is None
    assert asked.keep_at_least is not None and asked.keep_at_least[0] == 30


@pytest.mark.parametrize(
    ("rule_set", "article"),
    [("cn-public-video-release", "art. 99"), ("house", "art. 17"), ("cn-public-video-release", ""), ("default", "")],
)
def test_an_exception_to_what_is_not_in_force_is_refused(rule_set: str, article: str) -> None:
    with pytest.raises(UsageError, match="not in force"):
        combine(load_all("default,cn-public-video-release"), [Lifted(rule_set, article)])


def test_no_exception_opens_a_refused_place() -> None:
    with pytest.raises(UsageError, match="stay refused"):
        combine([load("cn-public-video-release")], [Lifted("cn-public-video-release", "art. 8")])


def test_every_refused_place_names_its_article() -> None:
    asked = combine([load("cn-public-video-release")])
    for setting in set(Setting) - {Setting.ELSEWHERE, Setting.SAUNA}:
        refusal = asked.refuses(setting)
        assert refusal is not None and "art. 8" in refusal.cite
    assert asked.refuses(Setting.ELSEWHERE) is None


@pytest.mark.parametrize(
    ("sure", "article_sure", "instrument", "confirmed"),
    [
        ("read", None, True, True),
        ("secondary", None, True, True),
        ("memory", None, True, False),
        ("own reading", None, True, False),
        ("read", "memory", True, False),
        ("own reading", None, False, True),
    ],
)
def test_a_line_that_is_not_confirmed_is_known(
    sure: str, article_sure: str | None, instrument: bool, confirmed: bool
) -> None:
    text = line("notes", "4", f'article_sure = "{article_sure}"' if article_sure else "", sure)
    if not instrument:
        text = text.replace('instrument = "handbook"\narticle = "4"\n', "")
    (found,) = own(text).lines()
    assert found.confirmed is confirmed
    assert len(combine([own(text)]).unconfirmed) == (not confirmed)


def test_the_digest_is_of_the_content_and_not_of_the_layout() -> None:
    assert rules.digest(own()) == rules.digest(rules.parse(("# a comment\n" + HOUSE).encode(), "x"))
    assert rules.digest(own()) != rules.digest(own(line("notes", "1", "")))


@pytest.mark.parametrize("asked", ["../default", "nonsense", "", ",", "default,nonsense"])
def test_a_name_that_is_none_is_refused(asked: str) -> None:
    with pytest.raises(UsageError):
        load_all(asked)


def test_a_rule_set_of_ones_own_is_checked_shown_and_used(tmp_path: Path) -> None:
    path = tmp_path / "house.toml"
    path.write_text(HOUSE + line("cover", "3", "least_padding = 0.4", sure="memory"))
    said = unseen("rules", "check", path)
    assert (said.code, "house 1, 1 lines" in said.out) == (0, True), said
    assert "not confirmed" in said.err and "Handbook, 3" in said.err
    said = unseen("rules", "show", f"{path},eu-cctv-keep")
    assert said.code == 0 and "NOT CONFIRMED" in said.out and "at most 3 days" in said.out
    assert "not legal advice" in said.out.replace("Nothing here is legal", "not legal")
    path.write_text(HOUSE + "colour = 1\n")
    assert unseen("rules", "check", path).code == 2
    assert unseen("rules", "check", tmp_path / "gone.toml").code == 2


@pytest.mark.parametrize("name", SKELETONS)
def test_each_is_shown_with_sources_and_without_advice(name: str) -> None:
    said = unseen("rules", "show", name)
    assert said.code == 0
    for instrument in load(name).instruments:
        assert instrument.source in said.out
    assert "Nothing here is legal advice" in said.out
    assert rules.digest(load(name)) in said.out
