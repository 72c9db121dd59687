"""What `make bench-peers` does without any other server: reads schemas and what tools print, judges, keeps rows."""

import pathlib
import re
import signal
import tempfile
import unittest

from tests.bench.peers import postgres, queries, redis, rows, server

PGBENCH = """pgbench (15.18)
number of transactions actually processed: 23175
number of failed transactions: %d (0.000%%)
latency average = 13.1 ms
tps = 4732.168454 (without initial connection time)
"""
BENCHMARK = '''"test","rps","avg_latency_ms","min_latency_ms"
"XADD scans * scan xxxx","%s","5.1","1.0"
'''


class Queries(unittest.TestCase):
    def test_the_schema_keeps_its_columns_and_loses_what_is_sqlites(self):
        table = "CREATE TABLE a (\n\tid BLOB PRIMARY KEY, -- STRICT; BLOB\n\tn INTEGER NOT NULL\n) STRICT,\n\t"
        table += "WITHOUT ROWID;\n"
        self.assertEqual(queries.translate(table).split(),
                         "CREATE TABLE a ( id bytea PRIMARY KEY, n bigint NOT NULL );".split())
        for path in (queries.ROOT / "schema/sql/sqlite").glob("*.sql"):
            told = queries.translate(path.read_text(encoding="utf-8"))
            self.assertIn("CREATE", told)
            self.assertIsNone(re.search(r"\b(STRICT|ROWID|BLOB|INTEGER)\b|--", told))

    def test_what_an_index_computes_stands_in_parentheses_as_postgresql_wants_it(self):
        for path in (queries.ROOT / "schema/sql/sqlite").glob("*.sql"):
            told = queries.translate(path.read_text(encoding="utf-8"))
            for columns in re.findall(r"INDEX \w+ ON \w+ \(((?:[^()]|\([^()]*\))*)\)", told):
                for column in re.sub(r"\([^()]*\)", "computed", columns).split(","):
                    self.assertRegex(column.strip(), r"^\w+( DESC)?$", path.name)

    def test_a_query_is_prepared_whole_even_after_a_comment(self):
        self.assertIn("PREPARE q_a AS SELECT 1 -- one\n;\n", queries.preparation("a", "SELECT 1 -- one\n"))

    def test_a_refused_query_must_be_listed_and_a_listed_one_refused(self):
        self.assertEqual(list(queries.judge({"a": "no"}, {"a": "because"})), [])
        self.assertEqual(list(queries.judge({"a": "no"}, {})), ["a.sql is not portable: no"])
        self.assertEqual(list(queries.judge({}, {"a": "because"})),
                         ["a.sql is prepared; take it out of EXCEPTIONS"])


class Told(unittest.TestCase):
    def test_pgbench(self):
        self.assertEqual(postgres.read_pgbench(PGBENCH % 0), (23175, 4732.168454))
        for told in (PGBENCH % 1, "", PGBENCH.replace("tps", "") % 0):
            self.assertRaises(server.Failed, postgres.read_pgbench, told)

    def test_redis_benchmark(self):
        self.assertEqual(redis.read_benchmark(BENCHMARK % "135450.00"), 135450.0)
        for told in (BENCHMARK % "0.00", "", BENCHMARK.splitlines()[0]):
            self.assertRaises(server.Failed, redis.read_benchmark, told)


class Kept(unittest.TestCase):
    def test_rows_are_added_to_those_of_earlier_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "rows.json")
            for value in (4.9, 5):
                run = rows.Rows(path)
                run.add("ratio", value, reach=5)
                run.add("rate", 7, "1/s")
                run.write()
            kept = rows.read(path)
            self.assertEqual([row.get("reached") for row in kept], [False, None, True, None])
            self.assertEqual([row["value"] for row in kept], [4.9, 7, 5, 7])
        self.assertIn("MISSED", rows.show(kept[0]))
        self.assertIn("reached", rows.show(kept[2]))


class Servers(unittest.TestCase):
    def test_it_is_waited_for_and_ended(self):
        started = server.Server("tail", ["sh", "-c", "echo now listening at x; exec tail -f /dev/null"])
        self.assertEqual(started.says("listening "), "at x")
        started.stop()
        self.assertEqual(started.process.returncode, -signal.SIGTERM)

    def test_one_that_ends_before_it_is_ready_is_a_failure_with_its_last_words(self):
        started = server.Server("echo", ["sh", "-c", "echo no room; exit 3"])
        with self.assertRaisesRegex(server.Failed, "echo did not start: no room"):
            started.says("ready")
        started.stop()


if __name__ == "__main__":
    unittest.main()
