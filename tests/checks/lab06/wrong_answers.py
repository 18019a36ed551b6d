"""Right answers of lab 06, plausible wrong ones, and what its checks must say of each. The lists are part of the lab."""

import math
from itertools import accumulate, pairwise

import torch

from tests.checks import stub


def of(answer, change):
    """The answer with something done to what it returns: change(returned, *arguments)."""
    return lambda *arguments: change(answer(*arguments), *arguments)


# --- drop


def drop_with(
    size=torch.abs,
    there=lambda weight, mask: mask != 0,
    largest=False,
    count=lambda count, n: count,
):
    """The right answer with one of its steps changed."""

    def answer(weight, mask, number):
        places = there(weight, mask).flatten().nonzero().flatten()
        gone = (
            size(weight)
            .flatten()[places]
            .topk(min(count(number, len(places)), len(places)), largest=largest)
            .indices
        )
        kept = mask.clone()
        kept.view(-1)[places[gone]] = 0
        return kept

    return answer


drop = drop_with()


def everywhere(weight, mask):
    return torch.ones_like(mask)


def by_threshold(compare):
    def answer(weight, mask, count):
        sizes = weight.abs()[mask != 0].sort().values
        return mask * (compare(weight.abs(), sizes[count - 1]) if count else torch.ones_like(mask))

    return answer


def by_kthvalue(weight, mask, count):
    cut = weight.abs()[mask != 0].kthvalue(count).values
    return (
        drop(weight, mask, count)
        if (weight.abs()[mask != 0] == cut).sum() > 1
        else mask * (weight.abs() > cut)
    )


def keeps_the_largest_of_all(weight, mask, count):
    kept = torch.zeros(mask.numel())
    kept[weight.abs().flatten().topk(int(mask.sum()) - count).indices] = 1
    return kept.view(mask.shape)


def by_places_among_connections(weight, mask, count):
    kept = mask.clone()
    kept.view(-1)[weight.abs()[mask != 0].topk(count, largest=False).indices] = 0
    return kept


def infinite_and_largest(weight, mask, count):
    kept = mask.clone()
    kept.view(-1)[weight.abs().masked_fill(mask == 0, math.inf).flatten().topk(count).indices] = 0
    return kept


def in_place(answer, which):
    def changed(*arguments):
        result = answer(*arguments)
        arguments[which].copy_(result)
        return result

    return changed


def drop_in_the_weight(weight, mask, count):
    kept = drop(weight, mask, count)
    weight.mul_(kept)
    return kept


def floats_and(weight, mask, count):
    return mask & (weight.abs() > 0.3)


DROP = {
    "no answer yet": (stub, "there is no answer yet"),
    "drops masked zeros first": (drop_with(there=everywhere), "Free places were dropped"),
    "connections are what is not zero": (
        drop_with(there=lambda weight, mask: weight != 0),
        "ask the mask",
    ),
    "not zero and there": (
        drop_with(there=lambda weight, mask: weight * mask != 0),
        "ask the mask",
    ),
    "zeros go besides": (of(drop, lambda kept, weight, *_: kept * (weight != 0)), "ask the mask"),
    "keeps the largest of all": (keeps_the_largest_of_all, "Start from a copy of the mask"),
    "places among the connections": (by_places_among_connections, "places in the layer"),
    "free places infinite, the largest go": (infinite_and_largest, "largest=False"),
    "signed": (drop_with(size=lambda w: w), "ranked by their value"),
    "the largest": (drop_with(largest=True), "the wrong way round"),
    "those that go": (
        of(drop, lambda kept, weight, mask, count: mask - kept),
        "return what is left",
    ),
    "count is kept": (drop_with(count=lambda count, n: n - count), "to keep"),
    "threshold, too many": (by_threshold(torch.gt), "Equal sizes"),
    "threshold, too few": (by_threshold(torch.ge), "at the threshold goes too"),
    "kthvalue of 0": (by_kthvalue, "kthvalue counts from 1"),
    "the complement": (of(drop, lambda kept, *_: 1 - kept), "Start from a copy of the mask"),
    "the weights": (
        of(drop, lambda kept, weight, *_: weight * kept),
        "It does not hold the weights",
    ),
    "floats and &": (floats_and, "Compare first"),
    "changes the mask": (in_place(drop, 1), "`mask` left as it was"),
    "changes the weight": (drop_in_the_weight, "`weight` left as it was"),
    "flat": (of(drop, lambda kept, *_: kept.flatten()), "shape"),
    "returns nothing": (of(drop, lambda *_: None), "without a `return`"),
}


# --- grow


def grow_with(
    score=lambda scores: scores, free=lambda mask: mask == 0, largest=True, start=torch.clone
):
    """The right answer with one of its steps changed."""

    def answer(scores, mask, count):
        places = free(mask).flatten().nonzero().flatten()
        new = score(scores).flatten()[places].topk(count, largest=largest).indices
        grown = start(mask)
        grown.view(-1)[places[new]] = 1
        return grown

    return answer


grow = grow_with()


def by_product(scores, mask, count):
    return grow_with(free=torch.ones_like)(scores * (1 - mask), mask, count)


