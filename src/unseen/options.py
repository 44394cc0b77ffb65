"""Every option of a job, declared once: the command line, the API and the reference are derived from here."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from unseen import rules
from unseen.core import Kind, Span, Zone
from unseen.errors import UsageError
from unseen.find import FINDABLE, FacesAs
from unseen.media import Limits
from unseen.media.containers import Quality, VideoCodec
from unseen.plan import Case, Cover, Minors, Style, read_papers
from unseen.plan.duties import asked_of, warnings
from unseen.plan.stretch import parse_stretch
from unseen.record.c2pa import Credential, read_credential
from unseen.rules import Requirements, RuleSet, Setting
from unseen.sample import Looks

_LIMITS = Limits()
_LOOKS = Looks()
_BLOCK = 16  # pixels: a whole block of JPEG and H.264


DISGUISED = (
    "a disguised voice is no protection: an attacker tells speakers apart with an equal error rate of 4.5 %, untouched "
    "voices with 4.6 % (McAdams; VoicePrivacy Challenge 2024)"
)
"""What is said wherever a disguise is asked for."""


class Audio(enum.StrEnum):
    """What becomes of the sound."""

    SILENCE = "silence"
    KEEP_AMBIENT = "keep-ambient"
    DISGUISE = "disguise"
    KEEP = "keep"
    REMOVE = "remove"


class Purpose(enum.StrEnum):
    """What the result is for."""

    PUBLIC_RELEASE = "public-release"
    ACCESS_REQUEST = "access-request"


_FIND_FOR = {
    None: ("faces,plates,codes", FacesAs.FACE),
    Purpose.PUBLIC_RELEASE: ("faces,plates,codes,text", FacesAs.HEAD),
    Purpose.ACCESS_REQUEST: ("faces,plates,codes,text,bodies", FacesAs.FACE),
}
"""What is looked for, and how much a face stands for, where it is not said. Before the fixed cameras that access
requests are about, bodies are found by themselves."""


@dataclass(frozen=True, kw_only=True)
class LookOptions:
    """Options of whatever opens a source and looks at it.

    Parameters
    ----------
    max_pixels
        Refuse pictures of more pixels than this.
    max_frames
        Refuse files of more pictures than this.
    max_streams
        Refuse files of more streams than this.
    max_seconds
        Refuse files that last longer than this.
    max_undecodable
        Leave out up to this many damaged packets, and say so in the plan. By default a damaged file is refused.
    max_memory
        Refuse files that take more memory than this to decode, in MiB.
    require_sandbox
        Refuse to read where the decoder cannot be locked up in every way that Unseen knows. By default it is locked up
        as well as this machine can, and the plan and the record say how.
    """

    max_pixels: int = _LIMITS.pixels
    max_frames: int = _LIMITS.frames
    max_streams: int = _LIMITS.streams
    max_seconds: int = _LIMITS.seconds
    max_undecodable: int = _LIMITS.undecodable
    max_memory: int = _LIMITS.memory >> 20
    require_sandbox: bool = False

    @property
    def limits(self) -> Limits:
        """The same, as the media room takes them."""
        return Limits(
            self.max_pixels,
            self.max_frames,
            self.max_streams,
            self.max_seconds,
            self.max_undecodable,
            self.max_memory << 20,
        )


@dataclass(frozen=True, kw_only=True)
class WordOptions:
    """Options of whatever takes decisions.

    Parameters
    ----------
    by
        Who takes the decisions made here, for the plan and the record.
    """

    by: str = "operator"


@dataclass(frozen=True, kw_only=True)
class FindOptions(WordOptions, LookOptions):
    """Options of a plan: what is looked for, how it is to be covered, what becomes of the sound.

    Parameters
    ----------
    find
        What to look for, with commas between: faces, plates, codes, text, bodies. By default faces, plates and codes,
        or what --for asks for. What is not looked for is a blind spot in the plan and the record.
    for_
        What the result is for: `public-release` also looks for text, takes each face for a head with hair and ears, and
        lets covers reach out to whole blocks of the codec; `access-request` also looks for text and for bodies before a
        fixed camera.
    cover_zone
        Always cover this part of the picture, whatever it shows: x,y,width,height in pixels, and for a while only with
        @from-to, in seconds or as minutes:seconds. Repeat for several.
    ignore_zone
        Never look at this part of the picture, written like --cover-zone: a blind spot. Repeat for several.
    faces_as
        How much of a person a found face stands for: by default the `face`, else the `head` with hair and ears, or the
        whole `body`, reckoned from the face by usual proportions. For cameras that move; before a fixed one, find
        `bodies`.
    style
        How covers look. Only `solid` is irreversible; `mosaic` and `blur` are reduced recognisability, can be undone
        by machines, and never count as anonymised.
    colour
        Colour of solid covers, written #rrggbb.
    padding
        How far covers reach over what was found, on each side, as a share of its width or height.
    audio
        What becomes of the sound: `silence` (a silent track, so that players and editors go on working), `remove`;
        `keep-ambient`, which silences the speech that is found and keeps the rest; `keep`; or `disguise`, which
        changes voices and protects nobody: told apart with an equal error rate of 4.5 %, untouched voices with 4.6 %
        (McAdams; VoicePrivacy 2024). The last three are noted in plan and record as your decision.
    mute
        Silence this stretch of the sound that is kept, as START-END in seconds or [hours:]minutes:seconds, such as
        00:12-00:15.5. Repeat for several.
    rules
        The rule sets in force, with commas between (see `unseen rules list`), or .toml files of your own. Where several
        ask for different things the strictest holds.
    place
        Where the footage was made; rules that refuse places ask for it.
    minors
        Whether somebody under the age that the rules name may be in it; `unknown` is taken as yes.
    papers
        A .toml or .json file that says what exists on paper, how long originals are kept, and who allowed an exception.
    """

    find: str | None = None
    for_: Purpose | None = None
    cover_zone: tuple[str, ...] = ()
    ignore_zone: tuple[str, ...] = ()
    faces_as: FacesAs | None = None
    style: Style = Style.SOLID
    colour: str = "#000000"
    padding: float = 0.2
    audio: Audio = Audio.SILENCE
    mute: tuple[str, ...] = ()
    rules: str = "default"
    place: Setting | None = None
    minors: Minors | None = None
    papers: Path | None = None

    @property
    def kinds(self) -> frozenset[Kind]:
        """What to look for. Raises UsageError where something is named that nothing looks for."""
        known = {kind.plural: kind for kind in Kind if kind in FINDABLE}
        asked = self.find if self.find is not None else _FIND_FOR[self.for_][0]
        names = [name.strip() for name in asked.split(",")]
        for name in names:
            if name not in known:
                what = f"nothing looks for {name!r}"
                raise UsageError(what, next_step=f"Use some of: {','.join(known)}")
        return frozenset(known[name] for name in names)

    @property
    def face_stands_for(self) -> FacesAs:
        """How much of a person a found face stands for."""
        return self.faces_as if self.faces_as is not None else _FIND_FOR[self.for_][1]

    @property
    def covered_zones(self) -> tuple[Zone, ...]:
        """The zones that are always covered. Raises UsageError."""
        return tuple(map(_zone, self.cover_zone))

    @property
    def ignored_zones(self) -> tuple[Zone, ...]:
        """The zones that are never looked at. Raises UsageError."""
        return tuple(map(_zone, self.ignore_zone))

    @property
    def muted(self) -> tuple[Span, ...]:
        """The stretches to silence by hand. Raises UsageError where one cannot be read, or no sound is kept at all."""
        if self.mute and self.audio in (Audio.SILENCE, Audio.REMOVE):
            what = f"--mute says what to silence in the sound that is kept, and --audio {self.audio} keeps none"
            raise UsageError(what, next_step="Leave it out, or choose: --audio keep-ambient or --audio keep")
        return tuple(parse_stretch(text) for text in self.mute)

    @property
    def cover(self) -> Cover:
        """The cover asked for. Raises UsageError where there is no such cover."""
        try:
            grid = _BLOCK if self.for_ is Purpose.PUBLIC_RELEASE else 1
            return Cover(self.style, self.colour, self.padding, grid)
        except ValueError as error:
            raise UsageError(str(error), next_step="See: unseen redact --help") from error

    @property
    def rule_sets(self) -> tuple[RuleSet, ...]:
        """The rule sets named. Raises UsageError."""
        return rules.load_all(self.rules)

    @property
    def case(self) -> Case:
        """What is said about the footage. Raises UsageError where the papers cannot be read."""
        return read_papers(self.papers).case(self.place, self.minors)

    @property
    def asked(self) -> Requirements:
        """What the rules in force ask for together. Raises UsageError where they contradict each other."""
        return asked_of(self.rule_sets, self.case)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each rule in force that is not confirmed, and for a disguise. Raises UsageError."""
        return (*warnings(self.asked), *((DISGUISED,) if self.audio is Audio.DISGUISE else ()))


