"""Mistakes with the whole model and its size, as readers of notebook 05 write them."""

import math

import numpy as np


def started(start):
    """Right but for the vectors that go into the first block."""

    def assemble(ids, wte, wpe, blocks, ln_f):
        x = start(ids, wte, wpe)
        for block in blocks:
            x = block(x)
        return ln_f(x) @ wte.T

    return assemble


def fed(loop):
    """Right but for the loop over the blocks."""
    return lambda ids, wte, wpe, blocks, ln_f: (
        ln_f(loop(wte[ids] + wpe[: len(ids)], blocks)) @ wte.T
    )


def ended(end):
    """Right but for what happens after the blocks."""

    def assemble(ids, wte, wpe, blocks, ln_f):
        x = wte[ids] + wpe[: len(ids)]
        for block in blocks:
            x = block(x)
        return end(x, ln_f, wte)

    return assemble


def all_fed_the_embedding(x, blocks):
    for block in blocks:
        out = block(x)
    return out


def returned_too_early(x, blocks):
    for block in blocks:
        x = block(x)
        return x
    return None


def answers_dropped(x, blocks):
    for block in blocks:
        block(x)
    return x


def added_again(x, blocks):
    for block in blocks:
        x = x + block(x)
    return x


def start_added(x, blocks):
    embeddings = x
    for block in blocks:
        x = embeddings + block(x)
    return x


def first_repeated(x, blocks):
    for _ in range(len(blocks)):
        x = blocks[0](x)
    return x


def all_but_the_last(x, blocks):
    for at in range(len(blocks) - 1):
        x = blocks[at](x)
    return x


def positions_in_the_loop(ids, wte, wpe, blocks, ln_f):
    x = wte[ids]
    for block in blocks:
        x = block(x + wpe[: len(ids)])
    return ln_f(x) @ wte.T


def norm_in_the_loop(ids, wte, wpe, blocks, ln_f):
    x = wte[ids] + wpe[: len(ids)]
    for block in blocks:
        x = ln_f(block(x))
    return x @ wte.T


def norm_in_the_loop_and_after(ids, wte, wpe, blocks, ln_f):
    x = wte[ids] + wpe[: len(ids)]
    for block in blocks:
        x = block(x)
        x = ln_f(x)
    return ln_f(x) @ wte.T


def norm_at_the_start(ids, wte, wpe, blocks, ln_f):
    x = ln_f(wte[ids] + wpe[: len(ids)])
    for block in blocks:
        x = block(x)
    return x @ wte.T


def compared_with_positions(ids, wte, wpe, blocks, ln_f):
    x = wte[ids] + wpe[: len(ids)]
    for block in blocks:
        x = block(x)
    return ln_f(x) @ wpe.T


def of_the_text(ids, wte, wpe, blocks, ln_f):
    x = wte[ids] + wpe[: len(ids)]
    for block in blocks:
        x = block(x)
    return np.einsum("tc,sc->ts", ln_f(x), wte[ids])


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def looked_up_one_by_one(ids, wte, wpe):
    return np.stack([wte[i] + wpe[i] for i in ids])


# The count


def count(block, tables=lambda V, T, C: V * C + T * C, end=lambda C: 2 * C):
    """Right but for a part; block is a function of C."""
    return lambda V, T, L, C: tables(V, T, C) + L * block(C) + end(C)


def linear(n, m):
    return n * m + m


def attention(C):
    return linear(C, 3 * C) + linear(C, C)


def mlp(C):
    return linear(C, 4 * C) + linear(4 * C, C)


def block(C):
    return 2 * C + attention(C) + 2 * C + mlp(C)


def one_block(vocab_size, block_size, n_layer, n_embd):
    return vocab_size * n_embd + block_size * n_embd + block(n_embd) + 2 * n_embd


def norm_in_the_bracket(vocab_size, block_size, n_layer, n_embd):
    return (vocab_size + block_size) * n_embd + n_layer * (block(n_embd) + 2 * n_embd)


def all_in_the_bracket(V, T, L, C):
    return L * (V * C + T * C + block(C) + 2 * C)


