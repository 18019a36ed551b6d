from utils.experiments.taylor.cost_of_hessian import cost_of_hessian
from utils.model import (
    flat,
)


def test_a_product_costs_far_less_than_the_hessian(networks, batch):
    rows = cost_of_hessian(networks[:1], batch, repeats=5)
    taken = {row["way"]: row["milliseconds"] for row in rows}
    assert {row["parameters"] for row in rows} == {len(flat(networks[0]))} and len(rows) == 3
    assert taken["H v without H"] < taken["H, then H v"] / 2
