"""Groups and answers that are too few to be shown, joined with their neighbours.

Groups are joined by how many they are, never by what they answered; answers to a sensitive question by how many gave them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.codebook.model import JOINT


def joined(sizes: Mapping[str, np.ndarray], neighbours: Mapping[str, str]) -> dict[str, str]:
    """Level -> the group it is shown in, each large enough; {} where that leaves no two groups.

    `sizes`: of each level, in the codebook's order, how many times as large as the smallest allowed it is, in each respect (answers, population, each
    crossing): a group is large enough if all are at least one. The smallest joins the neighbour that the codebook names, else the next in order.
    """
    groups = [[level] for level in sizes]

    def size(group: Sequence[str]) -> float:
        return float(np.sum([sizes[level] for level in group], axis=0).min())

    while len(groups) > 1 and size(smallest := min(groups, key=size)) < 1:
        place = groups.index(smallest)
        named = [neighbours[level] for level in smallest if neighbours.get(level) not in (None, *smallest)]
        other = next((g for name in named for g in groups if name in g), groups[place + 1 if place + 1 < len(groups) else place - 1])
        groups[groups.index(other)] = sorted(other + smallest, key=list(sizes).index)
        groups.remove(smallest)
    return {level: JOINT.join(group) for group in groups for level in group} if len(groups) > 1 else {}


def classes(counts: Sequence[int], fewest: int, parts: Sequence[Sequence[int]] = ()) -> list[list[int]]:
    """Places of neighbouring answers joined in their order until each class was given by at least `fewest`; [] where that leaves no two.

    A rest of fewer joins the class before it. Of `parts` (of the places; all of them, if none are given) none is joined with another: a share
    that is shown of a part would tell what a class across it holds.
    """
    found: list[list[int]] = []
    for part in parts or [range(len(counts))]:
        own: list[list[int]] = [[]]
        for place in part:
            own[-1].append(place)
            if sum(counts[p] for p in own[-1]) >= fewest and place != part[-1]:
                own.append([])
        if len(own) > 1 and sum(counts[p] for p in own[-1]) < fewest:
            rest = own.pop()
            own[-1] += rest
        found += own
    enough = all(sum(counts[p] for p in group) >= fewest for group in found)
    return sorted(found) if len(found) > 1 and enough else []