@dataclass(frozen=True, kw_only=True)
class WriteOptions:
    """Options of an output.

    Parameters
    ----------
    codec
        Video codec. By default the source's own where the output's container holds it.
    quality
        How near the picture is to the source outside the covers: `high` is visually lossless, `best` larger, `small`
        visibly less.
    overwrite
        Replace an output that is already there.
    copy_untouched
        Copy the pictures of H.264 in MP4, MOV and MKV as they are coded, where whole groups of them have nothing to
        cover, instead of encoding them anew: for hours of footage with few people in them. Plan and record say what was
        copied. Where it cannot be proven that the copy is sound, everything is encoded.
    """

    codec: VideoCodec | None = None
    quality: Quality = Quality.HIGH
    overwrite: bool = False
    copy_untouched: bool = False


@dataclass(frozen=True, kw_only=True)
class ApplyOptions(WordOptions, WriteOptions, LookOptions):
    """Options of covering what a plan says.

    Parameters
    ----------
    keep
        Leave this track visible, for the reason given with --because. Repeat for several.
    because
        The reason why tracks are kept visible, for the plan and the record.
    accept
        Release although the audit's second detector saw what looks like a face: the reason, after you have looked at
        each of the places it named. Plan and record keep it, with who said so (--by).
    key_file
        The file of the key that signs the record, where it is not the usual one; made where there is none.
    c2pa_cert
        Put a C2PA manifest beside the output, OUT.c2pa, which says that the file was redacted; signed with this chain
        of certificates (PEM, the signer's first), which whoever gets the manifest can read. Needs --c2pa-key, and
        c2pa-python: pip install "unseen[c2pa]".
    c2pa_key
        The file of the key of the chain's first certificate (PEM, without a password).
    """

    keep: tuple[str, ...] = ()
    because: str = ""
    accept: str | None = None
    key_file: Path | None = None
    c2pa_cert: Path | None = None
    c2pa_key: Path | None = None

    @property
    def credential(self) -> Credential | None:
        """Who signs a C2PA manifest, None where none is asked for. Raises UsageError."""
        if self.c2pa_cert is None and self.c2pa_key is None:
            return None
        if self.c2pa_cert is None or self.c2pa_key is None:
            raise UsageError("--c2pa-cert and --c2pa-key belong together", next_step="Give both, or neither.")
        return read_credential(self.c2pa_cert, self.c2pa_key)