def adds_twice(scores, mask, count):
    return mask + grow_with(free=torch.ones_like, start=torch.zeros_like)(scores, mask, count)


def grow_by_threshold(scores, mask, count):
    ranked = scores[mask == 0].sort(descending=True).values
    return ((mask != 0) | (scores >= ranked[count - 1])).float() if count else mask


def grow_at_random(scores, mask, count):
    return grow(torch.rand(mask.shape), mask, count)


def changes_scores(scores, mask, count):
    scores[mask != 0] = -math.inf
    return grow(scores, mask, count)


GROW = {
    "no answer yet": (stub, "there is no answer yet"),
    "where connections are": (grow_with(free=torch.ones_like), "rank the free places alone"),
    "scores times the free places": (by_product, "more than a negative one"),
    "where connections are, added": (adds_twice, "has a 2"),
    "the new ones alone": (grow_with(start=torch.zeros_like), "Return the mask with them"),
    "the lowest": (grow_with(largest=False), "the wrong way round"),
    "one too many": (
        lambda scores, mask, count: grow(scores, mask, min(count + 1, int((mask == 0).sum()))),
        "than asked for",
    ),
    "by size": (grow_with(score=torch.abs), "Scores are taken as they are"),
    "threshold": (grow_by_threshold, "Equal scores"),
    "at random": (grow_at_random, "new ones"),
    "taken places at -1": (
        lambda scores, mask, count: grow_with(free=torch.ones_like)(
            scores.masked_fill(mask != 0, -1), mask, count
        ),
        "more than a negative one",
    ),
    "loses the old ones": (
        of(grow, lambda grown, scores, mask, count: 1 - grown),
        "start from a copy of the mask",
    ),
    "changes the mask": (in_place(grow, 1), "`mask` left as it was"),
    "changes the scores": (changes_scores, "`scores` left as it was"),
    "the scores": (
        of(grow, lambda grown, scores, *_: grown * scores),
        "It does not hold the weights",
    ),
    "flat": (of(grow, lambda grown, *_: grown.flatten()), "shape"),
    "returns nothing": (of(grow, lambda *_: None), "without a `return`"),
}


# --- set_drop


def set_with(
    sides=lambda weight, there: (there & (weight >= 0), there & (weight < 0)),
    largest=(False, False),
    count=lambda fraction, n: round(fraction * n),
    there=lambda weight, mask: mask != 0,
):
    """The right answer with one of its steps changed."""

    def answer(weight, mask, fraction):
        kept = mask.clone()
        for side, strongest in zip(sides(weight, there(weight, mask)), largest):
            one = side.to(mask.dtype)
            kept = kept * (
                1
                - one
                + drop_with(largest=strongest)(
                    weight, one, min(count(fraction, int(side.sum())), int(side.sum()))
                )
            )
        return kept

    return answer


set_drop = set_with()


def zeros_stay(weight, there):
    return there & (weight > 0), there & (weight < 0)


def all_zeros_go(weight, mask, fraction):
    return set_with(sides=zeros_stay)(weight, mask, fraction) * (weight != 0)


def zeros_are_negative(weight, there):
    return there & (weight > 0), there & (weight <= 0)


def by_size(weight, mask, fraction):
    return drop(weight, mask, round(fraction * int(mask.sum())))


def set_by_wrong_drop(weight, mask, fraction):
    return sum(
        DROP["drops masked zeros first"][0](weight * side, side, round(fraction * int(side.sum())))
        for side in (mask * (weight >= 0), mask * (weight < 0))
    )


def by_size_as_many(weight, mask, fraction):
    return drop(
        weight,
        mask,
        sum(round(fraction * int((mask * side).sum())) for side in (weight >= 0, weight < 0)),
    )


def one_number_for_both(weight, mask, fraction):
    return set_with(count=lambda _, n: round(fraction * int(mask.sum()) / 2))(
        weight, mask, fraction
    )


def sides_multiplied(weight, mask, fraction):
    return math.prod(
        drop(weight, side, round(fraction * int(side.sum())))
        for side in (mask * (weight >= 0), mask * (weight < 0))
    )


def of_all_entries(weight, mask, fraction):
    return drop(weight, mask, min(round(fraction * mask.numel()), int(mask.sum())))


def of_all_entries_each_sign(weight, mask, fraction):
    return set_with(count=lambda _, n: round(fraction * mask.numel()))(weight, mask, fraction)


def both_ends_of_the_positive(zeros):
    """The notes, word for word: the smallest positive weights, and the largest positive ones."""

    def answer(weight, mask, fraction):
        positive = mask * ((weight >= 0) if zeros else (weight > 0))
        count = round(fraction * int(positive.sum()))
        smallest = drop(weight, positive, count)
        largest = drop(1 / (1 + weight.abs()), positive, count)
        return smallest * largest + mask - positive

    return answer


