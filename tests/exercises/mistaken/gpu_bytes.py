"""Mistakes with the memory of training, as readers of notebook 08 write them."""


def parameters_and_state(n_parameters, optimizer, bytes_per_number):
    state = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return n_parameters * bytes_per_number * (1 + state)


def state_only(n_parameters, optimizer, bytes_per_number):
    return n_parameters * bytes_per_number * {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]


def a_copy_more(n_parameters, optimizer, bytes_per_number):
    arrays = {"sgd": 3, "momentum": 4, "adamw": 5}
    return arrays[optimizer] * n_parameters * bytes_per_number


def optimizer_unread(n_parameters, optimizer, bytes_per_number):
    return 2 * n_parameters * bytes_per_number


def branches(sgd, momentum, adamw):
    def function(n_parameters, optimizer, bytes_per_number):
        parameters = n_parameters * bytes_per_number
        gradients = n_parameters * bytes_per_number
        if optimizer == "sgd":
            kept = sgd * parameters
        elif optimizer == "momentum":
            kept = momentum * parameters
        else:
            kept = adamw * parameters
        return parameters + gradients + kept

    return function


def adam_misspelt(n_parameters, optimizer, bytes_per_number):
    kept = 0
    if optimizer == "momentum":
        kept = 1
    if optimizer == "adam":
        kept = 2
    return n_parameters * (2 + kept) * bytes_per_number


def truthy(n_parameters, optimizer, bytes_per_number):
    kept = 1 if optimizer == "momentum" or "sgd" else 2  # noqa: SIM222 (this is the mistake)
    return n_parameters * (2 + kept) * bytes_per_number


def overwritten(n_parameters, optimizer, bytes_per_number):
    if optimizer == "sgd":
        kept = 0
    if optimizer == "momentum":
        kept = 1
    kept = 2
    return n_parameters * (2 + kept) * bytes_per_number


def else_of_the_second(n_parameters, optimizer, bytes_per_number):
    kept = 1 if optimizer == "momentum" else 2
    return n_parameters * (2 + kept) * bytes_per_number


def count_of_numbers(n_parameters, optimizer, bytes_per_number):
    return n_parameters * (2 + ["sgd", "momentum", "adamw"].index(optimizer))


def four(n_parameters, optimizer, bytes_per_number):
    return 4 * n_parameters * (2 + ["sgd", "momentum", "adamw"].index(optimizer))


def in_bits(n_parameters, optimizer, bytes_per_number):
    numbers = n_parameters * (2 + ["sgd", "momentum", "adamw"].index(optimizer))
    return numbers * bytes_per_number * 8


def over_eight(n_parameters, optimizer, bytes_per_number):
    numbers = n_parameters * (2 + ["sgd", "momentum", "adamw"].index(optimizer))
    return numbers * bytes_per_number / 8


def mixed_precision(n_parameters, optimizer, bytes_per_number):
    kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return 2 * n_parameters * bytes_per_number + kept * n_parameters * 4


def bytes_forgotten_at_the_end(n_parameters, optimizer, bytes_per_number):
    total = 2 * n_parameters * bytes_per_number
    if optimizer == "momentum":
        total += n_parameters
    if optimizer == "adamw":
        total += 2 * n_parameters
    return total


def bytes_at_the_end_only(n_parameters, optimizer, bytes_per_number):
    kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return n_parameters + n_parameters + kept * n_parameters * bytes_per_number


def no_brackets(n_parameters, optimizer, bytes_per_number):
    kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return n_parameters * 2 + kept * bytes_per_number


def one_velocity(n_parameters, optimizer, bytes_per_number):
    kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return (2 * n_parameters + kept) * bytes_per_number


def product(n_parameters, optimizer, bytes_per_number):
    kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return n_parameters * 2 * kept * bytes_per_number


def in_unit(unit):
    def function(n_parameters, optimizer, bytes_per_number):
        kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
        return n_parameters * (2 + kept) * bytes_per_number / unit

    return function


KEPT = {"sgd": 0, "momentum": 1, "adamw": 2}

MISTAKEN = {
    "training_bytes": [
        ("no gradients", parameters_and_state),
        ("only the optimizer", state_only),
        ("three without the optimizer", a_copy_more),
        ("nothing kept", optimizer_unread),
        ("one mean of AdamW", branches(0, 1, 1)),
        ("three numbers of AdamW", branches(0, 1, 3)),
        ("velocity in the gradient's place", branches(0, 0, 1)),
        ("momentum forgotten", branches(0, 0, 2)),
        ("momentum as AdamW", branches(0, 2, 2)),
        ("AdamW forgotten", adam_misspelt),
        ("SGD with velocity", branches(1, 1, 2)),
        ("SGD as AdamW", else_of_the_second),
        ("always AdamW", overwritten),
        ("always one", truthy),
        ("numbers", count_of_numbers),
        ("always four", four),
        ("bits", in_bits),
        ("bits taken", over_eight),
        ("optimizer in float32", mixed_precision),
        ("optimizer not in bytes", bytes_forgotten_at_the_end),
        ("only the optimizer in bytes", bytes_at_the_end_only),
        ("brackets missing", no_brackets),
        ("optimizer of one parameter", one_velocity),
        ("multiplied", product),
        ("megabytes", in_unit(1e6)),
        ("gigabytes", in_unit(10**9)),
        ("mebibytes", in_unit(1024**2)),
        ("gibibytes", in_unit(1024**3)),
        ("no gradients + always four", lambda n, optimizer, size: 4 * n * (1 + KEPT[optimizer])),
    ]
}