@dataclass(frozen=True, kw_only=True)
class RedactOptions(FindOptions, ApplyOptions):
    """Options of the whole job."""


@dataclass(frozen=True, kw_only=True)
class ReviewOptions(RedactOptions):
    """Options of a review in the browser, and of the release at its end.

    Parameters
    ----------
    source
        The file that the plan was made for, where it is not found beside the plan.
    port
        Listen on this port of 127.0.0.1. By default on one that is free.
    no_browser
        Only show the link: open it yourself, in a browser of this machine. It is good for one use.
    second_reviewer
        Release only what two people have signed for.
    stay
        Seconds after which the review ends when its page was closed.
    """

    source: Path | None = None
    port: int | None = None
    no_browser: bool = False
    second_reviewer: bool = False
    stay: int = 120


@dataclass(frozen=True, kw_only=True)
class SampleOptions(LookOptions):
    """Options of a sample that a person looks at.

    Parameters
    ----------
    pictures
        How many pictures to look at, drawn from all. 59 without a miss leave at most 5 % of them.
    covers
        How many covered moments of each kind to look at, drawn from all of that kind.
    sounds
        How many pieces of five seconds to listen to, drawn from the sound that is left where speech was silenced.
    risky
        How many more to look at for each reason why a miss is likelier: not seen but taken to be there, low score,
        small, fast, dark, crowded, nothing found, next to a silence.
    seed
        Draw the same sample again from the same plan. By default a new one is drawn, and its seed kept in the plan.
    """

    pictures: int = _LOOKS.pictures
    covers: int = _LOOKS.covers
    sounds: int = _LOOKS.sounds
    risky: int = _LOOKS.risky
    seed: int | None = None

    @property
    def looks(self) -> Looks:
        """How many places to draw. Raises UsageError."""
        return Looks(self.pictures, self.covers, self.sounds, self.risky)


def _zone(text: str) -> Zone:
    try:
        return Zone.parse(text)
    except ValueError as error:
        raise UsageError(
            str(error), next_step="Write it as x,y,width,height or x,y,width,height@00:12-00:15"
        ) from error