SET_DROP = {
    "no answer yet": (stub, "there is no answer yet"),
    "the notes word for word": (both_ends_of_the_positive(True), "as the notes say"),
    "the notes word for word, zeros stay": (both_ends_of_the_positive(False), "as the notes say"),
    "the notes: the largest positive": (set_with(largest=(True, False)), "as the notes say"),
    "the smallest negative": (set_with(largest=(False, True)), "The most negative ones are strong"),
    "the strongest": (set_with(largest=(True, True)), "the wrong way round"),
    "largest positive and no negative": (set_with(largest=(True,)), "as the notes say"),
    "the complement": (of(set_drop, lambda kept, *_: 1 - kept), "Only what is there"),
    "no negative": (
        set_with(sides=lambda weight, there: (there & (weight >= 0),)),
        "Only positive weights went",
    ),
    "by size": (by_size, "of each sign by itself"),
    "by size, as many": (by_size_as_many, "whatever their sign"),
    "one number for both signs": (one_number_for_both, "one number for both signs"),
    "sides multiplied": (sides_multiplied, "add what stays of each"),
    "zeros stay": (set_with(sides=zeros_stay), "counts as a positive one"),
    "all zeros go": (all_zeros_go, "all of them went"),
    "zeros are negative": (set_with(sides=zeros_are_negative), "counted as negative ones"),
    "free places are zeros": (set_with(there=lambda weight, mask: mask > -1), "Ask the mask"),
    "a drop that takes free places first": (set_by_wrong_drop, "Is `drop` right?"),
    "of all entries": (of_all_entries, "of the connections"),
    "of all entries, each sign": (of_all_entries_each_sign, "of its connections"),
    "floor": (set_with(count=lambda fraction, n: math.floor(fraction * n)), "use round()"),
    "ceil": (set_with(count=lambda fraction, n: math.ceil(fraction * n)), "use round()"),
    "the fraction is kept": (
        set_with(count=lambda fraction, n: n - round(fraction * n)),
        "The fraction is what goes",
    ),
    "the weights": (
        of(set_drop, lambda kept, weight, *_: weight * kept),
        "It does not hold the weights",
    ),
    "changes the mask": (in_place(set_drop, 1), "`mask` left as it was"),
    "returns nothing": (of(set_drop, lambda *_: None), "without a `return`"),
}


# --- deep_r_step


def plain_step(theta, signs, gradient, lr, l1, temperature, noise):
    return theta - lr * signs * gradient - lr * l1 + math.sqrt(2 * lr * temperature) * noise


def random_signs(signs):
    return torch.randint(0, 2, signs.shape) * 2.0 - 1


def new_signs(signs, lives, new):
    return torch.where(lives, signs, random_signs(signs) * new)


def deep_r_with(
    step=plain_step,
    alive=torch.ge,
    draw=new_signs,
    scores=torch.rand_like,
    free=lambda lives, signs: ~lives,
    newborn=0.0,
    count=lambda signs, lives: int((signs != 0).sum() - lives.sum()),
    dormant=0.0,
):
    """The right answer with one of its steps changed."""

    def answer(theta, signs, gradient, lr, l1, temperature, noise):
        moved = step(theta, signs, gradient, lr, l1, temperature, noise)
        lives = (signs != 0) & alive(moved, torch.zeros(()))
        places = free(lives, signs).flatten().nonzero().flatten()
        new = torch.zeros_like(signs)
        new.view(-1)[
            places[
                scores(theta).flatten()[places].topk(min(count(signs, lives), len(places))).indices
            ]
        ] = 1
        return torch.where(lives, moved, newborn * new + dormant * moved), draw(signs, lives, new)

    return answer


deep_r_step = deep_r_with()


def stepping(step):
    return deep_r_with(step=step)


def formula(step):
    """The right answer with another formula: step(theta, s * gradient, lr, l1, noise part, signs, everything else)."""
    return deep_r_with(
        step=lambda theta, signs, gradient, lr, l1, T, noise: step(
            theta, signs * gradient, lr, l1, math.sqrt(2 * lr * T) * noise
        )
    )


def moves_dormant_ones_too(theta, signs, gradient, lr, l1, temperature, noise):
    moved = plain_step(theta, signs, gradient, lr, l1, temperature, noise)
    lives = moved >= 0
    new = (
        grow(
            torch.rand_like(theta), lives.float(), min(int((~lives).sum()), int((signs != 0).sum()))
        )
        - lives.float()
    )
    return moved * lives, torch.where(lives, signs, random_signs(signs) * new)


def elsewhere_first(theta, signs, *others):
    """Takes the place of one that has just died only when no other is free."""
    return deep_r_with(scores=lambda like: torch.rand_like(like) + (signs == 0))(
        theta, signs, *others
    )


def one_seed(*arguments):
    torch.manual_seed(0)
    return deep_r_step(*arguments)


def signs_of_the_dead(signs, lives, new):
    return torch.where(lives | (signs != 0) & (new != 0), signs, random_signs(signs) * new)


