"""LoRA: by hand, equal to peft in both directions, and nothing changed that was not asked for."""

import copy
import json
import math
import warnings

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from aigc_lab.chat.adapter_files import read_adapter
from aigc_lab.chat.lora import (
    LoRALinear,
    add_lora,
    load_adapter,
    lora_layers,
    lora_off,
    merge_lora,
    save_adapter,
)
from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.pretrained.folder import load_model, save_pretrained
from aigc_lab.text.batches import Batches
from aigc_lab.training.loop import Trainer
from tests.pretrained import oracles
from tests.pretrained.oracles import V, save, some_ids

RANK, ALPHA = 3, 7.0


def gpt(**changes) -> GPT:
    torch.manual_seed(0)
    small = dict(vocab_size=V, block_size=13, n_layer=2, n_head=3, n_embd=15)
    return GPT(GPTConfig.gpt2(**{**small, **changes})).eval()


def trained(model: GPT) -> GPT:
    """As if it had been trained: A and B far from their start."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for layer in lora_layers(model).values():
            for matrix in (layer.A, layer.B):
                matrix.copy_(0.5 * torch.randn(matrix.shape, generator=generator))
    return model


def assert_near(arrived, expected, atol=1e-5):
    torch.testing.assert_close(arrived, expected, atol=atol, rtol=0)


def test_by_hand():
    base = nn.Linear(2, 2)
    layer = LoRALinear(base, rank=1, alpha=3)
    with torch.no_grad():
        base.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
        base.bias.copy_(torch.tensor([10.0, 20.0]))
        layer.A.copy_(torch.tensor([[1.0, 2.0]]))
        layer.B.copy_(torch.tensor([[1.0], [-1.0]]))
    x = torch.tensor([[4.0, 5.0]])  # A x = 14, and α/r = 3
    assert_near(layer(x), torch.tensor([[4 + 10 + 42.0, 5 + 20 - 42.0]]))
    assert_near(layer.merged(), torch.tensor([[1 + 3.0, 6.0], [-3.0, 1 - 6.0]]))


def test_starts_as_peft_does_with_no_effect_but_a_gradient():
    layer = LoRALinear(nn.Linear(5, 7), 3, 6, torch.Generator().manual_seed(1))
    theirs = torch.empty(3, 5)
    nn.init.kaiming_uniform_(theirs, math.sqrt(5), generator=torch.Generator().manual_seed(1))
    assert_near(layer.A.detach(), theirs, atol=1e-7)
    assert not layer.B.any()
    x = torch.randn(2, 5)
    assert torch.equal(layer(x), layer.base(x))
    layer(x).sum().backward()
    assert layer.B.grad.abs().min() > 0
    assert not layer.A.grad.any()  # B is zero; A's turn comes at the second step
    assert layer.base.weight.grad is layer.base.bias.grad is None


def test_the_rank_is_what_a_correction_can_be():
    model = trained_model()
    for layer in lora_layers(model).values():
        change = layer.merged() - layer.base.weight
        assert torch.linalg.matrix_rank(change, atol=1e-4) == RANK


def test_added_to_a_model_nothing_changes_and_only_a_and_b_learn():
    model = gpt()
    before = model(some_ids())
    names = add_lora(model, RANK, ALPHA)
    matrices = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    assert names == [f"h.{layer}.{name}" for layer in range(2) for name in matrices]
    assert torch.equal(model(some_ids()), before)
    learned = {name for name, p in model.named_parameters() if p.requires_grad}
    assert learned == {f"{name}.{matrix}" for name in names for matrix in "AB"}
    sizes = [(15, 45), (15, 15), (15, 60), (60, 15)]
    count = 2 * sum(RANK * (n_in + n_out) for n_in, n_out in sizes)
    assert model.num_parameters(trainable_only=True) == count
    assert model.lm_head.weight is model.wte.weight


def test_seeds_and_layers_differ():
    first, again, other = gpt(), gpt(), gpt()
    for model, seed in ((first, 0), (again, 0), (other, 1)):
        add_lora(model, RANK, ALPHA, seed=seed)
    drawn = [model.h[0].attn.c_attn.A for model in (first, again, other)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert not torch.equal(drawn[0], first.h[1].attn.c_attn.A)


def test_one_target_of_two_with_the_same_name():
    assert add_lora(gpt(), targets=["attn.c_proj"]) == ["h.0.attn.c_proj", "h.1.attn.c_proj"]


def trained_model() -> GPT:
    model = gpt()
    add_lora(model, RANK, ALPHA)
    return trained(model)


def test_off_is_the_model_before_also_nested_and_after_an_error():
    plain = gpt()
    model = trained_model()
    with_it = model(some_ids())
    assert (with_it - plain(some_ids())).abs().max() > 0.01
    with lora_off(model):
        assert torch.equal(model(some_ids()), plain(some_ids()))
        with lora_off(model):
            pass
        assert torch.equal(model(some_ids()), plain(some_ids()))
    with pytest.raises(KeyError), lora_off(model):
        raise KeyError
    assert torch.equal(model(some_ids()), with_it)


def test_merged_is_plain_again_with_the_same_logits(tmp_path):
    model = trained_model()
    before = model(some_ids())
    assert merge_lora(model) == list(lora_layers(trained_model()))
    assert_near(model(some_ids()), before)
    assert list(model.state_dict()) == list(gpt().state_dict())
    assert all(p.requires_grad for p in model.parameters())
    assert_near(load_model(save_pretrained(tmp_path, model))(some_ids()), before)


def test_beside_a_bfloat16_weight_a_and_b_stay_float32():
    model = gpt().bfloat16()
    add_lora(model, RANK, ALPHA)
    assert {layer.A.dtype for layer in lora_layers(model).values()} == {torch.float32}
    logits = trained(model)(some_ids())
    assert logits.dtype == torch.bfloat16
    merge_lora(model)
    assert model.h[0].attn.c_attn.weight.dtype == torch.bfloat16
    assert_near(model(some_ids()), logits, atol=0.15)


def test_the_trainer_moves_a_and_b_alone():
    model = gpt()
    add_lora(model, RANK, ALPHA)
    before = copy.deepcopy(model.state_dict())
    batches = Batches([token % V for token in range(200)], batch_size=2, block_size=7)
    config = TrainConfig(steps=5, batch_size=2, lr=1e-2, precision="float32", device="cpu")
    history = Trainer(model, batches, config).run()
    moved = {name for name, tensor in model.state_dict().items() if (tensor != before[name]).any()}
    assert moved == {f"{name}.{matrix}" for name in lora_layers(model) for matrix in "AB"}
    assert history.last("train_loss") < history.series("train_loss")[1][0]


@pytest.fixture(scope="module")
def peft():
    return pytest.importorskip("peft", reason="peft, the oracle of LoRA, is not installed")


def peft_around(peft, theirs, **changes):
    """peft's adapter around a transformers model, its A and B far from their start."""
    settings = dict(r=RANK, lora_alpha=ALPHA, fan_in_fan_out=True, task_type="CAUSAL_LM")
    targets = dict(target_modules=["c_attn", "c_proj", "c_fc"])
    wrapped = peft.get_peft_model(theirs, peft.LoraConfig(**{**settings, **targets, **changes}))
    generator = torch.Generator().manual_seed(9)
    with torch.no_grad():
        for name, matrix in wrapped.named_parameters():
            if "lora_" in name:
                matrix.copy_(0.3 * torch.randn(matrix.shape, generator=generator))
    return wrapped.eval()


