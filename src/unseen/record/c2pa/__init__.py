"""A C2PA manifest beside a released file: anybody with a C2PA validator can see that it was redacted, and who says so.

    credential   the user's certificate chain and key
    statement    what a manifest says, and all that it may say
    notary       makes and checks manifests with c2pa-python, in a process of its own
    apart        that process

See docs/adr/0032-a-c2pa-manifest-beside-the-file.md.
"""

from unseen.record.c2pa.apart import check_manifest, make_manifest, refuse_unfit
from unseen.record.c2pa.credential import Credential, read_credential
from unseen.record.c2pa.statement import SIDECAR, Verdict, require_recorded, sidecar_of

__all__ = [
    "SIDECAR",
    "Credential",
    "Verdict",
    "check_manifest",
    "make_manifest",
    "read_credential",
    "refuse_unfit",
    "require_recorded",
    "sidecar_of",
]
