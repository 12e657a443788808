"""Settings in one file and in variables; the key in the credential store and nowhere else."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xl_thesis import keys, settings
from xl_thesis.addresses import fault, place_of, without_password
from xl_thesis.cli import main
from xl_thesis.errors import InputError

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XL_THESIS_HOME", str(tmp_path))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_the_default_thesis_must_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for wrong in ("nosuch", str(tmp_path / "nosuch.yaml")):
        assert run("config", "set", "thesis", wrong) == 2
        assert "nosuch" in capsys.readouterr().err
    assert not settings.settings_file().exists()
    monkeypatch.chdir(tmp_path)
    assert run("thesis", "new", "ours.yaml") == 0
    assert run("config", "set", "thesis", "ours.yaml") == 0
    assert settings.default_thesis() == str((tmp_path / "ours.yaml").resolve())
    assert run("config", "set", "thesis", "american_exceptionalism") == 0
    assert settings.default_thesis() == "american_exceptionalism"


def test_a_new_store_where_the_user_wants_one_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("score") == 0
    assert capsys.readouterr().err == ""
    chosen = tmp_path / "typo" / "x.sqlite"
    assert run("config", "set", "store", str(chosen)) == 0
    capsys.readouterr()
    assert run("score", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["score"] and err == f"xl-thesis: made a new store at {chosen}\n"
    assert run("score") == 0
    assert capsys.readouterr().err == ""


def test_where_the_store_lies_is_said_by_get_as_by_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config", "get", "store") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'store.sqlite'}\n"


def test_an_unknown_default_thesis_is_said_to_be_a_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XL_THESIS_DEFAULT", "nosuch")
    assert run("score") == 2
    assert "there is no thesis 'nosuch'" in (said := capsys.readouterr().err)
    assert "it is the setting thesis, from XL_THESIS_DEFAULT" in said
    assert run("score", "--thesis", "nosuch") == 2
    assert "setting" not in capsys.readouterr().err


def test_a_variable_comes_before_the_file_and_the_file_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.read("network.timeout") == settings.Value(settings.SETTINGS["network.timeout"], "30", "default")
    settings.change("network.timeout", "12")
    assert settings.read("network.timeout").text == "12"
    monkeypatch.setenv("XL_THESIS_NETWORK_TIMEOUT", "5")
    assert (settings.read("network.timeout").text, settings.read("network.timeout").origin) == (
        "5", "XL_THESIS_NETWORK_TIMEOUT",
    )  # fmt: skip


def test_comments_and_other_settings_stay_when_one_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# ours\nthesis = "jobless_boom" # for now\n\n[network]\nproxy = "http://p:1"\n', encoding="utf-8")
    settings.change("fred.base_url", "http://gateway.example/fred")
    settings.change("network.proxy", None)
    text = file.read_text(encoding="utf-8")
    assert "# ours" in text
    assert "# for now" in text
    assert settings.default_thesis() == "jobless_boom"
    assert settings.read("fred.base_url").text == "http://gateway.example/fred"
    assert settings.read("network.proxy").text is None
    assert settings.read("network.proxy").origin == "default"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder of a user for the user")
def test_the_file_is_for_the_user_alone(tmp_path: Path) -> None:
    settings.change("store", "postgresql+psycopg://ann:secret@db/macro")
    assert stat.S_IMODE((tmp_path / "settings.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("colour = 1", "have no 'colour'; there are: store"),
        ("[fred]\napi_key = 'x'", "xl-thesis config set fred-key"),
        ("a = = 1", "are not TOML"),
        ("[network]\ntimeout = 0", "must be seconds"),
        ("[network]\nproxy = 'proxy:8080'", "must be an address"),
        ("[network]\nca_bundle = 'gone.pem'", "must be a file that exists"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_is_not_written_over(
    tmp_path: Path, content: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(content, encoding="utf-8")
    assert run("config", "list") == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert "\n" not in said
    assert file.read_text(encoding="utf-8") == content


def test_the_commands_read_change_and_remove(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config", "set", "network.proxy", "http://ann:secret@proxy.example:8080") == 0
    assert run("config", "get", "network.proxy") == 0
    assert run("config", "list") == 0
    assert run("config", "list", "--json") == 0
    said = capsys.readouterr().out
    assert "secret" not in said
    assert "http://ann:***@proxy.example:8080" in said
    assert json.loads(said[said.index("{") :])["network.timeout"] == {
        "value": "30", "from": "default", "variable": "XL_THESIS_NETWORK_TIMEOUT",
    }  # fmt: skip
    assert run("config", "unset", "network.proxy") == 0
    assert run("config", "set", "colour", "blue") == 2
    assert run("config", "set", "network.timeout", "soon") == 2
    assert run("config", "set", "network.proxy") == 2
    assert run("config", "get", "colour") == 2


def test_the_list_says_where_each_value_comes_from_and_where_the_store_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XL_THESIS_NETWORK_TIMEOUT", "12")
    assert run("config", "set", "network.proxy", "http://proxy.example:8080") == 0
    capsys.readouterr()
    assert run("config", "list") == 0
    said = capsys.readouterr().out
    for setting in settings.SETTINGS.values():
        assert f"variable {setting.variable}" in said
    assert f"store = {tmp_path / 'store.sqlite'}  (default)" in said
    assert "network.timeout = 12  (XL_THESIS_NETWORK_TIMEOUT)" in said
    assert f"network.proxy = http://proxy.example:8080  ({tmp_path / 'settings.toml'})" in said
    assert f"{tmp_path}  (XL_THESIS_HOME)" in said
    assert "variable FRED_API_KEY" in said
    assert run("config", "list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["home"] == {"value": str(tmp_path), "from": "XL_THESIS_HOME", "variable": "XL_THESIS_HOME"}
    assert found["store"]["value"] == str(tmp_path / "store.sqlite")
    monkeypatch.delenv("XL_THESIS_HOME")
    assert run("config", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["home"]["from"] == "default"


def test_what_cannot_be_the_store_is_refused_when_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "victim.xlsx").write_bytes(b"PK\3\4 a workbook")
    for wrong, words in (
        ("victim.xlsx", "no store of"), ("sqlite:///victim.xlsx", "no store of"), (".", "is a folder"),
    ):  # fmt: skip
        assert run("config", "set", "store", wrong) == 2
        assert words in capsys.readouterr().err
    assert not settings.settings_file().exists()
    assert run("config", "set", "store", "new.sqlite") == 0
    assert run("store", "info") == 0
    assert run("config", "set", "store", "new.sqlite") == 0
    assert run("config", "set", "store", "postgresql+psycopg://ann@db.example/macro") == 0
    assert (tmp_path / "victim.xlsx").read_bytes() == b"PK\3\4 a workbook"


MISREAD = ["s3cret/w0rd", "s3cret#w0rd", "s3cret?w0rd", "s3cret@w0rd", "[s3cret]w0rd", "s3cret://w0rd", "s3c/ret@w0rd"]


@pytest.mark.parametrize("name", ["network.proxy", "fred.base_url"])
@pytest.mark.parametrize("address", [*(f"http://ann:{password}@proxy.example:8080" for password in MISREAD),
                                     "ann:s3cret@proxy:8080", "socks5://ann:s3cret@proxy.example"])  # fmt: skip
def test_an_address_that_can_be_misread_is_refused_without_its_password(
    name: str, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("config", "set", name, address) == 2
    monkeypatch.setenv(settings.SETTINGS[name].variable, address)
    assert run("config", "list") == 2
    said = capsys.readouterr()
    assert not any(secret in said.out + said.err for secret in ("s3c", "w0rd:", "w0rd@"))
    assert len(said.err.strip().splitlines()) == 2
    assert "percent-encoded" in said.err or "must be an address such as" in said.err


@pytest.mark.parametrize("password", MISREAD)
def test_a_store_with_such_a_password_is_listed_without_it(password: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config", "set", "store", f"postgresql+psycopg://ann:{password}@db.example/macro") == 0
    assert run("config", "list") == 0
    assert run("config", "get", "store") == 0
    said = capsys.readouterr().out
    assert "s3c" not in said
    assert "w0rd" not in said


def test_a_file_means_the_same_from_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text("")
    monkeypatch.chdir(tmp_path)
    for name, text in (("store", "sqlite:///team.sqlite"), ("store", "team.sqlite"), ("network.ca_bundle", "ca.pem")):
        settings.change(name, text)
        assert settings.read(name).text == str(tmp_path.resolve() / text.rpartition("/")[2])


def test_a_percent_encoded_password_is_accepted() -> None:
    settings.change("network.proxy", "http://ann:s3%2Fcr%40et@proxy.example:8080")
    value = settings.read("network.proxy")
    assert (value.text, value.shown()) == (
        "http://ann:s3%2Fcr%40et@proxy.example:8080", "http://ann:***@proxy.example:8080",
    )  # fmt: skip


@given(st.text(st.sampled_from("x:/?#@[]%. ")), st.sampled_from(["http", "postgresql+psycopg", "sqlite"]))
def test_no_password_is_shown_wherever_it_stands(around: str, scheme: str) -> None:
    """Whatever surrounds it, a word between a login's colon and the last @ is not shown, nor one in a query."""
    assert "SECRET" not in without_password(f"{scheme}://ann:{around}SECRET{around}@host/path")
    assert "SECRET" not in without_password(f"{scheme}://host/path?password={around}SECRET")


