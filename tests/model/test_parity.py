"""Logits equal to transformers' own classes on small random models, offline."""

import pytest
import torch
from torch import Tensor

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy

transformers = pytest.importorskip("transformers")
V, T = 37, 13
TRANSPOSED = ("c_attn.weight", "c_proj.weight", "c_fc.weight")  # Conv1D keeps (in, out)


def gpt2_pair() -> tuple[GPT, torch.nn.Module]:
    torch.manual_seed(0)
    sizes = dict(vocab_size=V, n_layer=3, n_head=5, n_embd=35)
    special = dict(bos_token_id=0, eos_token_id=0)
    theirs = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(n_positions=19, **sizes, **special)
    )
    make_loud(theirs)
    ours = GPT(GPTConfig.gpt2(block_size=19, **sizes))
    state = {}
    for name, value in theirs.state_dict().items():
        name = name.removeprefix("transformer.")
        state[name] = value.T if name.endswith(TRANSPOSED) else value
    ours.load_state_dict(state)
    return ours.eval(), theirs.eval()


def llama_pair(n_kv_head: int) -> tuple[GPT, torch.nn.Module]:
    torch.manual_seed(0)
    theirs = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=V, max_position_embeddings=19, num_hidden_layers=3, num_attention_heads=6,
            num_key_value_heads=n_kv_head, hidden_size=36, intermediate_size=41, rms_norm_eps=1e-5,
            bos_token_id=0, eos_token_id=0,
        )
    )  # fmt: skip
    make_loud(theirs)
    ours = GPT(
        GPTConfig.llama(
            vocab_size=V, block_size=19, n_layer=3, n_head=6, n_kv_head=n_kv_head, n_embd=36,
            n_inner=41,
        )
    )  # fmt: skip
    ours.load_state_dict(llama_state(theirs))
    return ours.eval(), theirs.eval()


def llama_state(theirs: torch.nn.Module) -> dict[str, Tensor]:
    state = {
        "wte.weight": theirs.model.embed_tokens.weight,
        "ln_f.weight": theirs.model.norm.weight,
        "lm_head.weight": theirs.lm_head.weight,
    }
    for number, layer in enumerate(theirs.model.layers):
        attn, mlp = layer.self_attn, layer.mlp
        qkv = attn.q_proj.weight, attn.k_proj.weight, attn.v_proj.weight
        here = {
            "ln_1.weight": layer.input_layernorm.weight,
            "attn.c_attn.weight": torch.cat(qkv),
            "attn.c_proj.weight": attn.o_proj.weight,
            "ln_2.weight": layer.post_attention_layernorm.weight,
            "mlp.c_fc.weight": torch.cat((mlp.gate_proj.weight, mlp.up_proj.weight)),
            "mlp.c_proj.weight": mlp.down_proj.weight,
        }
        state |= {f"h.{number}.{name}": value for name, value in here.items()}
    return state


def make_loud(model: torch.nn.Module) -> None:
    for name, parameter in model.named_parameters():
        is_gain = any(norm in name for norm in ("ln_", "norm")) and name.endswith("weight")
        torch.nn.init.normal_(parameter, mean=float(is_gain), std=0.3)


PAIRS = {
    "gpt2": gpt2_pair,
    "llama, 6 of 6 heads": lambda: llama_pair(6),
    "llama, 2 of 6 heads": lambda: llama_pair(2),
}


@pytest.mark.parametrize("make_pair", PAIRS.values(), ids=PAIRS.keys())
def test_logits_loss_and_gradients_equal_transformers(make_pair) -> None:
    ours, theirs = make_pair()
    ids = torch.randint(0, V, (3, T), generator=torch.Generator().manual_seed(0))
    expected = theirs(ids, labels=ids)
    logits = ours(ids)
    torch.testing.assert_close(logits, expected.logits, atol=1e-4, rtol=0)
    loss = cross_entropy(logits[:, :-1], ids[:, 1:])
    torch.testing.assert_close(loss, expected.loss, atol=1e-5, rtol=0)
    (ours_grad,) = torch.autograd.grad(loss, ours.wte.weight)
    (their_grad,) = torch.autograd.grad(expected.loss, theirs.get_input_embeddings().weight)
    torch.testing.assert_close(ours_grad, their_grad, atol=1e-4, rtol=1e-3)


def test_fresh_weights_are_as_spread_as_transformers() -> None:
    torch.manual_seed(0)
    sizes = dict(vocab_size=499, n_layer=8, n_head=2, n_embd=64)
    special = dict(bos_token_id=0, eos_token_id=0)
    theirs = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(n_positions=97, **sizes, **special)
    )
    ours = GPT(GPTConfig.gpt2(block_size=97, **sizes))
    for name, value in ours.named_parameters():
        expected = theirs.get_parameter(f"transformer.{name}").std().item()
        assert value.std().item() == pytest.approx(expected, rel=0.1), name
