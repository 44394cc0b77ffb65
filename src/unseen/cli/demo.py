"""unseen demo."""

from __future__ import annotations

from pathlib import Path

from unseen import pipeline
from unseen.cli import show
from unseen.cli.demo_clip import make_clip
from unseen.errors import StorageError, UsageError, printable
from unseen.media.publish import refuse_existing
from unseen.options import RedactOptions


def command(folder: Path = Path("unseen-demo"), /) -> None:
    """Make a small clip of a public-domain portrait in motion and redact it, to see a result within a minute.

    Parameters
    ----------
    folder
        Where the clip, the redacted clip and its record go; it must not be there yet.
    """
    refuse_existing(folder)
    clip, output = folder / "before.mp4", folder / "after.mp4"
    try:
        folder.mkdir(parents=True)
        make_clip(clip)
    except ModuleNotFoundError as error:
        folder.rmdir()
        raise UsageError("the demo needs its portrait", next_step="pip install 'unseen[demo]'") from error
    except OSError as error:
        raise StorageError(
            f"cannot be written: {error.strerror}", path=folder, next_step="Name another folder."
        ) from error
    with show.progress("demo") as progress:
        released = pipeline.redact(clip, output, RedactOptions(), progress)
    show.say(f"Before: {printable(clip)}")
    show.say(f"After:  {printable(output)}")
    show.say(f"Record: {printable(released.record_path)}")
    show.say("Your own footage: unseen redact YOUR-CLIP.mp4 -o redacted.mp4")
