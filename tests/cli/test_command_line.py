from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.command.command_line import from_command_line, left_out, to_command_line
from findtui.dicom.keys import Key
from findtui.dicom.models import MODELS, PATIENT_ROOT, WORKLIST
from findtui.dicom.query import Query
from findtui.errors import QueryError, UsageError
from findtui.net.peer import IPVersion, Peer, Proposal, Timeouts
from findtui.net.tls.settings import Password, Profile, Revocation, TLSSettings

texts = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
words = texts.filter(lambda text: text[0] != "@")
hosts = words.filter(lambda text: text[0] not in "+-")
titles = st.text(
    alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\@"), min_size=1, max_size=16
)
paths = st.builds(lambda text: Path(text).absolute(), texts)
keys = st.builds(
    lambda path, value: Key.parse(path if value is None else f"{path}={value}"),
    st.sampled_from(
        ["PatientName", "(0010,0020)", "ScheduledProcedureStepSequence[0].Modality", "0040,0100[2].StudyID"]
    ),
    st.none() | words,
)
seconds = st.integers(1, 10**6)
waits = st.none() | seconds
own = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {
            "key_file": paths,
            "certificate_file": paths,
            "password": st.sampled_from(Password),
        }
    ),
)


@st.composite
def tls_settings(draw: st.DrawFn, host: str) -> TLSSettings:
    files = draw(st.lists(paths, max_size=2).map(tuple))
    seed = draw(st.none() | paths)
    revocations = st.sampled_from((Revocation.LEAF, Revocation.CHAIN) if files else tuple(Revocation))
    profile = draw(st.sampled_from(Profile))
    return TLSSettings(
        **draw(own),
        der=draw(st.booleans()),
        authority_files=draw(st.lists(paths, max_size=3).map(tuple)),
        authority_directories=draw(st.lists(paths, max_size=2).map(tuple)),
        system_authorities=draw(st.booleans()),
        revocation_files=files,
        revocation=draw(revocations),
        profile=profile,
        extra_suites=() if profile is Profile.BCP195_EXTENDED else draw(st.lists(words, max_size=2).map(tuple)),
        server_name=draw(st.none() | words),
        verify_peer=draw(st.booleans()),
        verify_hostname=draw(st.none() | st.just(host) | words),
        fingerprint=draw(st.none() | st.just("0f" * 32)),
        seed_file=seed,
        write_seed_file=None if seed is None else draw(st.sampled_from([None, seed, Path("/other")])),
    )


@st.composite
def peers(draw: st.DrawFn) -> Peer:
    host = draw(hosts)
    proposal = draw(st.sampled_from(Proposal))
    return Peer(
        host=host,
        port=draw(st.integers(1, 65535)),
        calling_ae_title=draw(titles),
        called_ae_title=draw(titles),
        ip_version=draw(st.sampled_from(IPVersion)),
        proposal=proposal,
        compression_level=draw(st.integers(0, 9)) if proposal is Proposal.DEFLATED else 6,
        max_pdu=draw(st.integers(4096, 131072)),
        timeouts=Timeouts(
            connect=draw(waits),
            socket=draw(waits),
            acse=draw(seconds),
            dimse=draw(waits),
            total=draw(waits),
            cancel_grace=draw(seconds),
        ),
        abort=draw(st.booleans()),
        tls=draw(st.none() | tls_settings(host)),
    )


queries = st.builds(
    Query,
    model=st.sampled_from(tuple(MODELS.values())),
    keys=st.lists(keys, max_size=3).map(tuple),
    character_set=st.none() | st.sampled_from(["ISO_IR 100", "\\ISO 2022 IR 87"]),
    new_vrs=st.booleans(),
    repeat=st.integers(1, 9),
    cancel_after=st.integers(0, 9),
)


@given(peers(), queries)
def test_a_command_line_asks_the_same_again(peer: Peer, query: Query) -> None:
    asked_peer, asked_query, _ = from_command_line(to_command_line(peer, query))
    assert asked_peer == peer
    assert asked_query == query


def test_query_files_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-dash.dcm", "@at.dcm", "plain one.dcm"):
        (tmp_path / name).touch()
    query = Query(files=(Path("-dash.dcm"), Path("@at.dcm"), Path("plain one.dcm")))
    assert from_command_line(to_command_line(Peer("pacs", 104), query))[1].files == tuple(
        tmp_path / path for path in query.files
    )


def test_files_are_still_found_from_another_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "query.dcm").touch()
    monkeypatch.chdir(tmp_path)
    peer, query, _ = from_command_line("findscu pacs 104 query.dcm +tla +cf ca.pem --seed seed")
    assert query.files == (tmp_path / "query.dcm",)
    assert peer.tls is not None
    assert peer.tls.authority_files == (tmp_path / "ca.pem",)
    assert peer.tls.seed_file == tmp_path / "seed"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir("/")
    assert from_command_line("findscu pacs 104 ~/query.dcm")[1].files == (tmp_path / "query.dcm",)


def test_passwords_stay_where_they_are() -> None:
    tls = TLSSettings(key_file=Path("key"), certificate_file=Path("certificate"), password="do not tell")
    text = to_command_line(Peer("pacs", 104, tls=tls), Query())
    assert "do not tell" not in text
    peer = from_command_line(text)[0]
    assert peer.tls is not None
    assert peer.tls.password is Password.ASK


