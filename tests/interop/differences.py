"""Where findtui differs from DCMTK's findscu on purpose, and why: the whole list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.interop.cases import Case
from tests.interop.programs import IS_DEBIANS

# What of a run may differ.
WIRE, STATUS, OUTPUT, ERRORS, FILES = "wire", "status", "output", "errors", "files"
# Standard error holds all lines of the other program in their order, and more.
ADDED: Final = "added"
# Standard error holds what the other program says but for its remarks on how a response is made up.
REMARKS: Final = "remarks"

# Which versions of DCMTK differ.
ALL, DEBIAN, NEWER = "all", "Debian's", "3.7 and later"


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        cases: beginnings of the names of the cases that show it, whole names where they end in "$".
        aspects: of the run that differ.
        reason: why.
        versions: of DCMTK that it is a difference from.
    """

    cases: tuple[str, ...]
    aspects: tuple[str, ...]
    reason: str
    versions: str = ALL

    def holds_for(self, case: Case) -> bool:
        """Whether this case shows it, with the reference that is used."""
        named = any(case.name == name[:-1] if name.endswith("$") else case.name.startswith(name) for name in self.cases)
        return named and self.versions in (ALL, DEBIAN if IS_DEBIANS else NEWER)


DIFFERENCES: Final = (
    Difference(
        (
            "bad -k ",
            "a query file that is none$",
            "usage -k PatientName=Doe* -aet  1",
            "usage -k PatientName=Doe* -aec  1",
        ),
        (WIRE, ERRORS),
        "keys, query files and titles are checked before anything is sent, so that a mistake costs no association",
    ),
    Difference(
        ("title ",),
        (WIRE, STATUS, OUTPUT, ERRORS),
        "a title that the standard does not allow (blank, a backslash, not ASCII, control characters) is refused",
    ),
    Difference(
        ("-k Rows=-1$", "-k Rows=70000$"),
        (WIRE, ERRORS),
        "a number that its VR cannot hold is refused; DCMTK sends another number in its place",
    ),
    Difference(
        ("rejected ", "no context", "aborted after ", "closed after ", "an output directory that", "a missing "),
        (ADDED,),
        "what went wrong, with which peer and what to do about it stands behind DCMTK's own lines",
    ),
    Difference(
        (
            "final ",
            "error comment",
            "printed , failure",
            "printed -v, failure",
            "printed -sr, failure",
            "printed +sr, failure",
            "printed -v -sr, failure",
            "printed -ll info, failure",
            "printed -ll WARN, failure",
            "printed -ll error, failure",
        ),
        (ADDED,),
        "a final status that is no success is an error and is explained; DCMTK keeps silent",
    ),
    Difference(("usage ",), (ADDED,), "a wrong value is answered with the right ones"),
    Difference(
        (
            "-k StudyDate=2020-01-01$",
            "-k SliceThickness=abc$",
            "-k PatientID=999",
            "server with a small PDU",
        ),
        (ADDED,),
        "a value that breaks the rules of its VR is sent as it is typed, with a warning on -v and above",
    ),
    Difference(
        ("odd lengths $", "odd lengths -X$"),
        (ERRORS, FILES),
        "a text of odd length is made even with a blank, as later versions do",
        DEBIAN,
    ),
    Difference(("untidy UIDs ", "odd lengths "), (REMARKS,), "how a response is made up is not remarked on"),
    Difference(("-k DataSetTrailingPadding=00$",), (ERRORS,), "what is left out of a request is not listed either"),
    Difference(
        ("query file disorderly",),
        (ERRORS,),
        "a query file's tags are put in order; that of the first of doubles stays",
    ),
    Difference(("-pdu odd$",), (ADDED,), "a value that is used otherwise than it was given is worth a warning"),
    Difference(
        ("no context",),
        (WIRE,),
        "an association without a usable context is ended with an A-ABORT; DCMTK drops the connection",
    ),
    Difference(
        ("scripts printed",), (ERRORS,), "text is decoded from the response's character set for the terminal's encoding"
    ),
    Difference(
        ("control characters $",),
        (ERRORS,),
        "control characters are printed as visible escapes, so that no peer acts on a terminal or forges a line",
    ),
    Difference(
        ("control characters -Xx", "control characters -Xs"),
        (FILES,),
        "characters that XML forbids are written as visible escapes; DCMTK's document is not well formed",
    ),
    Difference(
        ("extensions -Xx",),
        (FILES,),
        "text with code extensions is decoded; DCMTK writes its bytes, which is not well-formed XML",
    ),
    Difference(
        ("extensions -Xs",),
        (FILES, ERRORS),
        "text with code extensions is converted; Debian's DCMTK leaves the response out",
        DEBIAN,
    ),
    Difference(
        ("a retired keyword without its mark",),
        (WIRE, ERRORS),
        "a retired attribute is found by the standard's own keyword, too; DCMTK knows it as RETIRED_ alone",
    ),
    Difference(
        ("-k GenericGroupLength$",),
        (WIRE, ERRORS),
        "groups 0000 and 0002 belong to commands and to the header of files, and are no keys",
    ),
    Difference(
        ("-k PixelData$",),
        (WIRE, ERRORS),
        "a key for Pixel Data can be sent; DCMTK fails to convert it",
    ),
    Difference(
        ("-k PatientID=trail $",),
        (ERRORS,),
        "a blank typed at the end of a value counts as padding in the listing of a request; the wire is the same",
    ),
    Difference(
        ("usage -k PatientName=Doe* -od .",),
        (WIRE, STATUS, ERRORS),
        "an output directory without anything to put there is refused, as later versions do",
        DEBIAN,
    ),
    Difference(
        ("query file implicit", "query file explicit", "query file big", "two query files"),
        (ERRORS,),
        "a bare data set is an ordinary query file and gives no warning",
        NEWER,
    ),
)


def differences_of(case: Case) -> dict[str, str]:
    """Aspects in which a case may differ, with the reasons."""
    return {aspect: one.reason for one in DIFFERENCES if one.holds_for(case) for aspect in one.aspects}
