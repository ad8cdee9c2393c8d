"""Mistakes with the arithmetic of training, as readers of notebook 08 write them."""


def matrices(n_layer, n_embd, vocab_size):
    return n_layer * 12 * n_embd**2 + vocab_size * n_embd


def forward(n_layer, n_embd, vocab_size, length):
    return 2 * matrices(n_layer, n_embd, vocab_size) + 4 * length * n_embd * n_layer


def forward_only(n_layer, n_embd, vocab_size, length):
    return forward(n_layer, n_embd, vocab_size, length)


def doubled(n_layer, n_embd, vocab_size, length):
    return 2 * forward(n_layer, n_embd, vocab_size, length)


def backward_alone(n_layer, n_embd, vocab_size, length):
    per_token = forward(n_layer, n_embd, vocab_size, length)
    backward = 2 * per_token
    return backward


def recomputed(n_layer, n_embd, vocab_size, length):
    once = forward(n_layer, n_embd, vocab_size, length)
    return once + 3 * once


def six_and_three(n_layer, n_embd, vocab_size, length):
    products = 6 * matrices(n_layer, n_embd, vocab_size)
    return 3 * (products + 12 * n_layer * length * n_embd)


def attention_forward_only(n_layer, n_embd, vocab_size, length):
    return 6 * matrices(n_layer, n_embd, vocab_size) + 4 * n_layer * length * n_embd


def bracket_at_the_end(n_layer, n_embd, vocab_size, length):
    return 2 * matrices(n_layer, n_embd, vocab_size) + 3 * 4 * n_layer * length * n_embd


def multiply_add_is_one(n_layer, n_embd, vocab_size, length):
    attention = 2 * length * n_embd * n_layer
    return 3 * (matrices(n_layer, n_embd, vocab_size) + attention)


def weights_once(n_layer, n_embd, vocab_size, length):
    return 3 * (matrices(n_layer, n_embd, vocab_size) + 4 * length * n_embd * n_layer)


def six_n(n_layer, n_embd, vocab_size, length):
    return 6 * matrices(n_layer, n_embd, vocab_size)


def scores_only(n_layer, n_embd, vocab_size, length):
    scores = 2 * length * n_embd
    return 3 * (2 * matrices(n_layer, n_embd, vocab_size) + n_layer * scores)


def causal_half(n_layer, n_embd, vocab_size, length):
    total = 6 * matrices(n_layer, n_embd, vocab_size)
    for _ in range(n_layer):
        total += 3 * 4 * length * n_embd / 2
    return total


def four_each(n_layer, n_embd, vocab_size, length):
    scores, mixing = 4 * length * n_embd, 4 * length * n_embd
    return 3 * (2 * matrices(n_layer, n_embd, vocab_size) + n_layer * (scores + mixing))


def twelve_times_three(n_layer, n_embd, vocab_size, length):
    attention = 12 * n_layer * n_embd * length
    return 3 * (2 * matrices(n_layer, n_embd, vocab_size) + attention)


def attention_outside_the_layers(n_layer, n_embd, vocab_size, length):
    return 3 * (2 * matrices(n_layer, n_embd, vocab_size) + 4 * length * n_embd)


def attention_of_all(n_layer, n_embd, vocab_size, length):
    attention = n_layer * 2 * 2 * length * length * n_embd
    return 3 * (2 * matrices(n_layer, n_embd, vocab_size) + attention)


def scores_as_numbers(n_layer, n_embd, vocab_size, length):
    return 3 * (2 * matrices(n_layer, n_embd, vocab_size) + 4 * length * n_layer)


def square_of_scores(n_layer, n_embd, vocab_size, length):
    return 3 * (2 * matrices(n_layer, n_embd, vocab_size) + 4 * length**2 * n_layer)


def blocks_only(n_layer, n_embd, vocab_size, length):
    block = 2 * 12 * n_embd**2 + 4 * length * n_embd
    return 3 * n_layer * block


def wte_and_head(n_layer, n_embd, vocab_size, length):
    weights = vocab_size * n_embd + 12 * n_layer * n_embd**2 + n_embd * vocab_size
    return 6 * weights + 12 * n_layer * n_embd * length


def wpe(n_layer, n_embd, vocab_size, length):
    weights = vocab_size * n_embd + length * n_embd + 12 * n_layer * n_embd**2
    return 6 * weights + 12 * n_layer * n_embd * length


def only_v(n_layer, n_embd, vocab_size, length):
    weights = n_layer * 12 * n_embd**2 + vocab_size
    return 3 * (2 * weights + 4 * length * n_embd * n_layer)


