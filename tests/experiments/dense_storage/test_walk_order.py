from utils.experiments.dense_storage.walk_order import walk_order


def test_every_walk_of_every_size_is_measured():
    rows = walk_order(sizes=(4, 8), least=100, repeats=1)
    assert [(row["size"], row["walk"]) for row in rows] == [
        (size, walk)
        for size in (4, 8)
        for walk in ("along the rows", "down the columns", "at random")
    ]
    assert all(row["nanoseconds"] > 0 for row in rows)