MISTAKEN = {
    "assemble": [
        ("no_positions", started(lambda ids, wte, wpe: wte[ids])),
        ("positions_by_id", started(lambda ids, wte, wpe: wte[ids] + wpe[ids])),
        ("positions_by_id", started(looked_up_one_by_one)),
        ("one_position", started(lambda ids, wte, wpe: wte[ids] + wpe[0])),
        ("position_of_the_end", started(lambda ids, wte, wpe: wte[ids] + wpe[len(ids)])),
        ("last_positions", started(lambda ids, wte, wpe: wte[ids] + wpe[-len(ids) :])),
        ("whole_table", started(lambda ids, wte, wpe: wte[ids] + wpe)),
        ("multiplied", started(lambda ids, wte, wpe: wte[ids] * wpe[: len(ids)])),
        (
            "scaled",
            started(lambda ids, wte, wpe: wte[ids] * wte.shape[-1] ** 0.5 + wpe[: ids.shape[0]]),
        ),
        ("no_tokens", started(lambda ids, wte, wpe: wpe[: len(ids)])),
        ("positions_again", positions_in_the_loop),
        ("all_fed_the_embedding", fed(all_fed_the_embedding)),
        ("first_block_only", fed(returned_too_early)),
        ("first_block_only", fed(lambda x, blocks: blocks[0](x))),
        ("no_blocks", fed(answers_dropped)),
        ("reversed", fed(lambda x, blocks: [x := each(x) for each in blocks[::-1]][-1])),
        ("added_again", fed(added_again)),
        ("start_added", fed(start_added)),
        ("summed", fed(lambda x, blocks: sum(each(x) for each in blocks))),
        ("first_repeated", fed(first_repeated)),
        ("last_left_out", fed(all_but_the_last)),
        ("no_final_norm", ended(lambda x, ln_f, wte: x @ wte.T)),
        ("norm_first", norm_at_the_start),
        ("norm_each", norm_in_the_loop),
        ("norm_each_and_last", norm_in_the_loop_and_after),
        ("norm_of_the_logits", ended(lambda x, ln_f, wte: ln_f(x @ wte.T))),
        ("softmax", ended(lambda x, ln_f, wte: softmax(ln_f(x) @ wte.T))),
        ("log_softmax", ended(lambda x, ln_f, wte: np.log(softmax(ln_f(x) @ wte.T)))),
        ("divided", ended(lambda x, ln_f, wte: ln_f(x) @ wte.T / math.sqrt(wte.shape[-1]))),
        ("last_row", ended(lambda x, ln_f, wte: ln_f(x[-1]) @ wte.T)),
        ("last_row_kept", ended(lambda x, ln_f, wte: ln_f(x[-1:]) @ wte.T)),
        ("transposed", ended(lambda x, ln_f, wte: wte @ ln_f(x).T)),
        ("table_not_turned", ended(lambda x, ln_f, wte: ln_f(x) @ wte)),
        ("only_the_texts_tokens", of_the_text),
        ("positions_at_the_end", compared_with_positions),
        ("no_head", ended(lambda x, ln_f, wte: ln_f(x))),
        ("best_token", ended(lambda x, ln_f, wte: np.argmax(ln_f(x) @ wte.T, axis=1))),
    ],
    "count_parameters": [
        ("head_twice", count(block, lambda V, T, C: V * C + T * C + C * V)),
        ("head_bias", count(block, lambda V, T, C: V * C + T * C + V)),
        ("no_positions", count(block, lambda V, T, C: V * C)),
        ("no_tokens", count(block, lambda V, T, C: T * C)),
        ("one_missing", count(lambda C: block(C) - C)),
        ("two_missing", count(lambda C: 2 * C + attention(C) + mlp(C))),
        ("two_missing", count(lambda C: 4 * C + C * 3 * C + C + linear(C, C) + mlp(C))),
        ("three_missing", count(lambda C: 4 * C + attention(C) + 4 * C * C + C + linear(4 * C, C))),
        ("four_missing", count(lambda C: attention(C) + mlp(C))),
        ("four_missing", count(lambda C: 2 * C + 4 * C * C + 2 * C + mlp(C))),
        ("no_mlp_biases", count(lambda C: 2 * C + attention(C) + 2 * C + 8 * C * C)),
        ("no_biases", count(lambda C: 12 * C * C + 4 * C)),
        ("no_bias_at_all", count(lambda C: 12 * C * C + 2 * C, end=lambda C: C)),
        ("only_matrices", count(lambda C: 12 * C**2, end=lambda C: 0)),
        ("only_matrices_and_final_norm", count(lambda C: 12 * C**2)),
        ("no_final_norm", count(block, end=lambda C: 0)),
        ("half_final_norm", count(block, end=lambda C: C)),
        ("no_norms", count(lambda C: attention(C) + mlp(C), end=lambda C: 0)),
        ("norms_without_bias", count(lambda C: C + attention(C) + C + mlp(C), end=lambda C: C)),
        ("final_norm_in_each", norm_in_the_bracket),
        ("no_output_matrix", count(lambda C: 4 * C + linear(C, 3 * C) + mlp(C))),
        ("no_output_weights", count(lambda C: block(C) - C * C)),
        ("one_of_three", count(lambda C: 4 * C + linear(C, C) + linear(C, C) + mlp(C))),
        ("half_an_mlp", count(lambda C: 4 * C + attention(C) + linear(C, 4 * C))),
        ("half_an_mlp_weights", count(lambda C: 8 * C**2 + 13 * C)),
        ("narrow_mlp", count(lambda C: 4 * C + attention(C) + linear(C, C) + linear(C, C))),
        ("no_mlp", count(lambda C: 4 * C + attention(C))),
        ("masks_counted", lambda V, T, L, C: (V + T) * C + L * (block(C) + T * T) + 2 * C),
        ("one_layer", one_block),
        ("tables_in_each", all_in_the_bracket),
        (
            "head_twice + no_final_norm",
            count(block, lambda V, T, C: 2 * V * C + T * C, lambda C: 0),
        ),
    ],
}