def their_gradients(wrapped) -> dict[str, torch.Tensor]:
    prefix = "base_model.model.transformer."
    found = {name: p.grad for name, p in wrapped.named_parameters() if p.requires_grad}
    tidy = {name.removeprefix(prefix): grad for name, grad in found.items()}
    return {name.replace(".default.weight", "").replace("lora_", ""): g for name, g in tidy.items()}


def test_peft_s_adapter_gives_our_model_its_logits_loss_and_gradients(peft, tmp_path):
    theirs = oracles.gpt2()
    ours = load_model(save(theirs, tmp_path / "base"))
    wrapped = peft_around(peft, theirs)
    wrapped.save_pretrained(tmp_path / "adapter")
    load_adapter(ours, tmp_path / "adapter")
    ids = some_ids()
    logits, expected = ours(ids), wrapped(ids).logits
    assert expected.std() > 0.5
    assert_near(logits, expected, atol=1e-4)

    loss = cross_entropy(logits[:, :-1], ids[:, 1:])
    their_loss = wrapped(ids, labels=ids).loss
    assert_near(loss, their_loss, atol=1e-5)
    loss.backward()
    their_loss.backward()
    gradients = {name: p.grad for name, p in ours.named_parameters() if p.requires_grad}
    expected = their_gradients(wrapped)
    assert set(gradients) == set(expected)
    for name, gradient in gradients.items():
        assert_near(gradient, expected[name], atol=1e-5)

    merge_lora(ours)
    assert_near(ours(ids), wrapped.merge_and_unload()(ids).logits, atol=1e-4)