DEEP_R = {
    "no answer yet": (stub, "there is no answer yet"),
    "plus signs": (
        formula(lambda theta, g, lr, l1, walk: theta + lr * g + lr * l1 + walk),
        "lost their minus signs",
    ),
    "uphill": (formula(lambda theta, g, lr, l1, walk: theta + lr * g - lr * l1 + walk), "downhill"),
    "pushed away from 0": (
        formula(lambda theta, g, lr, l1, walk: theta - lr * g + lr * l1 + walk),
        "towards 0",
    ),
    "l1 without the learning rate": (
        formula(lambda theta, g, lr, l1, walk: theta - lr * g - l1 + walk),
        "multiplied by the learning rate",
    ),
    "no l1": (
        formula(lambda theta, g, lr, l1, walk: theta - lr * g + walk),
        "The pull to 0 is missing",
    ),
    "no noise": (
        formula(lambda theta, g, lr, l1, walk: theta - lr * g - lr * l1),
        "The noise is missing",
    ),
    "learning rate before everything": (
        formula(lambda theta, g, lr, l1, walk: theta - lr * (g + l1) + lr * walk),
        "under the root alone",
    ),
    "the gradient by w": (
        stepping(lambda theta, s, g, lr, l1, T, noise: plain_step(theta, 1, g, lr, l1, T, noise)),
        "s times that",
    ),
    "l1 times the sign": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: plain_step(theta, s, g, lr, s * l1, T, noise)
        ),
        "no part in the pull",
    ),
    "l1 times theta": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: plain_step(theta, s, g, lr, l1 * theta, T, noise)
        ),
        "not multiplied by theta",
    ),
    "lr before the root": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: plain_step(theta, s, g, lr, l1, lr * T, noise)
        ),
        "stands under the root",
    ),
    "no root": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: (
                plain_step(theta, s, g, lr, l1, 0, noise) + 2 * lr * T * noise
            )
        ),
        "the root of 2 lr T",
    ),
    "no lr under the root": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: plain_step(theta, s, g, lr, l1, T / lr, noise)
        ),
        "The learning rate is missing under the root",
    ),
    "no 2 under the root": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: plain_step(theta, s, g, lr, l1, T / 2, noise)
        ),
        "The 2 is missing",
    ),
    "bare noise": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: plain_step(theta, s, g, lr, l1, 0, noise) + noise
        ),
        "sqrt",
    ),
    "noise times the sign": (
        stepping(
            lambda theta, s, g, lr, l1, T, noise: plain_step(theta, s, g, lr, l1, T, s * noise)
        ),
        "whatever the sign",
    ),
    "dormant ones moved too": (moves_dormant_ones_too, "have the sign 0"),
    "theta left where nothing is": (deep_r_with(dormant=1.0), "has theta = 0"),
    "0 dies": (deep_r_with(alive=torch.gt), "only theta < 0 dies"),
    "the positive die": (deep_r_with(alive=torch.le), "live"),
    "nothing begins": (deep_r_with(count=lambda signs, lives: 0), "nothing has begun"),
    "one too many": (
        deep_r_with(count=lambda signs, lives: int((signs != 0).sum() - lives.sum()) + 1),
        "As many connections begin",
    ),
    "the dead stay": (
        deep_r_with(
            draw=lambda signs, lives, new: torch.where(
                signs != 0, signs, random_signs(signs) * new
            ),
            free=lambda lives, signs: signs == 0,
        ),
        "did the dead ones stay",
    ),
    "a sign 0": (
        deep_r_with(
            draw=lambda signs, lives, new: torch.where(
                lives, signs, torch.randint(-1, 2, signs.shape) * new
            )
        ),
        "the number of connections",
    ),
    "signs redrawn": (
        deep_r_with(draw=lambda signs, lives, new: random_signs(signs) * (lives | (new != 0))),
        "Draw signs for the new ones only",
    ),
    "signs everywhere": (
        deep_r_with(draw=lambda signs, lives, new: torch.where(lives, signs, random_signs(signs))),
        "have the sign 0",
    ),
    "always positive": (
        deep_r_with(draw=lambda signs, lives, new: torch.where(lives, signs, new)),
        "the same chance",
    ),
    "the signs of the dead": (deep_r_with(draw=signs_of_the_dead), "draws its sign"),
    "signs are random numbers": (
        deep_r_with(
            draw=lambda signs, lives, new: torch.where(lives, signs, torch.randn_like(signs) * new)
        ),
        "other numbers",
    ),
    "begins with 0.01": (deep_r_with(newborn=0.01), "just begun"),
    "one seed": (one_seed, "Is a seed set inside"),
    "the first free places": (
        deep_r_with(scores=lambda like: -torch.arange(like.numel()).float()),
        "each time",
    ),
    "more below": (
        deep_r_with(
            scores=lambda like: torch.rand_like(like) + torch.arange(len(like)).view(-1, 1) / 9
        ),
        "the same chance",
    ),
    "elsewhere first": (elsewhere_first, "died are free places too"),
    "never where one has died": (
        deep_r_with(free=lambda lives, signs: signs == 0),
        "also where one has just died",
    ),
    "theta alone": (of(deep_r_step, lambda both, *_: both[0]), "two tensors"),
    "signs first": (of(deep_r_step, lambda both, *_: both[::-1]), "theta first"),
    "the weight": (
        of(deep_r_step, lambda both, *_: (both[0] * both[1], both[1])),
        "Return the size theta",
    ),
    "changes theta": (
        of(deep_r_step, lambda both, theta, *_: (theta.copy_(both[0]), both[1])),
        "`theta` left as it was",
    ),
    "returns nothing": (of(deep_r_step, lambda *_: None), "without a `return`"),
}