def count_parameters(n_layer, n_embd, vocab_size, length):
    norms, biases = 4 * n_embd, 9 * n_embd
    block = 12 * n_embd**2 + biases + norms
    return (vocab_size + length) * n_embd + n_layer * block + 2 * n_embd


def rule_of_thumb(n_layer, n_embd, vocab_size, length):
    return 6 * count_parameters(n_layer, n_embd, vocab_size, length)


def rule_of_thumb_and_attention(n_layer, n_embd, vocab_size, length):
    parameters = count_parameters(n_layer, n_embd, vocab_size, length)
    return 3 * (2 * parameters + 4 * length * n_embd * n_layer)


def layer_by_layer(shapes, singles=0):
    def function(n_layer, n_embd, vocab_size, length):
        flops = 2 * n_embd * vocab_size
        for _ in range(n_layer):
            flops += sum(2 * n * n_embd * m * n_embd for n, m in shapes) + 2 * singles * n_embd
            flops += 4 * length * n_embd
        return 3 * flops

    return function


def a_single_block(n_layer, n_embd, vocab_size, length):
    block = 12 * n_embd * n_embd
    return 3 * (2 * (block + vocab_size * n_embd) + 4 * length * n_embd)


def head_inside(n_layer, n_embd, vocab_size, length):
    layer = 12 * n_embd**2 + vocab_size * n_embd
    return 3 * n_layer * (2 * layer + 4 * length * n_embd)


def for_all_tokens(n_layer, n_embd, vocab_size, length):
    weights = matrices(n_layer, n_embd, vocab_size)
    return 3 * (2 * weights * length + 4 * length * length * n_embd * n_layer)


def bracket_round_the_blocks(n_layer, n_embd, vocab_size, length):
    blocks = n_layer * (2 * 12 * n_embd**2 + 4 * length * n_embd)
    return 3 * (blocks + n_embd * vocab_size)


def twice_the_output_only(n_layer, n_embd, vocab_size, length):
    blocks = n_layer * (12 * n_embd**2 + 4 * length * n_embd)
    return 3 * (blocks + 2 * n_embd * vocab_size)


def twice_too_often(n_layer, n_embd, vocab_size, length):
    block = 2 * (2 * 12 * n_embd**2) + 4 * length * n_embd
    return 3 * (n_layer * block + 2 * n_embd * vocab_size)


MISTAKEN = {
    "flops_per_token": [
        ("forward only", forward_only),
        ("backward as forward", doubled),
        ("backward as forward", backward_alone),
        ("forward twice", recomputed),
        ("trained twice", six_and_three),
        ("backward through matrices only", attention_forward_only),
        ("backward through attention only", bracket_at_the_end),
        ("one FLOP for two", multiply_add_is_one),
        ("one per weight", weights_once),
        ("no attention", six_n),
        ("half of attention", scores_only),
        ("half of attention", causal_half),
        ("attention twice", four_each),
        ("attention trained twice", twelve_times_three),
        ("attention of one layer", attention_outside_the_layers),
        ("attention of the whole text", attention_of_all),
        ("attention without width", scores_as_numbers),
        ("attention T times T", square_of_scores),
        ("no output layer", blocks_only),
        ("input table too", wte_and_head),
        ("positions too", wpe),
        ("output without width", only_v),
        ("six per parameter", rule_of_thumb),
        ("every parameter", rule_of_thumb_and_attention),
        ("biases too", layer_by_layer([(1, 3), (1, 1), (1, 4), (4, 1)], 3 + 1 + 4 + 1)),
        ("biases and norms too", layer_by_layer([(1, 3), (1, 1), (1, 4), (4, 1)], 9 + 4)),
        ("no MLP", layer_by_layer([(1, 3), (1, 1)])),
        ("no attention matrices", layer_by_layer([(1, 4), (4, 1)])),
        ("no attention matrices", layer_by_layer([(1, 3), (1, 1), (1, 4)])),
        ("one projection of three", layer_by_layer([(1, 1), (1, 1), (1, 4), (4, 1)])),
        ("no c_proj", layer_by_layer([(1, 3), (1, 4), (4, 1)])),
        ("narrow MLP", layer_by_layer([(1, 3), (1, 1), (1, 1), (1, 1)])),
        ("wide MLP", layer_by_layer([(1, 3), (1, 1), (1, 4), (4, 4)])),
        ("one per weight of the output", bracket_round_the_blocks),
        ("narrow MLP", twice_the_output_only),
        ("wide MLP", twice_too_often),
        ("one layer", a_single_block),
        ("output in each layer", head_inside),
        ("of the whole text", for_all_tokens),
        ("two per weight", lambda *sizes: 2 * matrices(*sizes[:3])),
        ("no attention + one layer", lambda n, c, v, t: 6 * (12 * c * c + v * c)),
    ]
}
