"""Mistakes with the size of the cache, as readers of notebook 07 write them."""


def no_values(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return n_layer * n_kv_head * head_dim * length * batch_size * bytes_per_number


def queries_too(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 3 * n_layer * n_kv_head * head_dim * length * batch_size * bytes_per_number


def one_layer(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_kv_head * head_dim * length * batch_size * bytes_per_number


def one_head(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * head_dim * length * batch_size * bytes_per_number


def heads_only(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * length * batch_size * bytes_per_number


def one_token(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * batch_size * bytes_per_number


def one_text(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length * bytes_per_number


def how_many_numbers(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length * batch_size


def in_bits(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length * batch_size * bytes_per_number * 8


def over_eight(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length * batch_size * bytes_per_number / 8


def length_squared(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length**2 * batch_size * bytes_per_number


def in_mib(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    numbers = 2 * n_layer * n_kv_head * head_dim * length * batch_size
    return numbers * bytes_per_number / 2**20


def float32_always(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length * batch_size * 4


def two_twice(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    of_a_token = 2 * n_kv_head * head_dim * bytes_per_number
    return 2 * n_layer * of_a_token * length * batch_size


def in_gigabytes(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * length * batch_size * bytes_per_number / 1e9


def without_the_newest(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    return 2 * n_layer * n_kv_head * head_dim * (length - 1) * batch_size * bytes_per_number


MISTAKEN = {
    "cache_bytes": [
        ("one_of_two", no_values),
        ("with_queries", queries_too),
        ("no_layers", one_layer),
        ("no_heads", one_head),
        ("no_head_dim", heads_only),
        ("no_length", one_token),
        ("no_batch", one_text),
        ("numbers", how_many_numbers),
        ("bits", in_bits),
        ("bits_taken", over_eight),
        ("squared", length_squared),
        ("mib", in_mib),
        ("two_twice", two_twice),
        ("gigabytes", in_gigabytes),
        ("one_less", without_the_newest),
        ("always_four", float32_always),
    ],
}