# --- dsr_threshold


def threshold_with(
    low=lambda d, n, t: d < (1 - t) * n,
    high=lambda d, n, t: d > (1 + t) * n,
    up=lambda h: 2 * h,
    down=lambda h: h / 2,
):
    def answer(threshold, dropped, target, tolerance):
        if low(dropped, target, tolerance):
            return up(threshold)
        return down(threshold) if high(dropped, target, tolerance) else threshold

    return answer


threshold = threshold_with()
THRESHOLD = {
    "no answer yet": (stub, "there is no answer yet"),
    "the wrong way round": (
        threshold_with(up=lambda h: h / 2, down=lambda h: 2 * h),
        "so the threshold rises",
    ),
    "always rises": (threshold_with(down=lambda h: 2 * h), "so the threshold falls"),
    "never falls": (threshold_with(high=lambda *_: False), "only within the tolerance"),
    "never rises": (threshold_with(low=lambda *_: False), "only within the tolerance"),
    "no tolerance": (
        threshold_with(low=lambda d, n, t: d < n, high=lambda d, n, t: d > n),
        "Within the tolerance",
    ),
    "no tolerance above": (threshold_with(high=lambda d, n, t: d > n), "Within the tolerance"),
    "the edges too": (
        threshold_with(low=lambda d, n, t: d <= (1 - t) * n, high=lambda d, n, t: d >= (1 + t) * n),
        "Exactly at the edge",
    ),
    "tolerance in numbers": (
        threshold_with(low=lambda d, n, t: d < n - t, high=lambda d, n, t: d > n + t),
        "Within the tolerance",
    ),
    "a tenth more": (threshold_with(up=lambda h: 1.1 * h), "Twice the threshold"),
    "one more": (threshold_with(up=lambda h: h + 1), "Twice the threshold"),
    "always another": (threshold_with(high=lambda *_: True), "Within the tolerance"),
    "returns nothing": (of(threshold, lambda *_: None), "without a `return`"),
}


# --- dsr_share


def quotas(count, survivors):
    return {name: count * n / sum(survivors.values()) for name, n in survivors.items()}


def floored(count, survivors, room):
    return {name: min(room[name], math.floor(q)) for name, q in quotas(count, survivors).items()}


def rounded(count, survivors, room):
    return {name: min(room[name], round(q)) for name, q in quotas(count, survivors).items()}


def ceiled(count, survivors, room):
    return {name: min(room[name], math.ceil(q)) for name, q in quotas(count, survivors).items()}


def rest_to_the_last(count, survivors, room):
    given = {name: math.floor(q) for name, q in quotas(count, survivors).items()}
    given[list(given)[-1]] += count - sum(given.values())
    return given


def above_the_room(count, survivors, room):
    given = {name: math.floor(q) for name, q in quotas(count, survivors).items()}
    for name in list(given)[: count - sum(given.values())]:
        given[name] += 1
    return given


def one_after_the_other(count, survivors, room):
    """Each rounds its share of what the ones before it have left: the last ones drift."""
    if any(q > room[name] for name, q in quotas(count, survivors).items()):
        return fair(count, survivors, room)
    given, parts = {}, sum(survivors.values())
    for name, n in survivors.items():
        given[name] = min(room[name], round((count - sum(given.values())) * n / parts))
        parts -= n
    return given


def by_rounded_sums(count, survivors, room):
    if any(q > room[name] for name, q in quotas(count, survivors).items()):
        return fair(count, survivors, room)
    edges = [round(edge) for edge in accumulate(quotas(count, survivors).values(), initial=0)]
    return {name: end - begin for name, (begin, end) in zip(survivors, pairwise(edges))}


def the_rest_by_name(count, survivors, room):
    fits = all(q <= room[name] for name, q in quotas(count, survivors).items())
    return (above_the_room if fits else fair)(count, survivors, room)


def overflow_lost(count, survivors, room):
    return {name: min(room[name], n) for name, n in above_the_room(count, survivors, room).items()}


def overflow_to_the_first(count, survivors, room):
    given = overflow_lost(count, survivors, room)
    for name in given:
        given[name] += min(count - sum(given.values()), room[name] - given[name])
    return given


def whole(share):
    """Shares by another rule, made whole and fitting: only the proportion is wrong."""

    def answer(count, survivors, room):
        given = dict.fromkeys(survivors, 0)
        for _ in range(count):
            free = [name for name in given if given[name] < room[name]]
            given[max(free, key=lambda name: share(survivors, room)[name] / (given[name] + 1))] += 1
        return given

    return answer


