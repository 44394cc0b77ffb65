"""The command line: one app, one file a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from cyclopts import App, CycloptsError, Parameter

from unseen import __version__
from unseen.batch import unexpected
from unseen.cli import apply, demo, find, inspect, keys, models, purge, redact, report, review, rules, sample, verify
from unseen.cli.show import complain, err, finish, say_everything
from unseen.cli.stop import dump_no_core, stop_on_signals
from unseen.errors import ExitCode, UnseenError
from unseen.media.source import STDIN

_HELP = """Remove who people are from photos and video, for good, and prove it.

Start with: unseen redact clip.mp4 -o clip-redacted.mp4

Exit codes: 0 released, every required check passed. 2 wrong use. 3 the input cannot be used. 4 a person has to look.
5 the audit failed. 6 no space, no permission, interrupted. Whenever it is not 0, nothing is at the destination.
"""

app = App(
    name="unseen",
    help=_HELP,
    version=f"unseen {__version__}",
    help_format="plaintext",
    default_parameter=Parameter(negative=()),
    suppress_keyboard_interrupt=False,
)
app.command(redact.command, name="redact")
app.command(inspect.command, name="inspect")
app.command(find.command, name="find")
app.command(review.command, name="review")
app.command(sample.command, name="sample")
app.command(apply.command, name="apply")
app.command(verify.command, name="verify")
app.command(report.command, name="report")
app.command(purge.command, name="purge")
app.command(rules.app, name="rules")
app.command(models.app, name="models")
app.command(keys.app, name="keys")
app.command(demo.command, name="demo")
app.register_install_completion_command(add_to_startup=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    dump_no_core()
    stop_on_signals()
    say_everything()
    code = run(sys.argv[1:] if arguments is None else arguments)
    finish()
    sys.exit(code)


def _with_pipe(arguments: Sequence[str]) -> list[str]:
    """Let `-` through as an input: to the parser it is an option without a name, and `./-` is the same path.

    Whoever writes `./-` means a file of that name, so that one becomes absolute; `-o -` stays the mistake that it is.
    """
    given = []
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if argument == str(STDIN):
            given.append(argument if before in ("-o", "--output") else f"./{STDIN}")
        else:
            given.append(str(Path.cwd() / STDIN) if Path(argument) == STDIN else argument)
    return given


def run(arguments: Sequence[str]) -> int:
    """Run the command line; gives the exit code."""
    try:
        code = app(_with_pipe(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        err.print(f"unseen: {error}")
        err.print("        See: unseen --help")
        return ExitCode.USAGE
    except UnseenError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        err.print("unseen: stopped. Nothing half-made is left; run the same command again (several files: --resume).")
        return ExitCode.STORAGE
    except Exception as error:  # noqa: BLE001 - the last line: never a traceback, never a success
        complain(unexpected(error, Path("unseen")))
        return ExitCode.INPUT
    return code if isinstance(code, int) else ExitCode.OK
