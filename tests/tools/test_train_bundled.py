"""How the bundled checkpoint is made: its first heads, its positions and its lessons."""

import torch

from aigc_lab.model.probe import record
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.text.tokenizer import load_tokenizer
from tools.train_bundled import ECHO_STEPS, TRAINING, VOCAB_SIZE, Echoes, Lessons, make_model


def test_the_first_heads_begin_by_looking_one_to_four_tokens_back():
    ids = torch.randint(VOCAB_SIZE, (2, 97), generator=torch.Generator().manual_seed(0))
    first = record(make_model(), ids, logit_lens=False).attention[0]  # (B, H, T, T)
    for head in range(4):
        for back in (1, 2, 3, 4):
            weight = first[:, head].diagonal(offset=-back, dim1=-2, dim2=-1).mean().item()
            assert (weight > 0.8) == (back == head + 1)


def test_positions_stay_as_they_are_and_all_else_learns():
    fixed = {name for name, p in make_model().named_parameters() if not p.requires_grad}
    assert fixed == {"wpe.weight"}


def test_an_echo_repeats_a_stretch_of_its_text_to_the_end_of_the_row():
    ids = torch.arange(5000).numpy() % 1999
    echoes = Echoes(ids, batch_size=3, block_size=256)
    x, y = echoes.next(7)
    assert x.shape == y.shape == (3, 256)
    assert torch.equal(x[:, 1:], y[:, :-1])
    assert torch.equal(x, echoes.next(7)[0])
    assert not torch.equal(x, echoes.next(8)[0])
    for row in x:
        periods = [p for p in range(1, 200) if torch.equal(row[p:], row[:-p])]
        assert 16 <= periods[0] <= 128


def test_echoes_come_first_and_then_the_texts():
    lessons = Lessons(load_tokenizer(bundled_folder()))
    for step in (0, ECHO_STEPS - 1, ECHO_STEPS):
        x, y = lessons.next(step)
        assert x.shape == y.shape == (TRAINING.batch_size, 256)

    def echoing(step):
        rows = lessons.next(step)[0]
        return sum(any(torch.equal(r[p:], r[:-p]) for p in range(16, 129)) for r in rows)

    assert echoing(ECHO_STEPS - 1) == 12
    assert echoing(ECHO_STEPS) == 1