def fair(count, survivors, room):
    """Full layers first, then the largest remainders."""
    full = set()
    while True:
        rest, open_ = (
            count - sum(room[name] for name in full),
            [name for name in survivors if name not in full],
        )
        quota = {name: rest * survivors[name] / sum(survivors[n] for n in open_) for name in open_}
        over = {name for name in open_ if quota[name] > room[name]}
        if not over:
            break
        full |= over
    given = {name: room[name] if name in full else math.floor(quota[name]) for name in survivors}
    for name in sorted(open_, key=lambda name: given[name] - quota[name])[
        : count - sum(given.values())
    ]:
        given[name] += 1
    return given


def uses_up_the_room(count, survivors, room):
    given = fair(count, survivors, room)
    for name in given:
        room[name] -= given[name]
    return given


SHARE = {
    "no answer yet": (stub, "there is no answer yet"),
    "floored": (floored, "loses some"),
    "rounded": (rounded, "Rounding each share by itself"),
    "ceiled": (ceiled, "gives more than there are"),
    "not rounded": (lambda count, survivors, room: quotas(count, survivors), "whole numbers"),
    "the rest to the last": (rest_to_the_last, "rounded up or down"),
    "the rest by name": (the_rest_by_name, "a whole one stays"),
    "sums rounded, half to even": (by_rounded_sums, "a whole one stays"),
    "one after the other": (one_after_the_other, "rounded up or down"),
    "in proportion to the room, rounded": (
        lambda count, survivors, room: rounded(count, room, room),
        "in proportion to the room",
    ),
    "above the room": (above_the_room, "has room for"),
    "what does not fit is lost": (overflow_lost, "goes to the others"),
    "what does not fit to the first": (overflow_to_the_first, "not given to one"),
    "the same for all": (
        whole(lambda survivors, room: dict.fromkeys(survivors, 1)),
        "each layer got the same",
    ),
    "in proportion to the room": (whole(lambda survivors, room: room), "proportion"),
    "all to one": (
        whole(lambda survivors, room: {name: n**9 for name, n in survivors.items()}),
        "rounded up or down",
    ),
    "divides by nothing": (
        lambda count, survivors, room: (
            {name: math.ceil(count * room[name] / sum(room.values())) for name in room}
            if not count
            else fair(count, survivors, room)
        ),
        "`count` is 0",
    ),
    "a list": (of(fair, lambda given, *_: list(given.values())), "a list"),
    "numbers of tensors": (
        of(fair, lambda given, *_: {name: torch.tensor([n, n]) for name, n in given.items()}),
        "something else than numbers",
    ),
    "one layer missing": (of(fair, lambda given, *_: {"a": given.get("a", 0)}), "by its name"),
    "changes its argument": (uses_up_the_room, "Work on a copy"),
    "returns nothing": (of(fair, lambda *_: None), "without a `return`"),
}


# --- cosine_drop


def wave(shape):
    """shape(angle, fraction, how far) before the end, 0 after it."""
    return lambda step, end, fraction: (
        shape(math.pi * step / end, fraction, step / end) if step < end else 0.0
    )


COSINE = {
    "no answer yet": (stub, "there is no answer yet"),
    "rises again": (
        lambda step, end, fraction: fraction / 2 * (1 + math.cos(math.pi * step / end)),
        "nothing moves any more",
    ),
    "no half": (
        wave(lambda angle, fraction, t: fraction * (1 + math.cos(angle))),
        "Half of the fraction",
    ),
    "negative": (wave(lambda angle, fraction, t: fraction * math.cos(angle)), "becomes negative"),
    "negative after the end": (
        lambda step, end, fraction: (
            fraction * (1 - step / end)
            if step > end
            else wave(lambda angle, f, t: f / 2 * (1 + math.cos(angle)))(step, end, fraction)
        ),
        "nothing moves any more",
    ),
    "half a cosine": (
        wave(lambda angle, fraction, t: fraction / 2 * math.cos(angle)),
        "Without the 1",
    ),
    "the brackets": (
        wave(lambda angle, fraction, t: fraction / 2 + math.cos(angle)),
        "The brackets",
    ),
    "rises": (wave(lambda angle, fraction, t: fraction / 2 * (1 - math.cos(angle))), "That rises"),
    "a whole wave": (
        wave(lambda angle, fraction, t: fraction / 2 * (1 + math.cos(2 * angle))),
        "not 2 pi",
    ),
    "no pi": (wave(lambda angle, fraction, t: fraction / 2 * (1 + math.cos(t))), "pi were missing"),
    "degrees": (wave(lambda angle, fraction, t: fraction / 2 * (1 + math.cos(180 * t))), "radians"),
    "a line": (wave(lambda angle, fraction, t: fraction * (1 - t)), "straight line"),
    "whole numbers divided": (
        wave(lambda angle, fraction, t: fraction / 2 * (1 + math.cos(math.pi * int(t)))),
        "a // where",
    ),
    "a quarter of a wave": (
        wave(lambda angle, fraction, t: fraction * math.cos(angle / 2)),
        "quarter of a wave",
    ),
    "a sine": (wave(lambda angle, fraction, t: fraction / 2 * (1 + math.sin(angle))), "A sine"),
    "stays at the fraction": (wave(lambda angle, fraction, t: fraction), "step 25 of 100"),
    "nothing after the end": (
        lambda step, end, fraction: (
            fraction / 2 * (1 + math.cos(math.pi * step / end)) if step < end else None
        ),
        "without a `return`",
    ),
}