@pytest.mark.parametrize("targets", [("c_attn", "c_proj", "c_fc"), ("attn.c_proj",)])
def test_peft_opens_ours_on_transformers_model(peft, tmp_path, targets):
    theirs = oracles.gpt2()
    ours = load_model(save(theirs, tmp_path / "base"))
    add_lora(ours, RANK, ALPHA, targets)
    save_adapter(trained(ours), tmp_path / "adapter")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # peft mends some settings, and says so
        wrapped = peft.PeftModel.from_pretrained(theirs, tmp_path / "adapter").eval()
    assert_near(wrapped(some_ids()).logits, ours(some_ids()), atol=1e-4)
    merge_lora(ours)
    assert_near(wrapped.merge_and_unload()(some_ids()).logits, ours(some_ids()), atol=1e-4)


def test_saved_and_loaded_are_the_same(tmp_path):
    model, plain = trained_model(), gpt()
    names = load_adapter(plain, save_adapter(model, tmp_path))
    assert sorted(names) == sorted(lora_layers(model))
    assert torch.equal(plain(some_ids()), model(some_ids()))
    learned = [name for name, p in plain.named_parameters() if p.requires_grad]
    assert len(learned) == 2 * len(names)


def test_what_was_read_stays_when_the_file_is_written_over(tmp_path):
    model, plain = trained_model(), gpt()
    folder = save_adapter(model, tmp_path)
    read = read_adapter(folder, model.config).parts
    load_adapter(plain, folder)
    path = folder / WEIGHTS
    with path.open("rb+") as file:  # in place, as `cp` does
        file.write(b"\xff" * path.stat().st_size)
    for name, layer in lora_layers(model).items():
        assert torch.equal(read[name][0], layer.A)
        assert torch.equal(read[name][1], layer.B)
    assert torch.equal(plain(some_ids()), model(some_ids()))


@pytest.mark.parametrize("start", [True, False, "gaussian", None])
def test_a_start_that_left_the_base_alone_is_plain(start, tmp_path):
    model, plain = trained_model(), gpt()
    save_adapter(model, tmp_path)
    edit_settings(tmp_path, init_lora_weights=start)
    load_adapter(plain, tmp_path)
    assert torch.equal(plain(some_ids()), model(some_ids()))


@pytest.mark.parametrize(
    ("target", "why"),
    [("wte", "a table, shared"), ("lm_head", "a table, shared"), ("q_proj", "not there")],
)
def test_targets_that_cannot_be_are_refused(target, why):
    model = gpt()
    with pytest.raises(ValueError, match=f"{target}.*{why}.*c_attn, c_fc, c_proj"):
        add_lora(model, targets=["c_attn", target])
    assert all(p.requires_grad for p in model.parameters())
    with pytest.raises(ValueError, match="choose among"):
        add_lora(model, targets=[])


def test_refusals_say_the_mend(tmp_path):
    with pytest.raises(ValueError, match="rank=0 must be a whole number"):
        add_lora(gpt(), rank=0)
    with pytest.raises(ValueError, match="alpha=-1 must be a finite number above zero"):
        add_lora(gpt(), alpha=-1)
    with pytest.raises(ValueError, match=r"base is a Embedding; LoRA goes around an nn\.Linear"):
        LoRALinear(nn.Embedding(3, 2), 1, 1)
    with pytest.raises(ValueError, match="has LoRA layers already; merge_lora"):
        add_lora(trained_model())
    for act in (merge_lora, lora_layers, lambda model: save_adapter(model, tmp_path)):
        with pytest.raises(ValueError, match="has no LoRA layers; put them in with add_lora"):
            act(gpt())
    with pytest.raises(ValueError, match="no LoRA layers"), lora_off(gpt()):
        pass


