"""Fine-tuning rows: what is scored, what is packed, and a model that learns to answer."""

import pytest
import torch

from aigc_lab.chat.finetune import ChatBatches, answers, conversation_rows, exactly_right
from aigc_lab.chat.template import END, encode_chat, with_chat_tokens
from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.text.batches import IGNORED
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.town.conversations import conversation, conversations
from aigc_lab.training.loop import Trainer


@pytest.fixture(scope="module")
def tokenizer():
    text = [message["content"] for written in conversations(80) for message in written.full()]
    return with_chat_tokens(BPETokenizer.train(text, 500))


def scored_text(tokenizer, y):
    return tokenizer.decode([token for token in y.tolist() if token != IGNORED])


def test_a_row_scores_the_answers_and_nothing_else(tokenizer):
    written = conversation(0, "test", kinds=("capital",))
    x, y = conversation_rows(tokenizer, [written], block_size=199)
    assert x.shape == y.shape == (1, 199)
    assert scored_text(tokenizer, y[0]) == "".join(turn.answer + END for turn in written.turns)


def test_everything_is_scored_when_asked_for(tokenizer):
    written = conversation(0, "test", kinds=("talk",))
    _, y = conversation_rows(tokenizer, [written], block_size=97, scored="all")
    whole = encode_chat(tokenizer, written.full(), add_generation_prompt=False)
    assert scored_text(tokenizer, y[0]) == tokenizer.decode(whole[1:])


def test_targets_are_one_token_ahead(tokenizer):
    x, y = ChatBatches(tokenizer, 3, 101).next(0)
    on = y[:, :-1] != IGNORED
    assert on.any()
    assert torch.equal(y[:, :-1][on], x[:, 1:][on])


def test_a_batch_is_a_function_of_seed_and_step(tokenizer):
    batches, again = (ChatBatches(tokenizer, 2, 61, seed=5) for _ in range(2))
    assert torch.equal(batches.next(7)[0], again.next(7)[0])
    assert not torch.equal(batches.next(7)[0], batches.next(8)[0])
    assert not torch.equal(batches.next(7)[0], ChatBatches(tokenizer, 2, 61, seed=6).next(7)[0])


def test_every_row_begins_with_a_conversation(tokenizer):
    x, _ = ChatBatches(tokenizer, 5, 61).next(3)
    assert set(x[:, 0].tolist()) == {tokenizer.special_tokens["<|endoftext|>"]}


def test_the_evaluation_is_fixed_and_of_other_worlds(tokenizer):
    batches = ChatBatches(tokenizer, 2, 61)
    first, second = batches.evaluation(2), batches.evaluation(2)
    assert len(first) == 2
    assert all(torch.equal(a, b) for a, b in zip(first[0], second[0], strict=True))
    assert not torch.equal(first[0][0], batches.next(0)[0])


def test_uneven_demonstrations_are_other_answers_to_the_same_questions(tokenizer):
    careful = ChatBatches(tokenizer, 8, 61).next(0)
    uneven = ChatBatches(tokenizer, 8, 61, demonstrations="uneven").next(0)
    assert torch.equal(careful[0][:, :5], uneven[0][:, :5])
    assert not torch.equal(careful[0], uneven[0])


def test_wanted_conversations_are_taken_and_others_passed_over(tokenizer):
    capitals = ChatBatches(tokenizer, 2, 61, wanted=lambda written: written.kind == "capital")
    text = tokenizer.decode(capitals.next(0)[0].flatten().tolist())
    assert "capital" in text or "首都" in text
    assert "Story" not in text
    assert "故事" not in text


def test_a_small_model_learns_to_answer_and_to_stop(tokenizer):
    """Two questions by heart; with the answers alone scored, it still learns nothing of users."""
    chats = [
        [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
        for question, answer in (("Hello!", "Good day."), ("Thank you!", "You are welcome."))
    ]
    torch.manual_seed(0)
    model = GPT(GPTConfig.gpt2(vocab_size=504, block_size=32, n_layer=1, n_head=2, n_embd=32))
    rows = [conversation_rows(tokenizer, [chat], block_size=31) for chat in chats]
    x, y = (torch.cat(parts) for parts in zip(*rows, strict=True))  # (2, T) each

    class Both:
        def next(self, step):
            return x, y

        def evaluation(self, n):
            return [(x, y)]

    config = TrainConfig(
        **dict(steps=60, batch_size=len(x), lr=1e-2, warmup_steps=5, eval_every=60),
        **dict(checkpoint_every=60, device="cpu"),
    )
    Trainer(model, Both(), config).run()
    said = answers(model, tokenizer, [chat[:1] for chat in chats], max_tokens=20)
    assert said == ["Good day.", "You are welcome."]
    asked = [(chat[:1], answer) for chat, answer in zip(chats, ("Good day.", "Good"), strict=True)]
    assert exactly_right(model, tokenizer, asked) == [True, False]
    assert exactly_right(model, tokenizer, [(chats[0][:1], "Good")]) == [False]  # it says more


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dict(scored="some"), "choose 'answers' or 'all'"),
        (dict(demonstrations="bad"), "'careful' or 'uneven'"),
        (dict(kinds=("riddle",)), "choose one or more"),
        (dict(language="french"), "not spoken here"),
    ],
)
def test_bad_arguments_are_refused(tokenizer, change, words):
    with pytest.raises(ValueError, match=words):
        ChatBatches(tokenizer, 2, 32, **change)


def test_no_conversations_are_refused(tokenizer):
    with pytest.raises(ValueError, match="at least one"):
        conversation_rows(tokenizer, [], 32)
