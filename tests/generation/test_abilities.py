"""Abilities: questions from unseen worlds, and answers counted as greedy decoding gives them."""

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.abilities import Question, accuracy, exact_matches, town_questions
from aigc_lab.generation.generate import complete
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.town.documents import documents

ASKED = [Question("Where is Mia?", " Home.\n"), Question("Who?", " Tom has it.\n")]


@pytest.fixture(scope="module")
def tokenizer():
    return BPETokenizer.train([q.prompt + q.answer for q in ASKED] * 5, 300)


@pytest.fixture(scope="module")
def knower(tokenizer):
    """A model that has learned the first answer by heart, and the second one wrongly."""
    torch.manual_seed(0)
    model = GPT(
        GPTConfig.gpt2(
            vocab_size=tokenizer.vocab_size, block_size=31, n_layer=1, n_head=2, n_embd=34
        )
    )
    texts = [ASKED[0].prompt + ASKED[0].answer, "Who? Tom has Mia.\n"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(60):
        for text in texts:
            ids = torch.tensor([tokenizer.encode(text)])
            loss = cross_entropy(model(ids[:, :-1]), ids[:, 1:])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return model.eval()


def test_only_the_exact_answer_counts(knower, tokenizer):
    assert exact_matches(knower, tokenizer, ASKED) == [True, False]
    assert accuracy(knower, tokenizer, ASKED) == 0.5


def test_one_forward_pass_agrees_with_really_decoding(knower, tokenizer):
    sampling = SamplingConfig(temperature=0.0, max_new_tokens=12, stop=("\n",))
    decoded = [complete(knower, tokenizer, q.prompt, sampling)[0].text for q in ASKED]
    assert [text + "\n" == q.answer for text, q in zip(decoded, ASKED, strict=True)] == [
        True,
        False,
    ]


def test_padding_and_neighbours_do_not_matter(knower, tokenizer):
    alone = [exact_matches(knower, tokenizer, [question])[0] for question in ASKED]
    assert alone == exact_matches(knower, tokenizer, ASKED)


def test_every_part_of_the_model_stays_in_the_mode_it_was_in(knower, tokenizer, monkeypatch):
    knower.train()
    knower.h[0].eval()  # a part that somebody holds still
    before = [module.training for module in knower.modules()]
    exact_matches(knower, tokenizer, ASKED)
    assert [module.training for module in knower.modules()] == before
    monkeypatch.setattr(knower, "forward", lambda ids: ids.no_such_thing)
    with pytest.raises(AttributeError):
        exact_matches(knower, tokenizer, ASKED)
    assert [module.training for module in knower.modules()] == before
    knower.eval()


def test_questions_are_complete_prompts_of_one_split():
    found = town_questions(7, split="test")
    assert {"where", "who", "how_many", "to_chinese", "to_english", "capital"} <= set(found)
    assert all(len(questions) == 7 for questions in found.values())
    where = found["where"][0]
    assert where.prompt.startswith(("Story:", "故事："))
    assert where.prompt.endswith(("Answer:", "回答："))
    assert where.prompt.count("?") + where.prompt.count("？") == 1
    test_texts = {each.body for each in documents(2000, "test")}
    assert where.prompt.rsplit("\n", 2)[0] + "\n" in test_texts


def test_questions_can_be_kept_to_one_language():
    for question in town_questions(5, language="chinese")["where"]:
        assert question.prompt.startswith("故事：")


def test_bad_counts_are_named():
    with pytest.raises(ValueError, match="count=0 questions per ability; ask for at least 1"):
        town_questions(0)
    with pytest.raises(ValueError, match="no questions were given"):
        accuracy(None, None, [])
