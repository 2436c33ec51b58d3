"""Command lines that findscu refuses, and the words in which it does: recorded from DCMTK 3.7.

An empty text means that nothing is printed.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Refusal(NamedTuple):
    """A command line, what stands behind "error: ", and whether Debian's older findscu says the same."""

    words: str
    text: str
    debian: bool = True


REFUSALS: Final = (
    Refusal("--verb", "Unknown option --verb"),
    Refusal("--timeout=3", "Unknown option --timeout=3"),
    Refusal("-ae X", "Unknown option -ae"),
    Refusal("-k", "Missing value for option --key"),
    Refusal("localhost -k", "Missing value for option --key"),
    Refusal("localhost", "Missing parameter port"),
    Refusal("+tls a localhost 104", "Missing parameter port"),
    Refusal("-h --verb", "Unknown option --verb"),
    Refusal("@/nope/x", "Cannot open command file '/nope/x'"),
    Refusal("localhost 104 -k A=1 +tla +tls a", "Missing value for option --enable-tls"),
    Refusal("localhost 0", "Invalid parameter value 0 (underflow)"),
    Refusal("localhost 70000", "Invalid parameter value 70000 (overflow)"),
    Refusal("localhost -1", "Invalid parameter value -1 (overflow)"),
    Refusal("localhost abc -q", "Invalid parameter value abc"),
    Refusal("localhost 104", "either query file or override keys (or both) must be specified"),
    Refusal("localhost 104 -q", ""),
    Refusal("localhost 104 -k A -to abc", "Invalid value for option --timeout (abc)"),
    Refusal("localhost 104 -k A -to 0", "Invalid value for option --timeout (underflow: 0)"),
    Refusal("localhost 104 -k A -ts -2", "Invalid value for option --socket-timeout (underflow: -2)"),
    Refusal("localhost 104 -k A -pdu 4095", "Invalid value for option --max-pdu (underflow: 4095)"),
    Refusal("localhost 104 -k A -pdu 131073", "Invalid value for option --max-pdu (overflow: 131073)"),
    Refusal("localhost 104 -k A -pdu -5", "Invalid value for option --max-pdu (-5)"),
    Refusal("localhost 104 -k A --repeat 0", "Invalid value for option --repeat (underflow: 0)"),
    Refusal("localhost 104 -k A --cancel -1", "Invalid value for option --cancel (underflow: -1)"),
    Refusal("localhost 104 -k A +cl 3", "--compression-level only allowed with --propose-deflated"),
    Refusal("localhost 104 -k A -xd +cl 10", "Invalid value for option --compression-level (overflow: 10)"),
    Refusal(
        "localhost 104 -k A -Xlo 3", "--limit-output only allowed with --extract, --extract-xml or --extract-xml-single"
    ),
    Refusal("localhost 104 -k A -X -Xlo 0", "Invalid value for option --limit-output (underflow: 0)"),
    Refusal(
        "localhost 104 -k A -od .",
        "--output-directory only allowed with --extract, --extract-xml or --extract-xml-single",
        debian=False,
    ),
    Refusal("localhost 104 -k A -v -ll info", "--log-level not allowed with --verbose, --debug or --quiet"),
    Refusal("localhost 104 -k A -ll foo", "Invalid log level for --log-level option"),
    Refusal("localhost 104 -k A -lc /nope", "Specified --log-config file does not exist"),
    Refusal("localhost 104 -k A -lc /etc/hostname -v", "--log-config not allowed with --verbose, --debug or --quiet"),
    Refusal("localhost 104 /nope.dcm", "cannot access file: /nope.dcm"),
    Refusal("localhost 104 /nope.dcm -q", ""),
    Refusal("localhost 104 -k A +ps", "--std-passwd only allowed with --enable-tls"),
    Refusal("localhost 104 -k A +tla +pw x", "--use-passwd only allowed with --enable-tls"),
    Refusal("localhost 104 -k A -pw", "--null-passwd only allowed with --enable-tls"),
    Refusal("localhost 104 -k A -pem", "--pem-keys only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A -der", "--der-keys only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +cf x", "--add-cert-file only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +cd x", "--add-cert-dir only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +crl x", "--add-crl-file only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +crv", "--enable-crl-vfy only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +cra", "--enable-crl-all only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +pg", "--profile-8996 only allowed with --enable-tls or --anonymous-tls", debian=False),
    Refusal(
        "localhost 104 -k A +pm", "--profile-8996-mod only allowed with --enable-tls or --anonymous-tls", debian=False
    ),
    Refusal("localhost 104 -k A +py +px", "--profile-bcp195 only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +pz", "--profile-bcp195-ex only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +pa", "--profile-basic only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +pn", "--profile-null only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +cs x", "--cipher only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +tla +pz +cs x", "--cipher not allowed with --profile-bcp195-ex"),
    Refusal("localhost 104 -k A --no-sni --request-sni x", "--no-sni not allowed with --request-sni", debian=False),
    Refusal("localhost 104 -k A --request-sni x --no-sni", "--no-sni not allowed with --request-sni", debian=False),
    Refusal("localhost 104 -k A +rs x", "--seed only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +ws", "--write-seed only allowed with --enable-tls or --anonymous-tls"),
    Refusal("localhost 104 -k A +tla +ws", "--write-seed only allowed with --seed"),
    Refusal("localhost 104 -k A +tla +wf x", "--write-seed-file only allowed with --seed"),
    Refusal("localhost 104 -k A -rc", "--require-peer-cert only allowed with --enable-tls or --anonymous-tls"),
    Refusal("'' ''", "Invalid parameter value "),
    Refusal("localhost 0x10", "Invalid parameter value 0x10 (underflow)"),
    Refusal("localhost 104 -k A -to ''", "Invalid value for option --timeout"),
    Refusal("localhost 104 -k A -to 08", "Invalid value for option --timeout (underflow: 08)"),
    Refusal("localhost 104 -k A -to 0x", "Invalid value for option --timeout (underflow: 0x)"),
    Refusal("localhost 104 -k A -pdu ' -5'", "Invalid value for option --max-pdu ( -5)"),
    Refusal(
        "localhost 104 -k A -pdu 99999999999999999999999",
        "Invalid value for option --max-pdu (overflow: 99999999999999999999999)",
    ),
    Refusal("localhost 104 -k A -ll ''", "Invalid log level for --log-level option"),
    Refusal("localhost 104 -to 1 -to x -k A", "Invalid value for option --timeout (x)"),
    Refusal("localhost abc -to 0 -k A", "Invalid parameter value abc"),
    Refusal("localhost 104 -to 0 -ll foo -k A", "Invalid log level for --log-level option"),
)