def test_times_without_end_and_in_parts_are_never_cut_short() -> None:
    times = Timeouts(acse=None, socket=0.2, dimse=1.5)
    asked = from_command_line(to_command_line(Peer("pacs", 104, timeouts=times), Query()))[0].timeouts
    assert asked.acse is not None
    assert asked.acse > 10**9
    assert (asked.socket, asked.dimse) == (1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "findscu -P -k PatientName=A* pacs 104",
        "  $ findscu -P -k PatientName=A* pacs 104\n",
        "# /usr/bin/findscu -P -k 'PatientName=A*' pacs 104",
        "findtui findscu -P \\\n  -k PatientName='A*' \\\r\n  pacs 104",
        "/opt/venv/bin/findtui findscu -P -k PatientName=A* pacs 104",
        "-P -k PatientName=A* pacs 104",
        "pacs 104 -P -k PatientName=A*",
        "user@host:~$ findscu -P -k PatientName=A* pacs 104",
        "PS C:\\> findscu.exe -P -k PatientName=A* pacs 104",
        '"C:\\Program Files\\dcmtk\\bin\\findscu.exe" -P -k PatientName=A* pacs 104',
        "sudo LANG=C findscu -P -k PatientName=A* pacs 104",
        "python3 -m findtui findscu -P -k PatientName=A* pacs 104",
        "findscu -P -k PatientName=A* pacs 104 # all of them",
        "findscu -P -k PatientName=A* pacs 104 -aec findscu",
        "-P -aec findscu -k PatientName=A* pacs 104",
        'C:\\\\dcmtk\\\\findscu.exe -P -k "PatientName=A*" pacs 104',
    ],
)
def test_pasted_lines_are_understood(text: str) -> None:
    peer, query, _ = from_command_line(text)
    assert (peer.host, peer.port) == ("pacs", 104)
    assert query.model is PATIENT_ROOT
    assert [str(key) for key in query.keys] == ["PatientName=A*"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Missing parameter peer"),
        ("storescu pacs 104 x.dcm", "'storescu' is no findscu command"),
        ("findscu -k PatientID pacs 104 | grep x", "'|' is the shell's"),
        ("findscu -k PatientID pacs 104 > out.txt", "'>' is the shell's"),
        ("findscu -k PatientID pacs 104; echo", "';' is the shell's"),
        ("findscu -k PatientID=$ID pacs 104", "only the shell knows"),
        ('findscu -k "PatientID=$(cat id)" pacs 104', "only the shell knows"),
        ("findscu -k PatientID=`cat id` pacs 104", "only the shell knows"),
        ("findscu -k $'PatientID=\\t' pacs 104", "only the shell knows"),
        ("findscu \u2013k PatientID pacs 104", "which no shell knows"),
        ("findscu -k \u201cPatientID=1\u201d pacs 104", "which no shell knows"),
        ("findscu -k 'PatientName pacs 104", "missing quotation mark"),
        ("findscu -k A pacs 104\nfindscu -k B pacs 104", "more than one command"),
        ("findscu pacs 104", "either query file or override keys"),
        ("findscu -k PatientName pacs 104 --model nope", "Invalid value for option --model"),
    ],
)
def test_lines_that_make_no_query_are_refused(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        from_command_line(text)
    assert problem in str(refused.value)


def test_a_bad_key_is_refused() -> None:
    with pytest.raises(QueryError, match="Nope"):
        from_command_line("findscu -k Nope pacs 104")


def test_output_options_come_along() -> None:
    output = from_command_line(
        "findscu -X --extract-csv a.csv --columns 'PatientName,(0010,0020)' -od out -Xlo 7 "
        "--output-mode 640 +sr +dc --fallback-charset 'ISO_IR 100' -k A1 -k '' pacs 104 -k PatientID".replace(
            " -k A1", ""
        )
    )[2]
    assert output.extract == "dicom"
    assert output.csv == Path("out/a.csv")
    assert output.columns == ("PatientName", "(0010,0020)")
    assert (output.limit, output.mode, output.show, output.correction) == (7, 0o640, True, True)
    assert output.fallback_character_set == "ISO_IR 100"


def test_what_a_query_leaves_out_is_named() -> None:
    text = "findscu -v -X -k PatientName -W --fallback-charset 'ISO_IR 100' +tla -aec A --repeat 2 -X -od . pacs 104"
    assert left_out(text) == ("--verbose", "--extract", "--output-directory")


def test_the_plain_command_is_short() -> None:
    text = to_command_line(Peer("pacs", 104), Query(model=WORKLIST, keys=(Key.parse("PatientName"),)))
    assert shlex.join(shlex.split(text)) == "findtui findscu -W -k PatientName -aet FINDSCU -aec ANY-SCP pacs 104"


def test_quoted_text_is_taken_as_it_stands() -> None:
    text = (
        r"""findscu -k 'PatientName=O"Neil$X' -k "PatientID=a\$b'c\"\\d" """
        r"""-k PatientComments=a\ b\|c -k 'IssuerOfPatientID=~' pacs 104"""
    )
    keys = [str(key) for key in from_command_line(text)[1].keys]
    assert keys == ['PatientName=O"Neil$X', "PatientID=a$b'c\"\\d", "PatientComments=a b|c", "IssuerOfPatientID=~"]


def test_the_character_set_of_answers_that_declare_none_comes_along() -> None:
    query = Query(keys=(Key.parse("PatientName"),))
    text = to_command_line(Peer("pacs", 104), query, fallback_character_set="ISO_IR 100")
    assert from_command_line(text)[2].fallback_character_set == "ISO_IR 100"


def test_what_the_grammar_has_no_words_for_is_refused() -> None:
    with pytest.raises(UsageError, match="'-pacs' cannot stand in a command line"):
        to_command_line(Peer("-pacs", 104), Query())
    with pytest.raises(UsageError, match="'@HOME' cannot stand in a command line"):
        to_command_line(Peer("pacs", 104, called_ae_title="@HOME"), Query())
