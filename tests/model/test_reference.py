"""The NumPy oracle is itself held to literals worked by hand and to PyTorch's functions."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from aigc_lab.model import reference

X = np.random.default_rng(0).normal(size=(3, 5, 7)) * 3


def test_softmax_by_hand_and_at_extremes() -> None:
    by_hand = reference.softmax(np.log([1.0, 2.0, 5.0]))
    np.testing.assert_allclose(by_hand, [0.125, 0.25, 0.625], atol=1e-12)
    np.testing.assert_array_equal(reference.softmax(np.array([1e4, -1e4, 0.0])), [1, 0, 0])
    np.testing.assert_array_equal(reference.softmax(np.full(3, -np.inf)), [0, 0, 0])
    np.testing.assert_allclose(reference.softmax(X), F.softmax(torch.tensor(X), -1), atol=1e-12)


def test_attention_by_hand() -> None:
    q, k = np.array([[2.0, 0, 0, 0]]), np.array([[0.0, 9, 9, 9], [math.log(3), 9, 9, 9]])
    out, weights = reference.attention(q, k, np.array([[4.0], [8.0]]))
    np.testing.assert_allclose(weights, [[0.25, 0.75]], atol=1e-12)
    np.testing.assert_allclose(out, [[7.0]], atol=1e-12)


def test_attention_without_an_allowed_key_is_zero() -> None:
    out, weights = reference.attention(X, X, X, np.zeros((5, 5), bool))
    assert not out.any()
    assert not weights.any()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (reference.gelu, F.gelu),
        (reference.gelu_tanh, lambda x: F.gelu(x, approximate="tanh")),
        (reference.silu, F.silu),
        (lambda x: reference.rms_norm(x, X[0, 0]), lambda x: F.rms_norm(x, [7], _weight(), 1e-5)),
        (
            lambda x: reference.layer_norm(x, X[0, 0], X[0, 1]),
            lambda x: F.layer_norm(x, [7], _weight(), torch.tensor(X[0, 1])),
        ),
    ],
    ids=["gelu", "gelu_tanh", "silu", "rms_norm", "layer_norm"],
)
def test_equals_pytorch(ours, theirs) -> None:
    np.testing.assert_allclose(ours(X), theirs(torch.tensor(X)).numpy(), atol=1e-10)


def _weight() -> torch.Tensor:
    return torch.tensor(X[0, 0])


def test_layer_norm_divides_by_the_biased_deviation() -> None:
    out = reference.layer_norm(np.array([1.0, 3.0]), np.ones(2), eps=0.0)
    np.testing.assert_allclose(out, [-1.0, 1.0], atol=1e-12)


def test_rms_norm_by_hand() -> None:
    out = reference.rms_norm(np.array([1.0, 7.0]), np.array([5.0, 10.0]), eps=0.0)
    np.testing.assert_allclose(out, [1.0, 14.0], atol=1e-12)  # root mean square 5


def test_silu_does_not_overflow() -> None:
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(reference.silu(np.array([-1e4, 0.0, 1e4])), [0, 0, 1e4])


def test_rotary_turns_by_one_radian_per_position() -> None:
    turned = reference.rotary(np.array([[1.0, 0.0]] * 3))
    np.testing.assert_allclose(turned[2], [math.cos(2), math.sin(2)], atol=1e-12)


def test_cross_entropy_by_hand() -> None:
    logits = np.log([[0.25, 0.75], [0.9, 0.1]])
    assert reference.cross_entropy(logits, np.array([1, 0])) == pytest.approx(
        -(math.log(0.75) + math.log(0.9)) / 2
    )