SCHEMES = ["http", "https", "postgresql+psycopg", "postgres", "sqlite", ""]
READS_AS_A_PORT = re.compile(r"[0-9]{1,5}(?:[/?#]|$)")


@given(st.text(min_size=1).map(lambda text: text.replace("***", "")), st.sampled_from(SCHEMES))
def test_no_word_behind_the_colon_is_shown_where_the_at_was_forgotten(text: str, scheme: str) -> None:
    """Only what reads as a port is; without a host nobody can tell that it was meant as a password."""
    assume("@" not in text and not READS_AS_A_PORT.match(text))
    for written in (
        f"{scheme}://ann:{text}SECRET/db",
        f"{scheme}://ann:SECRET{text}/db",
        f"{scheme}://ann:SECRET{text}",
    ):
        assert "SECRET" not in without_password(written)
        assert place_of(written) == "***"
        assert scheme == "sqlite" or fault(written) is not None


NAMES = ["password", "PASSWORD", "sslpassword", "passwd", "api_key", "token"]


@given(st.text(), st.sampled_from(NAMES), st.text("='\" "))
def test_no_password_is_shown_in_other_words_than_an_address(before: str, name: str, mark: str) -> None:
    for text in (f"{before} {name}={mark}SECRET", f"host=db {name} = {mark}SE SECRET dbname=x", f"{name}=SECRET",
                 f"host=db {name}=a://ann:x/SECRET", f"postgresql:x{before}SECRET", f"sqlite:///{name}={mark}SECRET",
                 f"postgres:/ann:{before}SECRET@host/db",
                 f"https://host/x?{before}{name}={mark}SECRET", f"https://host/x#{name}={mark}SECRET"):  # fmt: skip
        assert "SECRET" not in without_password(text)


