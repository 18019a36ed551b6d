from utils.experiments.lottery_tickets.how_similar_are_masks import how_similar_are_masks
from utils.model import digits

WIDTHS = (64, 100, 10)


def test_masks_from_the_same_start_agree_and_others_hardly_more_than_chance():
    rows = {
        r["pair"]: r["jaccard"]
        for r in how_similar_are_masks(digits(), seeds=[0], sparsity=0.8, widths=WIDTHS, epochs=8)
    }
    chance = 0.2 / 1.8
    assert rows["same start, other order of the data"] > 0.6
    assert abs(rows["other start, same order of the data"] - chance) < 0.1
    assert abs(rows["random, same number in each layer"] - chance) < 0.02