def test_llama_s_names_are_another_matter(tmp_path):
    llama = GPT(GPTConfig.llama(vocab_size=V, block_size=13, n_layer=1, n_head=2, n_embd=8))
    with pytest.raises(ValueError, match="Llama dialect; merge_lora and save_pretrained"):
        load_adapter(llama, tmp_path)
    add_lora(llama, RANK)
    with pytest.raises(ValueError, match="Llama dialect"):
        save_adapter(llama, tmp_path)


def edit_settings(folder, **changes):
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def edit_tensor(folder, name, tensor):
    """Put one tensor into the file, or take it out (None)."""
    path = folder / "adapter_model.safetensors"
    tensors = {**load_file(path), name: tensor}
    save_file({name: each for name, each in tensors.items() if each is not None}, path)


SETTINGS, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
A = "base_model.model.transformer.h.0.mlp.c_fc.lora_A.weight"
OTHER = torch.zeros(RANK, 11)
DAMAGES = {
    "there is no adapter_config.json in": lambda at: (at / SETTINGS).unlink(),
    "there is no adapter_model.safetensors": lambda at: (at / WEIGHTS).unlink(),
    "holds no settings": lambda at: (at / SETTINGS).write_text("[]"),
    r"\(3 bytes\) is not a whole": lambda at: (at / WEIGHTS).write_bytes(b"abc"),
    "peft_type='IA3'": lambda at: edit_settings(at, peft_type="IA3"),
    "use_dora=True, which is not": lambda at: edit_settings(at, use_dora=True),
    "rank_pattern": lambda at: edit_settings(at, rank_pattern={"c_fc": 2}),
    "init_lora_weights='pissa'": lambda at: edit_settings(at, init_lora_weights="pissa"),
    "use_qalora=True": lambda at: edit_settings(at, use_qalora=True),
    "use_bdlora=True": lambda at: edit_settings(at, use_bdlora=True),
    "layer_replication": lambda at: edit_settings(at, layer_replication=[[0, 2]]),
    "alora_invocation_tokens": lambda at: edit_settings(at, alora_invocation_tokens=[1]),
    "target_parameters": lambda at: edit_settings(at, target_parameters=["mlp.c_fc.weight"]),
    "arrow_config": lambda at: edit_settings(at, arrow_config={"top_k": 2}),
    "kasa_config": lambda at: edit_settings(at, kasa_config={"beta": 0.1}),
    "monteclora_config": lambda at: edit_settings(at, monteclora_config={"n": 1}),
    "r='3' stands where a whole number": lambda at: edit_settings(at, r="3"),
    "is no LoRA matrix of rank 5": lambda at: edit_settings(at, r=5),
    "holds no layer": lambda at: save_file({}, at / WEIGHTS),
    "only one of A and B of h.0.mlp.c_fc": lambda at: edit_tensor(at, A, None),
    "lm_head.lora_A.weight of shape": lambda at: edit_tensor(at, "lm_head.lora_A.weight", OTHER),
    "c_fc from 11 to 60 features.*in_features=15": lambda at: edit_tensor(at, A, OTHER),
}


@pytest.mark.parametrize(("message", "damage"), DAMAGES.items(), ids=DAMAGES)
def test_damaged_files_leave_the_model_alone(message, damage, tmp_path):
    save_adapter(trained_model(), tmp_path)
    damage(tmp_path)
    model = gpt()
    with pytest.raises(ValueError, match=message):
        load_adapter(model, tmp_path)
    assert all(p.requires_grad for p in model.parameters())
    assert not any(isinstance(module, LoRALinear) for module in model.modules())


def test_an_adapter_of_a_larger_model_is_refused(tmp_path):
    larger = gpt(n_layer=3)
    add_lora(larger, RANK)
    save_adapter(larger, tmp_path)
    with pytest.raises(ValueError, match=r"h\.2\.attn\.c_attn.*no such layer"):
        load_adapter(gpt(), tmp_path)
