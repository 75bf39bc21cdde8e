"""A copy of a shop on a server says itself whether a byte of it was changed, wherever it lies."""

from pathlib import Path

from postgres.worked_shop import Shop, keeper, shop

__all__ = ["keeper", "shop"]


def test_a_copy_that_the_shop_does_not_know_says_itself_that_it_was_changed(shop: Shop, tmp_path: Path) -> None:
    content = shop.copy.read_bytes()
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    for name, told, is_good in (
        ("others", content[: content.rindex(b"\n-- ordercli")], True),
        ("tail", content + b"xx", False),
        ("far", content + bytes(1 << 21), False),
        ("short", content[:-2], False),
        ("cut in its mark", content[:-100], False),
        ("cut to a piece of it", content[:-112], False),
        ("spoiled mark", content[:-90] + b"?" + content[-89:], False),
        ("flipped", bytes(flipped), False),
        ("same", content, True),
    ):
        file = tmp_path / name / shop.copy.name.replace("first", "worked")
        file.parent.mkdir()
        file.write_bytes(told)
        assert shop.told("backup", "verify", str(file)).exit_code == (0 if is_good else 8), name
        ran = shop._replace(copy=file).restored()
        assert ran.exit_code == (0 if is_good else 8), (name, ran.stderr)
        assert ("was changed or damaged since it was made" in ran.stderr) is not is_good, (name, ran.stderr)
