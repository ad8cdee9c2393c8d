"""Mistakes with the use of a device, as readers of notebook 08 write them."""


def inverse(tokens_per_second, flops_per_token, peak):
    return peak / (tokens_per_second * flops_per_token)


def percent(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * flops_per_token / peak * 100


def achieved(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * flops_per_token


def tokens_over_peak(tokens_per_second, flops_per_token, peak):
    return tokens_per_second / peak


def flops_over_peak(tokens_per_second, flops_per_token, peak):
    return flops_per_token / peak


def divided_in_turn(tokens_per_second, flops_per_token, peak):
    return tokens_per_second / flops_per_token / peak


def divided_by_product(tokens_per_second, flops_per_token, peak):
    return tokens_per_second / (flops_per_token * peak)


def flops_over_tokens(tokens_per_second, flops_per_token, peak):
    used = flops_per_token / tokens_per_second
    return used / peak


def right_to_left(tokens_per_second, flops_per_token, peak):
    tokens_at_peak = flops_per_token / peak
    return tokens_per_second / tokens_at_peak


def times_peak(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * flops_per_token * peak


def unused(tokens_per_second, flops_per_token, peak):
    return (peak - tokens_per_second * flops_per_token) / peak


def with_training(tokens_per_second, flops_per_token, peak):
    training = 3 * flops_per_token
    return tokens_per_second * training / peak


def six_n(tokens_per_second, flops_per_token, peak):
    return 6 * tokens_per_second * flops_per_token / peak


def multiply_adds(tokens_per_second, flops_per_token, peak):
    return 2 * flops_per_token * tokens_per_second / peak


def forward_part(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * (flops_per_token / 3) / peak


def teraflops(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * flops_per_token / (peak * 1e12)


def peak_in_teraflops(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * flops_per_token / (peak / 10**12)


def floor(tokens_per_second, flops_per_token, peak):
    return tokens_per_second * flops_per_token // peak


def to_int(tokens_per_second, flops_per_token, peak):
    return int(tokens_per_second * flops_per_token / peak)


def at_most_one(tokens_per_second, flops_per_token, peak):
    return min(1.0, tokens_per_second * flops_per_token / peak)


def two_digits(tokens_per_second, flops_per_token, peak):
    return round(tokens_per_second * flops_per_token / peak, 2)


MISTAKEN = {
    "mfu": [
        ("upside down", inverse),
        ("percent", percent),
        ("no peak", achieved),
        ("no FLOPs of a token", tokens_over_peak),
        ("no tokens", flops_over_peak),
        ("divided by the FLOPs", divided_in_turn),
        ("divided by the FLOPs", divided_by_product),
        ("divided by the tokens", flops_over_tokens),
        ("brackets missing", right_to_left),
        ("multiplied", times_peak),
        ("idle", unused),
        ("training counted again", with_training),
        ("six again", six_n),
        ("two again", multiply_adds),
        ("forward only", forward_part),
        ("peak in TFLOP/s", teraflops),
        ("peak to TFLOP/s", peak_in_teraflops),
        ("whole numbers", floor),
        ("whole numbers", to_int),
        ("capped", at_most_one),
        ("rounded", two_digits),
    ]
}