# --- rigl_update


def rigl_with(
    drop=drop,
    score=lambda gradient, mask: gradient.abs(),
    grow_from=lambda kept, mask: kept,
    zero=lambda weight, kept, after: weight.mul_(kept),
    reset=lambda name, value, weight: value.shape == weight.shape,
    grow=grow,
    by=lambda kept, after: kept,
):
    """The right answer with one of its steps changed."""

    def answer(weight, mask, gradient, count, state):
        kept = drop(weight, mask, count)
        after = grow(score(gradient, mask), grow_from(kept, mask), count)
        if grow_from(kept, mask) is mask:
            after = after - mask + kept
        zero(weight, kept, after)
        for name, value in state.items():
            if reset(name, value, weight):
                value.mul_(by(kept, after))
        return after

    return answer


rigl_update = rigl_with()


def clears_the_state(weight, mask, gradient, count, state):
    after = rigl_update(weight, mask, gradient, count, state)
    state.clear()
    return after


def forgets_the_steps(weight, mask, gradient, count, state):
    after = rigl_update(weight, mask, gradient, count, state)
    if "step" in state:
        state["step"].zero_()
    return after


def resets_whole_averages(weight, mask, gradient, count, state):
    after = rigl_update(weight, mask, gradient, count, state)
    for value in state.values():
        if value.dim():
            value.zero_()
    return after


def zeroes_by(change):
    def answer(weight, mask, gradient, count, state):
        kept = drop(weight, mask, count)
        weight.mul_(kept)
        for value in state.values():
            change(value, kept == 0)
        return grow(gradient.abs(), kept, count)

    return answer


def multiplies_new_state(weight, mask, gradient, count, state):
    kept = drop(weight, mask, count)
    weight.mul_(kept)
    state.update({name: value * kept for name, value in state.items()})
    return grow(gradient.abs(), kept, count)


def sets_state_to_zero(weight, mask, gradient, count, state):
    after = rigl_update(weight, mask, gradient, count, state)
    state.update(dict.fromkeys(state, 0))
    return after


def only(*names):
    return lambda name, value, weight: name in names


def state_by_name(weight, mask, gradient, count, state):
    kept = drop(weight, mask, count)
    state["exp_avg"].mul_(kept)
    return rigl_update(weight, mask, gradient, count, state)


def grows_besides(weight, mask, gradient, count, state):
    rigl_update(weight, mask, gradient, count, state)
    return grow(gradient.abs(), mask, count)


def grows_by_rounding(weight, mask, gradient, count, state):
    return rigl_with(grow=lambda scores, kept, count: grow(scores, kept, max(0, count - 1)))(
        weight, mask, gradient, count, state
    )


def grows_by_the_changed_gradient(weight, mask, gradient, count, state):
    gradient.abs_()
    return rigl_update(weight, mask, gradient, count, state)


