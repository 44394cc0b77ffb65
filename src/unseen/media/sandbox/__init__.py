"""Reading files that may have been made to take the reader over.

    reader ── session ── channel ──▶ worker        one worker reads one file, and ends with it
                │                      │
                └──── slots ───────────┘           pictures cross in shared memory
    forkserver: where workers come from            jail, landlock, seccomp: how they are locked up
    messages, checks: what they may say            what is believed of it

`SandboxedReader` is what everybody else uses; see docs/adr/0025-decoding-in-a-jail.md.
"""

from unseen.media.sandbox.forkserver import workers
from unseen.media.sandbox.reader import SandboxedReader

__all__ = ["SandboxedReader", "workers"]
