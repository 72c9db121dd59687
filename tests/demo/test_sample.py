"""The invented people of the demonstration add up to what the demonstration says of them."""

import csv
import datetime
import json
import pathlib
import unittest

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "schema" / "data"
HEADER = ("name,given,family,arabic,honorific,function,organisation,entity,also,category,level,gender,language,"
          "remote,key").split(",")
DELEGATION = {"head", "delegate", "adviser", ""}


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Sample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.nominations = rows(HERE / "sample" / "nominations.csv")
        cls.others = rows(HERE / "sample" / "others.csv")
        cls.plan = json.loads((HERE / "sample" / "plan.json").read_text(encoding="utf-8"))
        cls.overlay = json.loads((HERE / "overlay.json").read_text(encoding="utf-8"))
        cls.states, cls.standing = {}, {}
        for state in rows(DATA / "oic_members.csv"):
            for name in ("alpha2", "name_en", "name_fr", "name_ar"):
                cls.states[state[name]] = state["alpha2"]
            cls.standing[state["alpha2"]] = state["oic_status"]
        opening = datetime.date(2024, 2, 29)
        for change in rows(DATA / "oic_status_history.csv"):
            since, until = (datetime.date.fromisoformat(change[end]) for end in ("from", "to"))
            if since <= opening < until:
                cls.standing[change["alpha2"]] = change["status"]

    def represented(self, keys):
        return {self.states[row["entity"]] for row in self.nominations if row["key"] in keys}

    def keys(self):
        return {row["key"] for row in self.nominations}

    def test_header(self):
        for name in ("nominations.csv", "others.csv"):
            with open(HERE / "sample" / name, encoding="utf-8", newline="") as file:
                self.assertEqual(next(csv.reader(file)), HEADER)

    def test_64_nominations_of_29_member_states_in_good_standing(self):
        self.assertEqual(len(self.nominations), 64)
        states = self.represented(self.keys())
        self.assertEqual(len(states), 29)
        self.assertEqual({self.standing[state] for state in states}, {"member"})

    def test_56_states_were_in_good_standing(self):
        self.assertEqual(sum(standing == "member" for standing in self.standing.values()), 56)

    def test_keys_are_unique(self):
        keys = [row["key"] for row in self.nominations + self.others]
        self.assertEqual(len(keys), len(set(keys)))

    def test_66_registered_of_28(self):
        gone = {self.plan["cancelled"]["key"], self.plan["replaced"]["key"]}
        self.assertLess(gone, self.keys())
        states = self.represented(self.keys() - {self.plan["cancelled"]["key"]})
        self.assertEqual(len(states), 28, "the cancelled one was the only delegate")
        self.assertLessEqual({walker["entity"] for walker in self.plan["walk_ins"]}, states)
        self.assertEqual(len(self.nominations) - 2 + 1 + len(self.plan["walk_ins"]), 66)

    def test_61_checked_in_of_27(self):
        absent = set(self.plan["no_shows"])
        gone = absent | {self.plan["cancelled"]["key"], self.plan["replaced"]["key"]}
        self.assertEqual(len(absent), 5)
        self.assertEqual(len(gone), 7)
        states = self.represented(self.keys() - gone)
        self.assertIn(self.states[next(row["entity"] for row in self.nominations
                                       if row["key"] == self.plan["replaced"]["key"])], states)
        self.assertEqual(len(states), 27)
        self.assertEqual(len(self.keys() - gone) + 1 + len(self.plan["walk_ins"]), 61)

    def test_everybody_is_a_representative(self):
        for row in self.nominations + self.others + self.plan["walk_ins"]:
            self.assertIn(row["category"], DELEGATION)

    def test_others_are_9_and_4_and_2(self):
        institutions = {row["name_en"] for row in rows(DATA / "oic_institutions.csv")}
        others = {entity["entity"] for entity in self.overlay["entities"]}
        kinds = [("institution" if row["entity"] in institutions else "other" if row["entity"] in others
                  else self.standing[self.states[row["entity"]]]) for row in self.others]
        self.assertEqual({kind: kinds.count(kind) for kind in kinds},
                         {"institution": 9, "other": 4, "observer": 2})
        self.assertEqual(len({self.states[row["entity"]] for row in self.others
                              if row["entity"] in self.states}), 1)

    def test_spelling_is_exercised(self):
        names = " ".join(row["name"] for row in self.nominations)
        for part in ("ı", "İ", "oğlu", " bin ", "EL ", "El ", "-", "ə"):
            self.assertIn(part, names)
        self.assertTrue(any(" " not in row["name"] for row in self.nominations), "a single name")
        self.assertTrue(any(len(row["name"]) > 100 for row in self.nominations), "a very long one")
        self.assertTrue(any(row["arabic"] for row in self.nominations))
        for blank in ("given", "family", "arabic", "function", "category", "level", "gender", "language"):
            self.assertTrue(any(not row[blank] for row in self.nominations), blank)
        self.assertEqual(len({row["name"] for row in self.nominations}), 63, "two people of one name")

    def test_nobody_of_the_printed_programme_is_registered(self):
        printed = json.loads((DATA / "marrakech_2024.json").read_text(encoding="utf-8"))["persons"].values()
        families = {person["family_name"].casefold() for person in printed if person.get("family_name")}
        for row in self.nominations + self.others + self.plan["walk_ins"]:
            self.assertNotIn(row["name"].split()[-1].casefold(), families)
            self.assertNotIn(row.get("family", "").casefold() or "-", families)

    def test_two_hats_are_one_row(self):
        both = [row for row in self.nominations if "Chair of the Network" in row["function"]]
        self.assertEqual(len(both), 1)
        self.assertIn("Director-General", both[0]["function"])


if __name__ == "__main__":
    unittest.main()
