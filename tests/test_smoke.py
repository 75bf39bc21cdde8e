from conftest import Run


def test_x(busy_shop: Run) -> None:
    r = busy_shop("stock", "value")
    assert "295.60" in r.stdout
    r = busy_shop("stock", "--format", "json")
    assert r.exit_code == 0