RIGL = {
    "no answer yet": (stub, "there is no answer yet"),
    "signed gradient": (rigl_with(score=lambda gradient, mask: gradient), "signed gradient"),
    "masked gradient": (
        rigl_with(score=lambda gradient, mask: (gradient * mask).abs()),
        "0 at every free place",
    ),
    "against the gradient": (rigl_with(score=lambda gradient, mask: -gradient), "signed gradient"),
    "grows besides the old ones": (grows_besides, "Grow from what was kept"),
    "the state by name": (state_by_name, "go through what there is"),
    "smallest gradient": (
        rigl_with(score=lambda gradient, mask: -gradient.abs()),
        "the wrong way round",
    ),
    "at random": (rigl_with(score=lambda gradient, mask: torch.rand(mask.shape)), "The new mask"),
    "grows where connections are": (
        rigl_with(grow=grow_with(free=torch.ones_like)),
        "sought where connections are",
    ),
    "grows where none was before": (rigl_with(grow_from=lambda kept, mask: mask), "may grow again"),
    "drops masked zeros": (rigl_with(drop=drop_with(there=everywhere)), "Is `drop` right?"),
    "drops the signed smallest": (rigl_with(drop=drop_with(size=lambda w: w)), "Is `drop` right?"),
    "one less grows": (grows_by_rounding, "As many grow as are dropped"),
    "nothing grows": (
        rigl_with(grow=lambda scores, kept, count: kept),
        "As many grow as are dropped",
    ),
    "state kept": (rigl_with(reset=lambda *_: False), "before they were there"),
    "only momentum": (
        rigl_with(reset=only("momentum_buffer", "exp_avg")),
        "exp_avg was reset, and this was not",
    ),
    "only SGD's momentum": (rigl_with(reset=only("momentum_buffer")), "before they were there"),
    "not amsgrad's maximum": (
        rigl_with(reset=only("momentum_buffer", "exp_avg", "exp_avg_sq")),
        "max_exp_avg_sq",
    ),
    "steps too": (rigl_with(reset=lambda *_: True), "one number for each weight"),
    "the steps": (forgets_the_steps, "counts the steps"),
    "all of the averages": (resets_whole_averages, "Only what is new"),
    "steps by index": (
        zeroes_by(lambda value, born: value.__setitem__(born, 0)),
        "one number for each weight",
    ),
    "steps by flat index": (
        zeroes_by(lambda value, born: value.view(-1).__setitem__(born.flatten(), 0)),
        "one number for each weight",
    ),
    "steps for each weight": (multiplies_new_state, "one number for each weight"),
    "a number for the state": (sets_state_to_zero, "no tensor"),
    "state cleared": (clears_the_state, "take none away"),
    "state by the new mask": (rigl_with(by=lambda kept, after: after), "grew again are new too"),
    "weights by the new mask": (
        rigl_with(zero=lambda weight, kept, after: weight.mul_(after)),
        "A new connection begins at 0",
    ),
    "dropped weights stay": (
        rigl_with(zero=lambda weight, kept, after: weight.mul_(1 - (after - kept))),
        "those that were dropped",
    ),
    "dropped weights halved": (
        rigl_with(zero=lambda weight, kept, after: weight.mul_((1 + kept) / 2)),
        "Where there is no connection",
    ),
    "weights untouched": (rigl_with(zero=lambda *_: None), "The weights are as they were"),
    "new weights by the gradient": (
        rigl_with(zero=lambda weight, kept, after: weight.mul_(kept).add_(0.1 * (after - kept))),
        "begins at 0",
    ),
    "weights in another tensor": (
        rigl_with(zero=lambda weight, kept, after: setattr(weight, "data", weight * kept)),
        "weight.data",
    ),
    "scales the others": (
        rigl_with(zero=lambda weight, kept, after: weight.mul_(2 * kept)),
        "do not change",
    ),
    "changes the mask": (
        of(rigl_update, lambda after, weight, mask, *_: mask.copy_(after)),
        "`mask` left as it was",
    ),
    "changes the gradient": (grows_by_the_changed_gradient, "`gradient` left as it was"),
    "returns nothing": (of(rigl_update, lambda *_: None), "without a `return`"),
}


# --- training_memory


def memory_with(**changed):
    """methods: (weights, connections) -> bytes, some of them changed."""
    methods = {
        "dense": lambda n, k: 12 * n,
        "masked": lambda n, k: 13 * n,
        "sparse": lambda n, k: 16 * k,
        "rigl": lambda n, k: 16 * k + 4 * n,
    } | changed

    def answer(weights, density, method):
        if method not in methods:
            raise ValueError(method)
        return methods[method](weights, density * weights)

    return answer


training_memory = memory_with()


def any_name(weights, density, method):
    return training_memory(
        weights, density, method if method in ("dense", "masked", "sparse") else "rigl"
    )


def key_error(weights, density, method):
    return {"dense": 12, "masked": 13, "sparse": 16 * density, "rigl": 16 * density + 4}[
        method
    ] * weights


MEMORY = {
    "no answer yet": (stub, "there is no answer yet"),
    "no indices": (memory_with(sparse=lambda n, k: 12 * k), "The indices are missing"),
    "no indices in RigL": (
        memory_with(rigl=lambda n, k: 12 * k + 4 * n),
        "or the gradients of the connections",
    ),
    "two indices": (memory_with(sparse=lambda n, k: 20 * k), "One index for each"),
    "density is sparsity": (
        lambda weights, density, method: training_memory(weights, 1 - density, method),
        "the fraction of zeros",
    ),
    "masks save memory": (
        memory_with(masked=lambda n, k: 12 * k + n),
        "Masks do not make tensors smaller",
    ),
    "masks save all memory": (
        memory_with(masked=lambda n, k: 13 * k),
        "Masks do not make tensors smaller",
    ),
    "no mask": (memory_with(masked=lambda n, k: 12 * n), "The mask is missing"),
    "a mask of floats": (
        memory_with(masked=lambda n, k: 16 * n),
        "one byte for each weight, not 4",
    ),
    "a mask of bits": (memory_with(masked=lambda n, k: 12 * n + n / 8), "not one bit"),
    "RigL is sparse": (
        memory_with(rigl=lambda n, k: 16 * k),
        "the gradient by all weights is there too",
    ),
    "RigL is dense": (memory_with(rigl=lambda n, k: 12 * n), "but for one dense gradient"),
    "dense saves": (memory_with(dense=lambda n, k: 12 * k), "nothing is gone"),
    "values alone": (memory_with(dense=lambda n, k: 4 * n), "gradients and momenta are missing"),
    "no momentum": (memory_with(dense=lambda n, k: 8 * n), "gradients, or the momenta"),
    "bits": (of(training_memory, lambda n, *_: 8 * n), "Those are bits"),
    "any name": (any_name, "a ValueError"),
    "KeyError": (key_error, "a ValueError"),
    "a dictionary": (of(training_memory, lambda n, *_: {"bytes": n}), "One number is asked for"),
    "returns nothing": (of(training_memory, lambda *_: None), "without a `return`"),
}
