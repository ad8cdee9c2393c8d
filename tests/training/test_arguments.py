"""How ids travel to the device that computes with them."""

import torch

from aigc_lab.training.arguments import moved


class OnTheCpu:
    """Ids that write down what is done with them."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        self.done: list[tuple] = []

    def pin_memory(self) -> "OnTheCpu":
        self.done.append(("pinned",))
        return self

    def to(self, device: torch.device, non_blocking: bool = False) -> "OnTheCpu":
        self.done.append((str(device), non_blocking))
        return self


def test_ids_for_a_gpu_travel_from_pinned_memory_and_nobody_waits():
    ids = OnTheCpu()
    moved(ids, torch.device("cuda", 1))
    assert ids.done == [("pinned",), ("cuda:1", True)]


def test_ids_for_other_devices_just_move():
    ids = OnTheCpu()
    moved(ids, torch.device("mps"))
    assert ids.done == [("mps", False)]
    x = torch.arange(3)
    assert moved(x, torch.device("cpu")) is x


def test_ids_that_are_there_stay_where_they_are():
    ids = OnTheCpu()
    ids.device = torch.device("cuda", 0)
    moved(ids, torch.device("cuda", 0))
    assert ("pinned",) not in ids.done