@given(st.text(), st.text())
def test_to_show_an_address_never_fails_and_shows_no_more_twice(scheme: str, rest: str) -> None:
    for text in (f"{scheme}://{rest}", rest, f"http://{rest}", f"postgresql://{rest}"):
        shown = without_password(text)
        assert without_password(shown) == shown
        assert isinstance(fault(text), str | None)


@pytest.mark.parametrize("location", ["host=db.example user=ann password=SECRET", "postgresql:/ann:SECRET@db.example/x",
                                      "mysql://ann:SECRET@db.example/x", "password = SECRET"])  # fmt: skip
def test_a_store_in_other_words_is_refused_and_never_becomes_a_file(
    location: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert run("store", "copy", location) == 2
    assert run("store", "copy", "copy.sqlite", "--from", location) == 2
    assert run("config", "set", "store", location) == 2
    assert run("config", "list") == 0
    monkeypatch.setenv("XL_THESIS_STORE", location)
    assert run("store", "info") == 2
    assert run("config", "get", "store") == 2
    said = capsys.readouterr()
    assert "SECRET" not in said.out + said.err
    assert "postgresql+psycopg://" in said.err
    assert not any("SECRET" in path.name for path in tmp_path.rglob("*"))
    assert before == sorted(path for path in tmp_path.iterdir() if path.name not in ("store.sqlite", "copy.sqlite"))


@pytest.mark.parametrize(
    "text", ["american_exceptionalism", "D:\\data\\ann@corp\\store.sqlite", "sqlite:////home/ann@corp/store.sqlite",
             "https://api.stlouisfed.org/fred", "postgresql:///macro", "postgresql://reader@db.example:5432/macro",
             "http://[::1]:8080", "postgresql://one:5432,two:5433/macro"],
)  # fmt: skip
def test_what_holds_no_password_is_shown_whole(text: str) -> None:
    assert without_password(text) == text


def test_the_environment_gives_the_key_where_no_store_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.fred_key() is None
    monkeypatch.setenv("FRED_API_KEY", KEY)
    found = keys.fred_key()
    assert found is not None
    assert (found.text, found.origin) == (KEY, "FRED_API_KEY")
    assert KEY not in repr(found)


def test_without_a_credential_store_the_key_is_not_kept_and_the_sentence_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.prompt", lambda *_, **__: KEY)
    assert run("config", "set", "fred-key") == 2
    said = capsys.readouterr().err
    assert "set the environment variable FRED_API_KEY" in said
    assert KEY not in said
    with pytest.raises(InputError, match="32 small letters"):
        keys.keep_fred_key("too short")
    assert run("config", "set", "fred-key", KEY) == 2
    assert KEY not in capsys.readouterr().err


FILE_KEYRING = '''
import json, os, pathlib
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    """A credential store in a file, for this test: a fourth kind beside those of the three systems."""
    priority = 1
    file = pathlib.Path(os.environ["TEST_KEYRING"])
    def _read(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}
    def get_password(self, service, name):
        return self._read().get(f"{service}/{name}")
    def set_password(self, service, name, text):
        self.file.write_text(json.dumps({**self._read(), f"{service}/{name}": text}))
    def delete_password(self, service, name):
        self.file.write_text(json.dumps({k: v for k, v in self._read().items() if k != f"{service}/{name}"}))
'''


def test_the_key_goes_into_the_credential_store_and_comes_before_the_environment(tmp_path: Path) -> None:
    """Real commands in processes of their own, on a real keyring backend; the terminal never shows the key."""
    (tmp_path / "file_keyring.py").write_text(FILE_KEYRING, encoding="utf-8")
    environment = os.environ | {
        "PYTHON_KEYRING_BACKEND": "file_keyring.Keyring", "TEST_KEYRING": str(tmp_path / "kept.json"),
        "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "FRED_API_KEY": "f" * 32,
    }  # fmt: skip

    def command(*arguments: str, text: str = "") -> str:
        done = subprocess.run([sys.executable, "-m", "xl_thesis", "config", *arguments], env=environment, input=text,
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    said = command("get", "fred-key") + command("set", "fred-key", text=f"{KEY}\n") + command("get", "fred-key")
    assert "set, from FRED_API_KEY" in said
    assert "set, from the system's credential store" in said
    assert KEY not in said
    assert "The key is forgotten" in command("unset", "fred-key")
    assert "set, from FRED_API_KEY" in command("get", "fred-key")
    assert KEY not in "".join(file.read_text() for file in tmp_path.glob("*.toml"))
