"""``--check --news``: what was not there at the last check, and nothing else."""

import pytest

from cli.steps import done, listed
from conftest import Run

MONDAY, TUESDAY = "2026-03-16T09:00:00-04:00", "2026-03-17T09:00:00-04:00"
CHECKS = [("today", "--check", "--news"), ("metrics", "--check", "--news")]


def due(run: Run, order: str) -> None:
    done(run("order", "add", order, "--line", "EARR-LEAF:1", "--ship-by", "2026-03-16", now=MONDAY))


def news(run: Run, *, now: str = MONDAY) -> tuple[int, list[str]]:
    ran = run("today", "--check", "--news", "--format", "csv", now=now)
    assert ran.stderr == ""
    return ran.exit_code, [",".join(line.split(",")[1:3]) for line in ran.stdout.splitlines()[1:]]


def test_what_was_told_is_told_once(shop: Run) -> None:
    due(shop, "S-0001")
    assert news(shop) == (3, ["to ship today,1"])
    assert news(shop) == (0, [])
    assert done(shop("today", "--check", "--news")).stdout == "Nothing new.\n"
    assert shop("today", "--check").exit_code == 3

    due(shop, "S-0002")
    assert news(shop) == (3, ["to ship today,2"])
    assert news(shop, now=TUESDAY) == (3, ["overdue,2"])
    assert news(shop, now=TUESDAY) == (0, [])


def test_what_was_gone_is_news_when_it_comes_back(shop: Run) -> None:
    due(shop, "S-0001")
    assert news(shop)[0] == 3
    done(shop("order", "hold", "S-0001"))
    assert news(shop) == (0, [])
    done(shop("order", "release", "S-0001"))

    assert news(shop) == (3, ["to ship today,1"])


def test_what_was_told_is_a_small_operation_and_the_same_again_is_none(shop: Run) -> None:
    due(shop, "S-0001")
    before = len(listed(shop, "log"))
    news(shop)
    news(shop)

    first, *rest = listed(shop, "log")
    assert (first["command"], len(rest)) == ("today check", before)
    assert first["summary"] == "told what is new in today, which finds 1 thing"


def test_a_rate_is_news_when_it_is_at_risk_and_again_when_it_is_broken(shop: Run) -> None:
    channel = ("--channel", "amazon", "--at", "2026-03-12T12:00:00-04:00", "--ship-by", "2026-03-20")
    done(shop("order", "add", "114-0000001-0000001", "--line", "EARR-LEAF:1", *channel))
    check = ("metrics", "--check", "--news", "--format", "csv")
    assert done(shop(*check)).stdout.count("\n") == 1
    done(shop("config", "set", "limit.cancellation_rate", "<=100%"))
    done(shop("--yes", "order", "cancel", "114-0000001-0000001", "--by", "seller", "--reason", "broken"))

    told = shop(*check)
    assert (told.exit_code, told.stdout.splitlines()[1].split(",")[0]) == (3, "cancellation_rate")
    assert done(shop(*check)).stdout.count("\n") == 1
    done(shop("config", "set", "limit.cancellation_rate", "2.5%"))
    assert "BREACH" in shop(*check).stdout
    assert done(shop(*check)).stdout.count("\n") == 1


@pytest.mark.parametrize("command", CHECKS, ids=lambda words: words[0])
def test_news_are_of_a_check_of_the_present(shop: Run, command: tuple[str, ...]) -> None:
    alone = shop(command[0], "--news")
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert "--news goes with --check." in alone.stderr
    assert shop("metrics", "--check", "--news", "--as-of", "2026-03-01").exit_code == 2
    assert done(shop(*command)).stdout == "Nothing new.\n"
    assert all(row["command"] != f"{command[0]} check" for row in listed(shop, "log"))
