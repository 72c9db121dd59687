"""Whether the queries that two engines share are in the dialect that both speak: PostgreSQL prepares each."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATABASE = "shared"
# query: why PostgreSQL may refuse it. One that it takes has no place here.
EXCEPTIONS = {}

TYPES = {"BLOB": "bytea", "INTEGER": "bigint"}


def translate(schema):
    """SQLite's schema as PostgreSQL reads it: the types' names, and what a table ends with."""
    code = re.sub(r"--[^\n]*", "", schema)
    code = re.sub(r"\)\s*STRICT\b(\s*,\s*WITHOUT\s+ROWID\b)?", ")", code)
    return re.sub(r"\b(BLOB|INTEGER)\b", lambda found: TYPES[found.group()], code)


def make_tables(postgres):
    """Tables as the migrations leave them, in a database of their own."""
    postgres.psql("CREATE DATABASE " + DATABASE)
    for path in sorted((ROOT / "schema/sql/sqlite").glob("*.sql")):
        postgres.psql(translate(path.read_text(encoding="utf-8")), DATABASE)


def prepare_all(postgres):
    """How many there are, and by name what PostgreSQL says against those that it refuses."""
    paths = sorted((ROOT / "schema/sql/queries").glob("*.sql"))
    script = pathlib.Path(postgres.folder, "queries.sql")
    script.write_text("".join(preparation(path.stem, path.read_text(encoding="utf-8")) for path in paths),
                      encoding="utf-8")
    told = postgres.psql(script, DATABASE).splitlines()
    answers = dict(line.split(" ", 1) for line in told)
    return len(paths), {name: said for name, said in answers.items() if said != "prepared"}


def preparation(name, query):
    """One answer a query: `NAME prepared`, or `NAME` and the first line of what is wrong."""
    return ("\\set ON_ERROR_STOP off\nPREPARE q_%s AS %s\n;\n\\if :ERROR\n\\echo %s :LAST_ERROR_MESSAGE\n\\else\n"
            "\\echo %s prepared\n\\endif\n" % (name, query.strip(), name, name))


def judge(refused, exceptions):
    """A sentence for each query that is refused without being listed, or listed without being refused."""
    for name in sorted(set(refused) - set(exceptions)):
        yield "%s.sql is not portable: %s" % (name, refused[name])
    for name in sorted(set(exceptions) - set(refused)):
        yield "%s.sql is prepared; take it out of EXCEPTIONS" % name
