"""Mistakes with the block, as readers of notebook 05 write them."""


def post_norm(x, ln_1, attn, ln_2, mlp):
    x = ln_1(x + attn(x))
    x = ln_2(x + mlp(x))
    return x


def no_norms(x, ln_1, attn, ln_2, mlp):
    x = x + attn(x)
    return x + mlp(x)


def first_bare(x, ln_1, attn, ln_2, mlp):
    x = x + attn(x)
    return x + mlp(ln_2(x))


def second_bare(x, ln_1, attn, ln_2, mlp):
    middle = x + attn(ln_1(x))
    return middle + mlp(middle)


def no_stream(x, ln_1, attn, ln_2, mlp):
    for step in (ln_1, attn, ln_2, mlp):
        x = step(x)
    return x


def first_replaces(x, ln_1, attn, ln_2, mlp):
    x = attn(ln_1(x))
    return x + mlp(ln_2(x))


def second_replaces(x, ln_1, attn, ln_2, mlp):
    h = x + attn(ln_1(x))
    return mlp(ln_2(h))


def overwritten(x, ln_1, attn, ln_2, mlp):
    x = ln_1(x)
    x = x + attn(x)
    x = ln_2(x)
    x = x + mlp(x)
    return x


def first_overwritten(x, ln_1, attn, ln_2, mlp):
    normed = ln_1(x)
    x = normed + attn(normed)
    return x + mlp(ln_2(x))


def second_overwritten(x, ln_1, attn, ln_2, mlp):
    x = x + attn(ln_1(x))
    x = ln_2(x)
    return x + mlp(x)


def norm_of_the_answer(x, ln_1, attn, ln_2, mlp):
    x = x + ln_1(attn(x))
    return x + ln_2(mlp(x))


def norm_beside(x, ln_1, attn, ln_2, mlp):
    x = ln_1(x) + attn(x)
    return ln_2(x) + mlp(x)


def norm_before_and_after(x, ln_1, attn, ln_2, mlp):
    for norm, part in ((ln_1, attn), (ln_2, mlp)):
        x = x + norm(part(norm(x)))
    return x


def addition_inside(x, ln_1, attn, ln_2, mlp):
    x = attn(x + ln_1(x))
    return mlp(x + ln_2(x))


def stream_twice(x, ln_1, attn, ln_2, mlp):
    x = x + attn(ln_1(x))
    x = x + mlp(ln_2(x)) + x
    return x


def times(x, ln_1, attn, ln_2, mlp):
    x = x * attn(ln_1(x))
    return x * mlp(ln_2(x))


def ln_1_twice(x, ln_1, attn, ln_2, mlp):
    for part in (attn, mlp):
        x = x + part(ln_1(x))
    return x


def ln_2_twice(x, ln_1, attn, ln_2, mlp):
    x = x + attn(ln_2(x))
    return x + mlp(ln_2(x))


def norms_exchanged(x, ln_1, attn, ln_2, mlp):
    y = x + attn(ln_2(x))
    return y + mlp(ln_1(y))


def parallel(x, ln_1, attn, ln_2, mlp):
    return x + attn(ln_1(x)) + mlp(ln_2(x))


def parallel_in_steps(x, ln_1, attn, ln_2, mlp):
    y = x + attn(ln_1(x))
    y = y + mlp(ln_2(x))
    return y


def parallel_one_norm(x, ln_1, attn, ln_2, mlp):
    normed = ln_1(x)
    return x + attn(normed) + mlp(normed)


def reads_the_finding(x, ln_1, attn, ln_2, mlp):
    a = attn(ln_1(x))
    m = mlp(ln_2(a))
    return x + a + m


def reads_the_norm(x, ln_1, attn, ln_2, mlp):
    h = ln_1(x)
    x = x + attn(h)
    h = ln_2(h)
    return x + mlp(h)


def x_twice(x, ln_1, attn, ln_2, mlp):
    y = x + attn(ln_1(x))
    return x + y + mlp(ln_2(y))


def x_lost(x, ln_1, attn, ln_2, mlp):
    a = attn(ln_1(x))
    return a + mlp(ln_2(x + a))


def attention_without_effect(x, ln_1, attn, ln_2, mlp):
    _ = x + attn(ln_1(x))
    return x + mlp(ln_2(x))


def mlp_first(x, ln_1, attn, ln_2, mlp):
    x = x + mlp(ln_2(x))
    return x + attn(ln_1(x))


def mlp_first_with_ln_1(x, ln_1, attn, ln_2, mlp):
    x = x + mlp(ln_1(x))
    return x + attn(ln_2(x))


def attention_lost(x, ln_1, attn, ln_2, mlp):
    y = x + attn(ln_1(x))
    return x + mlp(ln_2(y))


def one_detour(x, ln_1, attn, ln_2, mlp):
    return x + mlp(ln_2(attn(ln_1(x))))


def only_attention(x, ln_1, attn, ln_2, mlp):
    return x + attn(ln_1(x))


MISTAKEN = {
    "block": [
        ("parallel", parallel_in_steps),
        ("norms_exchanged + mlp_first", mlp_first_with_ln_1),
        ("one_detour", one_detour),
        *[
            (function.__name__, function)
            for function in (
                post_norm,
                no_norms,
                first_bare,
                second_bare,
                no_stream,
                first_replaces,
                second_replaces,
                overwritten,
                first_overwritten,
                second_overwritten,
                norm_of_the_answer,
                norm_beside,
                norm_before_and_after,
                addition_inside,
                stream_twice,
                times,
                ln_1_twice,
                ln_2_twice,
                norms_exchanged,
                parallel,
                parallel_one_norm,
                reads_the_finding,
                reads_the_norm,
                x_twice,
                x_lost,
                attention_without_effect,
                mlp_first,
                attention_lost,
                only_attention,
            )
        ],
    ],
}
