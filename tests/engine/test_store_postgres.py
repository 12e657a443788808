"""What concerns PostgreSQL alone: rights, addresses, passwords, another schema, a lost connection."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.feeds import LINK
from tests.postgres import PostgresServer
from xl_thesis.default_store import seed
from xl_thesis.errors import StoreError
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh import refresh
from xl_thesis.store import open_store
from xl_thesis.thesis import load_thesis

from .arrivals import X, known, seen

MISREAD = ["s3cret/w0rd", "s3cret#w0rd", "s3cret?w0rd", "s3cret@w0rd", "[s3cret]w0rd"]


@pytest.mark.host
def test_a_reader_without_the_right_to_write_can_read(postgres: str, postgres_server: PostgresServer) -> None:
    name = postgres.rpartition("/")[2]
    with open_store(postgres) as store:
        seen(store, "2024-03-08", (X, "2024-03-07", 1.0, "2024-03-07"))
        for statement in (
            "DROP ROLE IF EXISTS analyst", "CREATE ROLE analyst LOGIN PASSWORD 'other'",
            "GRANT USAGE ON SCHEMA xl_thesis TO analyst", "GRANT SELECT ON ALL TABLES IN SCHEMA xl_thesis TO analyst",
        ):  # fmt: skip
            postgres_server.run(statement, name)
        with open_store(postgres_server.address(name, "analyst", "other")) as reader:
            assert not reader.engine.can_write()
            assert known(reader, "2024-03-08") == {"2024-03-07": 1.0}
            scorer = Scorer(load_thesis("american_exceptionalism"), reader)
            seed(reader)
            with pytest.raises(StoreError, match=r"you may only read the store postgresql://analyst:\*\*\*@127"):
                refresh(scorer, [], LINK)
            with pytest.raises(StoreError, match="permission denied"):
                seen(reader, "2024-03-09", (X, "2024-03-07", 2.0, "2024-03-07"))
        postgres_server.run("DROP OWNED BY analyst", name)
        postgres_server.run("DROP ROLE analyst", name)


@pytest.mark.host
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("password", "authentication failed"),
        ("database", "does not exist"),
        ("port", "refused"),
        ("address", "address is not understood"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password(
    postgres_server: PostgresServer, wrong: str, words: str
) -> None:
    address = postgres_server.address("postgres")
    address = {
        "password": address.replace("s3cret", "s4cret"),
        "database": address.replace("/postgres", "/nowhere"),
        "port": address.replace(f":{postgres_server.port}/", ":1/"),
        "address": address.replace("s3cret", "s3cret%zz"),
    }[wrong]
    with pytest.raises(StoreError, match=words) as raised:
        open_store(address)
    said = str(raised.value)
    assert "\n" not in said
    assert not any(secret in f"{said} {raised.value!r}" for secret in ("s3cret", "s4cret", "w0rd"))


@pytest.mark.parametrize("password", MISREAD)
def test_a_password_that_can_be_misread_is_refused_before_anything_is_asked(password: str) -> None:
    """The server's own words would repeat what it takes for a port or a host."""
    for address in (f"postgresql+psycopg://ann:{password}@db.example:5432/macro",
                    f"postgres://ann:{password}@db.example/macro?connect_timeout=1"):  # fmt: skip
        with pytest.raises(StoreError, match="percent-encoded") as raised:
            open_store(address)
        assert "\n" not in str(raised.value)
        assert not any(secret in f"{raised.value!r}" for secret in ("s3cret", "w0rd"))
    with pytest.raises(StoreError, match="percent-encoded"):
        open_store("postgresql://db.example/macro?user=ann&password=s3cret@w0rd")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:s3cret/macro", "postgresql:///ann:s3cret@127.0.0.1/macro", "postgresql:///ann:s3cret",
        "postgresql://127.0.0.1:1/macro?user=ann&password=s3cret", "postgresql://127.0.0.1:1/macro?sslpassword=s3cret",
        "postgresql://127.0.0.1:1/macro?password=s3%63ret&sslmode=s3cret&password=s3+cret",
        "postgresql://127.0.0.1:1/macro?s3cret=1", "postgresql://127.0.0.1:1/macro?options=s3cret",
        "postgresql://127.0.0.1:1/macro?sslmode=require&sslkey=s3cret", "postgresql://ann:s3cret@127.0.0.1:port/macro",
        "postgresql://ann:s3cret@127.0.0.1:1,ann:s3cret@x/macro", "postgresql://ann:s3cret@127.0.0.1:1/macro?connect_timeout=s3cret",
    ],
)  # fmt: skip
def test_no_odd_form_of_an_address_shows_its_password(address: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as raised:
        open_store(address)
    said = f"{raised.value} {raised.value!r}"
    assert "s3cret" not in said and "s3 cret" not in said
    assert "\n" not in str(raised.value)


@pytest.mark.host
@pytest.mark.parametrize("password", MISREAD)
def test_a_percent_encoded_password_reaches_the_database(
    postgres: str, postgres_server: PostgresServer, password: str
) -> None:
    password = password.replace("s3cret", "0ther")  # this statement is in the server's log, which a test reads
    name = postgres.rpartition("/")[2]
    postgres_server.run("DROP ROLE IF EXISTS encoded", name)
    postgres_server.run(f"CREATE ROLE encoded LOGIN PASSWORD '{password}'", name)
    address = postgres_server.address(name, "encoded", quote(password, safe=""))
    try:
        with pytest.raises(StoreError, match="permission denied") as raised:  # it may do nothing, but it is let in
            open_store(address)
        assert "0ther" not in str(raised.value)
    finally:
        postgres_server.run("DROP ROLE encoded", name)


@pytest.mark.host
def test_a_newer_schema_is_refused(postgres: str, postgres_server: PostgresServer) -> None:
    open_store(postgres).close()
    postgres_server.run("UPDATE xl_thesis.meta SET value = '99' WHERE key = 'schema_version'",
                        postgres.rpartition("/")[2])  # fmt: skip
    with pytest.raises(StoreError, match="newer xl-thesis"):
        open_store(postgres)


@pytest.mark.host
def test_a_connection_that_was_lost_is_made_again(postgres: str, postgres_server: PostgresServer) -> None:
    with open_store(postgres) as store:
        seen(store, "2024-03-08", (X, "2024-03-07", 1.0, "2024-03-07"))
        postgres_server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{postgres.rpartition('/')[2]}' AND application_name = 'xl-thesis'"
        )
        with pytest.raises(StoreError):
            store.forget_if_changed()
        store.forget_if_changed()
        assert known(store, "2024-03-08") == {"2024-03-07": 1.0}
