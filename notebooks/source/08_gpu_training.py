# ---
# jupyter:
#   aigc_lab:
#     minutes: 2
#     memory_mb: 2000
# ---

# %% [markdown]
# # 08 · GPU training: faster, larger, and still right
#
# Your GPT learns. Now it is to learn faster, and to grow. Which machine, which kind of numbers, how
# much memory, how many processes, how large a model: each of these is a choice that you can
# calculate before you pay for it, and then measure. And each has a way of going quietly wrong.
#
# **You will be able to**
#
# - run the same code on a CPU, an NVIDIA or AMD GPU, and Apple silicon,
# - measure time honestly, and test whether a device can be trusted,
# - say what float32, TF32, bfloat16 and float16 keep of a number, and what that costs in loss,
# - predict the memory and the arithmetic of a training, and compare them with measurements,
# - fit a scaling law, and train on two processes and get the same curve as on one.
#
# **You need** the training loop (notebook 06) and causal attention (notebook 03). No network. No
# GPU either: everything here runs without one, and uses one where there is one.
#
# **It takes** under two minutes and about 1 GB to run, and about three hours to read and solve.
# **Difficulty** ●●○ moderate.
#
# There are eight exercises. Until you have solved one, the course's own version stands in for it
# and says so, so every cell runs from the start.

# %%
import math

import numpy as np
import torch

from aigc_lab.core.runtime import describe_machine, pick_device
from aigc_lab.exercises import check, exercise, hint, progress

# %% [markdown]
# ## 1 · What a device is
#
# A **device** is a place that has memory of its own and can compute with what lies there. PyTorch
# knows them by short names: `cpu`; `cuda`, an NVIDIA GPU (PyTorch for AMD's GPUs uses this name
# too); `mps`, the GPU of an Apple computer. `pick_device` takes a GPU where there is one:

# %% tags=["nbval-ignore-output"]
device = pick_device()
machine = describe_machine()
print("computing on", device.type, "-", machine["cpu" if device.type == "cpu" else "device"])

# %% [markdown]
# (This notebook was written and checked on machines without a GPU. What it tells of GPUs comes from
# the sources at its end; what the cells print about *your* device is measured on your device.)
#
# Every tensor lies on one device. These three lines are the same on all of them:

# %%
a = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).to(device)  # made on the CPU, then copied over
b = torch.ones(2, 2, device=device)  # made on the device at once
print((a @ b).tolist())  # computed there; tolist brings the numbers back

# %% [markdown]
# What lies on two devices cannot be added or multiplied. (A tensor on the CPU that is a single
# number is an exception.) To see the error on any machine, we take a device that every PyTorch has:
# `meta`. It keeps the *shapes* of tensors and none of their numbers.

# %%
try:
    a + torch.ones(2, 2, device="meta")
except RuntimeError as error:
    print("refused:", "meta" in str(error))

# %% [markdown]
# `meta` is useful, too: here a model of one and a half billion parameters is made in a moment, in
# no memory at all, to count what it would need:

# %%
from aigc_lab.core.config import GPT_PRESETS, GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT

with torch.device("meta"):
    largest = GPT(GPT_PRESETS["gpt2-xl"])
print(f"GPT-2 XL: {largest.num_parameters():,} parameters, on", largest.wte.weight.device)

# %% [markdown]
# **Break it.** One difference trips up everybody once. For a tensor, `.to` returns a copy and
# leaves the tensor where it was. A model moves itself:

# %%
x, layer = torch.ones(3), torch.nn.Linear(3, 3)
x.to("meta")  # the copy is thrown away
layer.to("meta")
print("the tensor is on", x.device, "- the layer is on", layer.weight.device)

# %% [markdown]
# So it is `x = x.to(device)`, and `model.to(device)` *before* the optimizer is made: it must know
# the parameters, and keep its numbers, where they will be. The package's `Trainer` does both;
# `TrainConfig(device="auto")` picks as above.
#
# ## 2 · Measuring honestly
#
# A GPU works like a kitchen. The CPU writes an order, hands it in and goes on with its own work;
# the kitchen does the orders one after the other. This is called **asynchronous**, and it is why
# the most common measurement of a GPU is wrong.
#
# **By hand**, with a kitchen in which time stands still unless we move it. Writing an order takes
# 0.1 seconds, doing it 1 second:


# %%
class Kitchen:
    """A device that works on its own; `now` is the CPU's clock, in seconds."""

    def __init__(self):
        self.now, self.free_at, self.cpu, self.device = 0.0, 0.0, [], []

    def cpu_works(self, name, seconds):
        """The CPU is busy; note on its time line with what."""
        self.cpu.append((self.now, self.now + seconds, name))
        self.now += seconds

    def order(self, seconds=1.0):
        """Hand in an order that takes the device so many seconds."""
        self.cpu_works("order", 0.1)
        start = max(self.now, self.free_at)
        self.free_at = start + seconds
        self.device.append((start, self.free_at, "work"))

    def synchronize(self):
        """The CPU waits until every order is done."""
        self.cpu_works("", max(0.0, self.free_at - self.now))


# %%
careless, careful = Kitchen(), Kitchen()
for _ in range(4):
    careless.order()
    careful.order()
careful.synchronize()
print(f"clock read at once: {careless.now:.1f} s, after synchronize: {careful.now:.1f} s")

# %%
from aigc_lab.viz.devices import timelines

timelines(
    {
        "the clock is read at once, at 0.4 s": {"CPU": careless.cpu, "device": careless.device},
        "synchronize, then read": {"CPU": careful.cpu, "device": careful.device},
    },
    title="Four orders",
)

# %% [markdown]
# Whoever reads the clock at once has timed the writing of orders: in the first picture it shows a
# tenth of the time. (The thin line in the second is the CPU, waiting.) `torch.cuda.synchronize()`
# waits; the package's `synchronize(device)` does so on every kind of device. On a CPU there is
# nothing to wait for: a call returns when its work is done.
#
# **Break it: look at every number.** Reading a value, as `.item()`, `.tolist()` and `print` do,
# waits too. Whoever writes down the loss after *every* step lets the kitchen stand idle while the
# next batch is prepared. Here preparing takes half a second:

# %%
looks = {}
for every in (1, 4):
    kitchen = Kitchen()
    for step in range(1, 5):
        kitchen.cpu_works("prepare", 0.5)
        kitchen.order()
        if step % every == 0:
            kitchen.synchronize()  # the loss is read
    often = "step" if every == 1 else f"{every} steps"
    looks[f"the loss is read every {often}"] = {"CPU": kitchen.cpu, "device": kitchen.device}
    print(f"read every {often}: {kitchen.now:.1f} s")
timelines(looks)

# %% [markdown]
# Look at the gaps in the device's lane (a thin line: the CPU waits). That is why `Trainer` keeps
# losses on the device and, on a GPU, fetches ten at a time.
#
# ### Warm up, and take the median
#
# Two more things spoil a timing. The *first* call is slow: memory is asked from the system,
# libraries are loaded, a kernel (a small program for the device) is chosen or even compiled. And
# now and then the computer does something else, in the middle of a call. Ten calls of the same
# product of two matrices, of a shape that this process has not used before:

# %% tags=["nbval-ignore-output"]
import time

from aigc_lab.training.measuring import synchronize
from aigc_lab.viz.drawing import make_logarithmic
from aigc_lab.viz.functions import function_curves

left, right = torch.randn(2, 317, 317, device=device).to(torch.bfloat16)
times = []
for _ in range(10):
    synchronize(device)
    start = time.perf_counter()
    left @ right
    synchronize(device)
    times.append(1000 * (time.perf_counter() - start))
picture = function_curves({"": (range(1, 11), times)}, "call", "milliseconds", title="Ten calls")
axes = picture.axes[0]
axes.set(ylim=(min(times) / 2, 2 * max(times)), xticks=range(1, 11))
make_logarithmic(axes)
axes.lines[0].set(linestyle="", marker="o")
picture

# %% [markdown]
# (Equal heights are equal *ratios* here.) On most machines the first takes several times as long as
# most; and here and there one is disturbed, perhaps worse than the first. Suppose that these were
# your seconds:
#
# $$9, \; 2, \; 3, \; 2, \; 14, \; 3, \; 2$$
#
# Their mean is 5, a time that no call ever took. Leave out the first as **warm-up**, sort the other
# six, and take the middle, the **median**: $2, 2, 2, 3, 3, 14$ gives $2.5$. It stays the same
# if the disturbed call takes 14 hours.

# %%
example = [9, 2, 3, 2, 14, 3, 2]
print("mean", np.mean(example), "- median without the first", np.median(example[1:]))

# %% [markdown]
# ### Your turn: `median_seconds`
#
# `work()` does the work. `clock()` tells the time in seconds: a number whose *differences* mean
# something. Call `work` `warmup` times untimed (perhaps 0 times). Then call it `repeats` times (at
# least once), and time each call by itself, with `clock` read just before and just after it. Return
# the median of these times; of an even number of them, the mean of the middle two.
#
# Stuck? `hint(median_seconds)` in a cell of your own gives a push; call it again for a plan, and a
# third time for nearly the solution.


# %%
@exercise
def median_seconds(work, clock, repeats, warmup):
    """The median of the seconds that work() takes, by clock(), after warmup calls untimed."""
    ### BEGIN SOLUTION
    for _ in range(warmup):
        work()
    seconds = []
    for _ in range(repeats):
        start = clock()
        work()
        seconds.append(clock() - start)
    return float(np.median(seconds))
    ### END SOLUTION


# %%
check(median_seconds)

# %% [markdown]
# The package's has one more argument, the device that it waits for. With a clock that follows our
# seven numbers, both say the same:

# %%
from aigc_lab.training import measuring


def seven_calls():
    """Work that takes the seconds above, and the clock that shows it."""
    told = iter(np.cumsum(example))
    now = [0.0]
    return lambda: now.append(next(told)), lambda: now[-1]


work, clock = seven_calls()
mine = median_seconds(work, clock, repeats=6, warmup=1)
work, clock = seven_calls()
theirs = measuring.median_seconds(work, "cpu", repeats=6, warmup=1, clock=clock)
print(mine, "- equal to the package's:", mine == theirs)

# %% [markdown]
# > **Claim check.** “Training on a GPU is always faster.” Whatever the device, an order costs
# > something in itself. How long does it take to add two rows of numbers, of 10 numbers or of
# > a million?

# %%
lengths = [10, 100, 1_000, 10_000, 100_000, 1_000_000]
micro = []
for n in lengths:
    row = torch.ones(n, device=device)
    micro.append(1e6 * measuring.median_seconds(lambda row=row: row + row, device, repeats=30))
print("100 times the numbers take less than 10 times as long:", micro[2] < 10 * micro[0])

# %% tags=["nbval-ignore-output"]
for n, microseconds in zip(lengths, micro, strict=True):
    each = 1000 * microseconds / n
    print(f"{n:9,} numbers {microseconds:8.1f} microseconds, {each:8.2f} ns each")

# %% [markdown]
# **Verdict: wrong for small work**, for an addition at least; and training is made of thousands of
# such orders. Up to about a thousand numbers one pays for the order, not for the adding. On a GPU
# an order costs several microseconds, in which it could have added hundreds of thousands of
# numbers: a model of a few thousand parameters, one row at a time, can well train *faster* on the
# CPU. A GPU has to be filled: with wider matrices, longer rows, larger batches.
#
# ## 3 · Numbers with fewer bits
#
# Half as many bits per number are half the memory and half the traffic, and many devices multiply
# them faster. What is lost?
#
# A floating-point number is kept in three parts. The **sign** is one bit. The **exponent** says
# between which powers of two it lies. The **fraction** says where between them:
#
# $$\text{value} = ± \; 2^{\text{exponent}} · (1 + \text{fraction}).$$
#
# More exponent bits reach further; more fraction bits cut finer.


# %%
EXPONENT = {torch.float32: 8, torch.bfloat16: 8, torch.float16: 5}  # bits


def three_parts(number, dtype):
    """A number's sign, exponent and fraction as bits, and the value that they mean."""
    kept = torch.tensor([number]).to(dtype)
    whole, width = (torch.int32, 32) if dtype == torch.float32 else (torch.int16, 16)
    bits = format(kept.view(whole).item() % 2**width, f"0{width}b")
    end = 1 + EXPONENT[dtype]
    return (bits[0], bits[1:end], bits[end:]), f"{kept.item():.7g}"


print(three_parts(1.0, torch.bfloat16))

# %%
from aigc_lab.viz.bits import bit_rows
from aigc_lab.viz.explore import explore


def formats_of(number):
    """The same number in three formats, bit for bit."""
    names = {torch.float32: "float32", torch.bfloat16: "bfloat16", torch.float16: "float16"}
    rows = {name: three_parts(number, dtype) for dtype, name in names.items()}
    return bit_rows(rows, title=f"{number:g}, kept in three formats")


explore(formats_of, number=[0.1, 1.0, 1 + 1 / 256, 257.0, 70000.0, 1e-8, -2.0, 1e39])

# %% [markdown]
# **bfloat16** (“bf16”) is float32 with the last 16 bits rounded away: the same reach, with a
# fraction of 7 bits. **float16** gives more bits to the fraction and pays with its reach. **TF32**
# is no format to keep numbers in: NVIDIA's GPUs can round float32 numbers to 10 bits of fraction
# just before they multiply them, and add up in float32.

# %%
print("format     after 1 comes    largest   smallest above 0 at full precision")
for name in ("float32", "bfloat16", "float16"):
    info = torch.finfo(getattr(torch, name))
    print(f"{name:10} 1 + 1/{1 / info.eps:<9,.0f} {info.max:8.1e}   {info.tiny:.0e}")

# %% [markdown]
# **By hand.** What is $1 + \frac1{256}$ in bf16? After 1 comes $1 + \frac1{128}$; our number lies
# just in the middle between the two, and then the neighbour with an even fraction wins, which is 1.
# And $256 + 1$? With 8 significant bits (the 1 in front and the 7 of the fraction), the numbers
# after 256 are 258, 260 …; 257 is half way again, and 256 has the even fraction, so it is 256.

# %%
for number in (1 + 1 / 256, 1 + 3 / 256, 257.0, 259.0, 70000.0):
    half, brain = (torch.tensor(number).to(t).item() for t in (torch.float16, torch.bfloat16))
    print(f"{number:<11.7g} bfloat16 {brain:<11.7g} float16 {half:.7g}")

# %% [markdown]
# Rounding to any number of bits is two lines. `frexp` takes a number apart into a part between ½
# and 1 and a power of two:


# %%
def rounded(x, fraction_bits):
    """The nearest numbers that have only so many bits of fraction."""
    part, power = torch.frexp(x)
    steps = 2.0 ** (fraction_bits + 1)  # the 1 in front is a bit too, which nobody has to store
    return torch.ldexp(torch.round(part * steps) / steps, power)


many = torch.randn(100_000, generator=torch.Generator().manual_seed(0))
print("7 bits, equal to bfloat16:", torch.equal(rounded(many, 7), many.bfloat16().float()))

# %% [markdown]
# ### Where short numbers hurt: adding up
#
# A product of two bf16 numbers fits into a float32 without any rounding. The harm comes when many
# of them are added up in the short format. Add 1 a thousand times:

# %%
for name in ("float32", "float16", "bfloat16"):
    total = torch.tensor(0.0, dtype=getattr(torch, name))
    for _ in range(1000):
        total += 1
    print(f"{name:9} {total.item():g}")

# %% [markdown]
# At 256 bf16 stands still. (float16 does so at 2048.) So the matrix units of GPUs and CPUs multiply
# short numbers and add up in float32, or nearly (in what order, and how parts are joined, differs),
# and a self-test should look whether they do.
#
# What is left then is the rounding of the *factors*. Two matrices, rounded to each number of bits,
# multiplied without further rounding:

# %%
rng = np.random.default_rng(0)
left, right = (torch.tensor(rng.normal(size=(200, 200)), dtype=torch.float32) for _ in range(2))
exact = left.double() @ right.double()
for name, bits in {"TF32": 10, "float16": 10, "bfloat16": 7}.items():
    product = rounded(left, bits).double() @ rounded(right, bits).double()
    print(f"{name:9} typical error {(product - exact).norm() / exact.norm():.0e}")

# %% [markdown]
# ### Where it hurts most: the weights
#
# A step changes a weight by very little. In bf16 a change of less than $\frac1{512}$ of the weight
# is rounded away, *every time* (and up to $\frac1{256}$ it often is). A weight of 1, and a thousand
# steps of 0.001:

# %%
for name in ("float32", "bfloat16"):
    weight = torch.tensor(1.0, dtype=getattr(torch, name))
    for _ in range(1000):
        weight += 0.001
    print(f"{name:9} {weight.item():.3f}")

# %% [markdown]
# So one *computes* in bf16 and keeps the weights in float32, as **master weights** (Micikevicius et
# al. 2018). In PyTorch `autocast` does it: within it, matrix products take and give bf16; norms and
# the loss stay in float32 (on GPUs softmax too), and so do the weights and their gradients.
#
# What does each way cost in loss? The same small GPT, the same batches, three ways, two seeds. The
# texts are the stories of notebook 06, character by character.

# %%
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import Batches
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.town.documents import documents

SCALE = 1  # how long the trainings of sections 3, 8 and 9 are


def stories(count, split):
    """The English stories among so many documents of Tiny Town, as one long text."""
    found = documents(count, split, language="english")
    return "\n".join(document.text for document in found if document.kind == "story")


text, exam_text = stories(600, "train"), stories(200, "validation")
tokenizer = CharTokenizer.train(text + exam_text)
V = tokenizer.vocab_size
ids, exam_ids = (np.array(tokenizer.encode(part)) for part in (text, exam_text))
batches = Batches(ids, batch_size=16, block_size=32, validation=exam_ids, seed=0)
print(f"{len(ids):,} characters to learn from, V = {V}")


# %%
def small_gpt(seed=0, **changes):
    """A GPT with random weights for these characters, on the device."""
    torch.manual_seed(seed)
    shape = dict(block_size=32, n_layer=1, n_head=2, n_embd=48) | changes
    return GPT(GPTConfig.gpt2(vocab_size=V, **shape)).to(device)


def fall(step, steps):
    """Warm up for 20 steps, then fall to zero in a straight line."""
    return min(1, (step + 1) / 20) * (1 - step / steps)


def train_in(weights, compute, seed, kept=None, steps=300 * SCALE, lr=0.003):
    """Train with weights in one format, products in another; the model, and its losses.

    With `kept`, the weights are rounded to that format after each step. The third that is returned
    is the mean of the last 30 losses.
    """
    model, losses = small_gpt(seed, attention="explicit").to(weights), []
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * fall(step, steps)
        x, y = (part.to(device) for part in batches.next(step))
        with torch.autocast(device.type, compute, enabled=compute != weights):
            logits = model(x)
        loss = cross_entropy(logits.float(), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())  # stays on the device: no waiting
        for p in model.parameters() if kept else ():
            p.data.copy_(p.data.to(kept))
    losses = torch.stack(losses).tolist()
    return model, losses, np.mean(losses[-30:])


# %%
from aigc_lab.viz.plots import loss_curve

ways = {
    "float32": (torch.float32, torch.float32),
    "bf16 products, float32 weights": (torch.float32, torch.bfloat16),
    "everything in bf16": (torch.bfloat16, torch.bfloat16),
}
runs = {name: [train_in(*way, seed) for seed in (0, 1)] for name, way in ways.items()}
ends = {name: [end for _, _, end in two] for name, two in runs.items()}
first = {name: (range(len(two[0][1])), two[0][1]) for name, two in runs.items()}
loss_curve(first, title="The same steps in three ways (seed 0)")

# %%
full, mixed, short = (np.array(two) for two in ends.values())
print("bf16 products, float32 weights: within 0.02 of float32:", abs(mixed - full).max() < 0.02)
print("everything in bf16: worse by more than 0.05, both seeds:", (short - full).min() > 0.05)

# %% [markdown]
# The first two lines lie on one another: the products may be coarse, presumably since their errors
# point everywhere and cancel out. The third lags behind and stays behind. But more than one thing
# differs there: products, norms, gradients, the optimizer's averages, the weights. So change *one*:
# everything in float32, only the weights are rounded to bf16 after each step.

# %%
weights_only = np.array([train_in(*ways["float32"], seed, torch.bfloat16)[2] for seed in (0, 1)])
print("that alone does most of the harm:", (weights_only - full > 0.5 * (short - full)).all())

# %% [markdown]
# It is the small steps that are lost: the more of them, the lower the learning rate.
#
# Your machine may have no TF32, but we can say what it does to a trained model: round what goes
# into each of its linear layers, weights and inputs, to 10 bits of fraction. And to 7, as bf16's
# factors are, and to 3, as in one of the two common 8-bit formats.

# %%
import copy

judged = runs["float32"][0][0].cpu().eval()
exam = batches.evaluation(4)


def loss_rounded_to(fraction_bits):
    """The exam's loss when every linear layer rounds its weights and its inputs."""
    model = copy.deepcopy(judged)
    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.weight.data = rounded(layer.weight.data, fraction_bits)
            layer.register_forward_pre_hook(lambda _, given: rounded(given[0], fraction_bits))
    with torch.no_grad():
        return np.mean([cross_entropy(model(x), y).item() for x, y in exam])


cost = {bits: abs(loss_rounded_to(bits) - loss_rounded_to(23)) for bits in (10, 7, 3)}
print("TF32 changes the loss by less than 0.0005:", cost[10] < 0.0005)
print("bf16 by less than 0.005:                  ", cost[7] < 0.005)
print("3 bits by more than either:               ", cost[3] > max(cost[10], cost[7]))

# %% tags=["nbval-ignore-output"]
for name, two in {**ends, "float32, weights rounded": weights_only}.items():
    print(f"{name:31}", " ".join(f"{end:.3f}" for end in two))
print("rounded in the exam:", {f"{bits} bits": f"{value:.5f}" for bits, value in cost.items()})

# %% [markdown]
# (For matrix products TF32 is off unless you ask for it, with
# `torch.set_float32_matmul_precision("high")`.)
#
# And float16? Look at what its 5 bits of exponent cannot hold: a product of 300 and 300, and a
# gradient of 0.00000001.

# %%
lost, scale = torch.tensor(1e-8), 2.0**16
print("float16: 300 · 300 is", (torch.tensor(300.0).half() * 300).item())
print("1e-8 in float16:", lost.half().item(), "- in bfloat16:", f"{lost.bfloat16().item():.0e}")
print("scaled up, in float16, scaled down again:", f"{(lost * scale).half().item() / scale:.0e}")

# %% [markdown]
# So whoever trains in float16 multiplies the *loss* by a large number, so that all gradients grow
# with it, and divides again before the step (`torch.amp.GradScaler`, **loss scaling**). bf16 needs
# none of this: it reaches as far as float32.
#
# > **Claim check.** “bfloat16 halves the memory and the time.” Two products on this device, a small
# > and a large one, in both formats:

# %%
large, tiny = torch.randn(1024, 1024, device=device), torch.randn(48, 48, device=device)
print("bytes of the numbers themselves:", large.bfloat16().nbytes / large.nbytes)
ratio = {}
for name, matrix in {"48 wide": tiny, "1,024 wide": large}.items():
    brief = matrix.bfloat16()
    seconds = [
        measuring.median_seconds(lambda m=m: m @ m, device, repeats=9, warmup=2)
        for m in (matrix, brief)
    ]
    ratio[name] = seconds[1] / seconds[0]

# %% tags=["nbval-ignore-output"]
for name, value in ratio.items():
    print(f"{name:10} bf16 takes {value:.2f} of float32's time")

# %% [markdown]
# **Verdict: half right, and only for large products.** Where the hardware multiplies bf16, large
# products take half the time or much less; where it does not, they may take *longer*, since each
# number is converted first. Small products gain nothing, or lose: there one pays for the order. And
# of the memory of a training only a part is halved, as the last bar of section 5 shows: weights,
# gradients and the optimizer's numbers stay float32.
# `TrainConfig(precision="auto")` takes bf16 only where the hardware has it.
#
# ## 4 · Can this device be trusted?
#
# Devices have bugs. In 2026 a user of PyTorch found that on Apple's GPUs the fused attention (one
# kernel that never writes the attention weights down), in half precision (16 bits a number, bf16 or
# float16), applied the causal mask only *once for every four queries*; the other three saw tokens
# they had to predict (PyTorch's issue 195910). No error, no warning: the loss just looks wonderful.
# You know from notebook 06 what that is worth.
#
# So let us build such a device, beside an honest one:

# %%
from aigc_lab.model.attention import scaled_dot_product_attention


def honest(q, k, v):
    """Causal attention: query i sees keys 0 to i. q, k, v (…, T, D) -> (…, T, D)."""
    return scaled_dot_product_attention(q, k, v, is_causal=True, kernel="explicit")


def by_fours(q, k, v):
    """A faulty kernel: all four queries of a group see what the last of them may see."""
    at = torch.arange(q.shape[-2], device=q.device)
    mask = at <= (at // 4 * 4 + 3)[:, None]  # (T, T)
    return scaled_dot_product_attention(q, k, v, mask=mask, kernel="explicit")


# %% [markdown]
# How can we find out from outside? Change one token, that is its key and its value, and look which
# rows of the result change. Row $i$ may change with token $j$ only if $j ≤ i$.


# %%
def on_arrays(attend):
    """A device's attention for NumPy arrays (T, D)."""
    return lambda q, k, v: attend(*map(torch.tensor, (q, k, v))).numpy()


def who_feels_whom(attend, T=8, D=3):
    """(T, T): does row i of the result change when key and value j do?"""
    q, k, v = np.random.default_rng(0).normal(size=(3, T, D))
    before, felt = attend(q, k, v), np.zeros((T, T), dtype=bool)
    for j in range(T):
        other_k, other_v = k.copy(), v.copy()
        other_k[j] += 1
        other_v[j] += 1
        felt[:, j] = np.abs(attend(q, other_k, other_v) - before).max(axis=1) > 1e-6
    return felt


from aigc_lab.viz.arrays import array_maps

array_maps(
    {
        "honest": who_feels_whom(on_arrays(honest)),
        "by fours": who_feels_whom(on_arrays(by_fours)),
    },
    row_name="row i of the result",
    column_name="token j",
)

# %% [markdown]
# A tick says that row $i$ feels token $j$. On the left none stands above the diagonal. On the right
# they fill whole blocks: token 0 is told by tokens 1, 2 and 3, its own future.
#
# ### Your turn: `leaks_future`
#
# `attend(q, k, v)` is the attention of a device that you know nothing about: arrays $(T, D)$ in, of
# $T$ tokens with $D$ numbers each, and an array $(T, D)$ out. Return True if *any* row of its
# result depends on the key or on the value of *any* later token, and False if none does. You cannot
# look into it; you can only call it. Mind that
#
# - a device may differ in the last digits from call to call: changes below a millionth are
#   rounding; take anything larger for a leak;
# - if you put in other numbers, let them be *finite*: 0 times `nan` is `nan`;
# - only looking *ahead* counts. Whether it divides by $\sqrt{D}$, or sees all of the past, is not
#   your business here;
# - `q`, `k` and `v` must be afterwards what they were before.


# %%
@exercise
def leaks_future(attend, q, k, v):
    """Whether any row of attend(q, k, v) depends on keys or values after it.

    q, k, v: (T, D). attend returns (T, D).
    """
    ### BEGIN SOLUTION
    before = attend(q, k, v)
    for t in range(1, len(k)):
        other_k, other_v = k.copy(), v.copy()
        other_k[t:] += 1
        other_v[t:] += 1
        if not np.allclose(attend(q, other_k, other_v)[:t], before[:t], atol=1e-6):
            return True
    return False
    ### END SOLUTION


# %%
check(leaks_future)

# %%
q, k, v = np.random.default_rng(1).normal(size=(3, 7, 5))
for name, attend in {"honest": honest, "by fours": by_fours}.items():
    print(f"{name:9} leaks: {leaks_future(on_arrays(attend), q, k, v)}")

# %% [markdown]
# ### The real thing
#
# The package's `examine_device` asks the same in float32 and in bf16, of results *and* gradients,
# and with 131 tokens too: a kernel works through the table of attention in squares (tiles) of 16 or
# 64, say, and 131 does not fit evenly. Here it examines our faulty kernel:

# %%
from aigc_lab.training.selftest import examine_device, trusted

leaky = examine_device("cpu", attention=by_fours)
print("leaks:", leaky.leaks_future, "- an honest one:", examine_device("cpu", honest).leaks_future)

# %% [markdown]
# It also tests half precision: a product of matrices in bf16, against the same in float64. A device
# that adds up in bf16, as in section 3, is caught:


# %%
def adds_up_short(a, b):
    """A product of matrices (M, K) and (K, N) whose sums are kept in the format of a and b."""
    total = torch.zeros(len(a), b.shape[1], dtype=a.dtype)
    for k in range(len(b)):
        total += a[:, k, None] * b[k]
    return total


print("wrong half precision:", examine_device("cpu", matmul=adds_up_short).wrong_half)

# %% [markdown]
# To find a fault is good; to avoid it is better. `trusted` takes a model's config, a run's, and
# what was found, and gives back configs that avoid the fault: explicit attention (every weight is
# written down) in place of the fused one, float32 in place of half precision. It says so, because
# both cost time. (The first device gets two sentences, since its attention is wrong in bf16 as
# well.)

# %%
coarse = examine_device("cpu", matmul=adds_up_short)
wanted = TrainConfig(device="cpu", precision="bfloat16")
for findings in (leaky, coarse):
    shape, train, words = trusted(GPTConfig.gpt2(), wanted, findings)
    print(f"attention {shape.attention}, precision {train.precision}")
    print("   ", "\n    ".join(words))

# %% [markdown]
# And *your* device?

# %% tags=["nbval-ignore-output"]
findings = examine_device(device)
print(*(findings.notes or [f"{device}: attention is causal, half precision is good"]), sep="\n")

# %% [markdown]
# The recipes of section 10 look once, before they begin, and say what they avoid; the command
# `aigc-lab doctor` looks, too. For a `Trainer` of your own, call `trusted` first.
#
# ## 5 · What fills the memory
#
# “CUDA out of memory” is perhaps the best-known error message of this trade. What training holds
# can be counted beforehand. For each **parameter** there is one number, one number of **gradient**,
# and whatever the **optimizer** keeps: nothing for plain SGD, a velocity for momentum, two running
# averages for AdamW (notebook 06). By hand, a model of 5 parameters, with AdamW, in float32 (4
# bytes a number): $5 · (1 + 1 + 2) · 4 = 80$ bytes.
#
# ### Your turn: `training_bytes`
#
# Return the bytes of parameters, gradients and the optimizer's numbers, all kept in the same
# format. `optimizer` is `"sgd"`, `"momentum"` or `"adamw"`; `bytes_per_number` is 4 for float32, 2
# for bf16. The result is a whole number.


# %%
@exercise
def training_bytes(n_parameters, optimizer, bytes_per_number):
    """Bytes of parameters, gradients and what the optimizer keeps, together."""
    ### BEGIN SOLUTION
    kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer]
    return n_parameters * (2 + kept) * bytes_per_number
    ### END SOLUTION


# %%
check(training_bytes)

# %%
with torch.device("meta"):
    gpt2 = GPT(GPTConfig.gpt2())
n = gpt2.num_parameters()
print(f"GPT-2 small, {n:,} parameters: {4 * n / 1e9:.1f} GB as a file in float32,")
print(f"{training_bytes(n, 'adamw', 4) / 1e9:.1f} GB in training, before it has read one token")

# %% [markdown]
# ### Activations
#
# And then it reads. `backward` needs numbers of the forward pass again: the gradient of $x \, w$
# with respect to $w$ is made of $x$. Whatever is kept for that purpose is called an **activation**.
# PyTorch tells us what it keeps, if we ask. Here are 5 tokens of width $C = 3$, and the first half
# of an MLP:

# %%
x, up = torch.randn(5, 3), torch.randn(3, 12, requires_grad=True)
kept = []


def note(tensor):
    """Write down the shape of what is kept for the backward pass."""
    kept.append(tuple(tensor.shape))
    return tensor


with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
    torch.relu(x @ up).sum()
print("kept:", kept)

# %% [markdown]
# The input $(5, 3)$ for the gradient of `up`, and the result $(5, 12)$ for that of relu. Parameters
# do not care how much is read; activations grow with every token of the batch. `predict_memory`
# adds them up for a whole GPT, array by array. Here is its list for one block of width 128, with
# one row of 10 tokens, on a CPU:

# %%
from aigc_lab.training.activations import ForwardPass

one_block = GPTConfig.gpt2(vocab_size=V, block_size=128, n_layer=1, n_head=4, n_embd=128)
for array in ForwardPass(one_block, rows=1, length=10).block():
    print(f"{array.shape!s:16} {array.what}")

# %% [markdown]
# `measure_memory` counts what PyTorch keeps in one real step.

# %%
from aigc_lab.training.memory import measure_memory, predict_memory

config = GPTConfig.gpt2(vocab_size=V, block_size=128, n_layer=4, n_head=4, n_embd=128)
run = TrainConfig(batch_size=8, precision="float32", device=device.type)
model = GPT(config).to(device)
rows = torch.randint(V, (8, 128))

predicted, measured = predict_memory(config, run), measure_memory(model, rows, run)
fixed = predicted.parameters + predicted.gradients + predicted.optimizer
print("equal to training_bytes:", fixed == training_bytes(model.num_parameters(), "adamw", 4))
print("measured within 5%:", abs(measured.activations / predicted.activations - 1) < 0.05)

# %%
from aigc_lab.viz.devices import memory_bars

PARTS = ("parameters", "gradients", "optimizer", "activations")


def sizes(memory, unit=1e6, parts=PARTS):
    """The parts of a memory, in megabytes unless another unit is given."""
    return {part: getattr(memory, part) / unit for part in parts}


memory_bars({"predicted": sizes(predicted), "measured": sizes(measured)})

# %% [markdown]
# For 8 rows of 128 tokens the activations are by far the largest part. Two tricks make them
# smaller.
#
# **Accumulation** (notebook 06): run the batch in parts, add up the gradients, step once. Only one
# part's activations are held at a time.
#
# **Activation checkpointing**: of each block keep only its *input*. When the backward pass arrives,
# run the block forward once more. That is one forward pass more, where there were three (the
# backward pass counts as two): by this count a third more arithmetic, and far less memory. PyTorch
# has it as a function:

# %%
from torch.utils.checkpoint import checkpoint

block, stream = model.h[0], torch.randn(8, 128, 128, device=device, requires_grad=True)


def block_keeps(forward):
    """The bytes that one block keeps for the backward pass, and the gradient of its input."""
    pieces = {}

    def count(tensor):
        pieces[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        result = forward(stream)
    return sum(pieces.values()), torch.autograd.grad(result.square().sum(), stream)[0]


plain, gradient = block_keeps(block)
little, again = block_keeps(lambda x: checkpoint(block, x, use_reentrant=False))
print("less than a tenth is kept:", little < plain / 10)
print("the same gradient:        ", torch.allclose(gradient, again, rtol=1e-4, atol=1e-5))

# %% [markdown]
# In the package it is a switch: `TrainConfig(recompute=True)`. Measured and predicted, for our
# small model:

# %%
from dataclasses import replace

choices = {
    "plain": run,
    "4 parts": replace(run, accumulate=4),
    "recomputed": replace(run, recompute=True),
    "both": replace(run, accumulate=4, recompute=True),
}
bars = {}
for name, choice in choices.items():
    bars[name] = sizes(measure_memory(model, rows[: 8 // choice.accumulate], choice))
    guess = predict_memory(config, choice).activations / 1e6
    close = abs(bars[name]["activations"] / guess - 1) < 0.1
    print(f"{name:11} measured within 10% of the prediction: {close}")
memory_bars(bars)

# %% [markdown]
# And the prediction for something that you would not like to try out: GPT-2 small, 32 rows of 1,024
# tokens, in 16 parts or at once. Besides what is kept, the loss needs room for a moment: for every
# token and each of the 50,257 entries of the vocabulary a logit and two gradients (“temporary”; it
# can be measured only on CUDA). Checkpointing the blocks does not help against that; accumulation
# does. The last bar has neither, but bf16 products. The dashed line is a GPU with 16 GB; PyTorch
# itself, and what its allocator holds back, come on top.

# %%
large_run = TrainConfig(batch_size=32, precision="float32", device="cpu")
big_choices = {
    "plain": large_run,
    "16 parts": replace(large_run, accumulate=16),
    "recomputed": replace(large_run, recompute=True),
    "both": replace(large_run, accumulate=16, recompute=True),
}
needs = {name: predict_memory(gpt2.config, one) for name, one in big_choices.items()}
needs["bf16 products"] = predict_memory(gpt2.config, large_run, dtype=torch.bfloat16)
big = {name: sizes(need, 1e9, (*PARTS, "temporary")) for name, need in needs.items()}
memory_bars(big, unit="GB", limit=16, title="GPT-2 small, 32 rows of 1,024 tokens")

# %%
print("fits into 16 GB:", {name: need.total < 16e9 for name, need in needs.items()})

# %% [markdown]
# By accumulation and by checkpointing nothing is lost but time; the curve is the same:

# %%
from aigc_lab.training.loop import Trainer

curves = []
for choice in (dict(), dict(accumulate=4), dict(recompute=True)):
    short_run = TrainConfig(steps=5, batch_size=16, eval_batches=1, precision="float32", **choice)
    curves.append(Trainer(small_gpt(), batches, short_run).run().series("train_loss")[1])
print("three ways, one curve:", all(np.allclose(curve, curves[0], atol=1e-4) for curve in curves))

# %% [markdown]
# ## 6 · `torch.compile`
#
# PyTorch does one operation at a time, as it comes (this is called **eager**). Each reads its
# numbers from memory and writes its result back. Take squared ReLU, a factor and a residual:


# %%
class Chain(torch.nn.Module):
    """Four operations, one after the other."""

    def __init__(self):
        super().__init__()
        self.factor = torch.nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        return torch.relu(x).square() * self.factor + x


chain = Chain().to(device).requires_grad_(False)

# %% [markdown]
# By hand: relu reads and writes each number, so do the square and the product, and the sum reads
# two and writes one: $2 + 2 + 2 + 3 = 9$ trips to the memory for each number. A kernel that does
# all four at once reads $x$ and writes the result: 2 trips.
#
# A **compiler** looks at the whole function and writes such a kernel. `torch.compile` is that, in
# one line. It takes seconds to minutes at the *first* call, and once more when the shape changes;
# and it needs a C++ compiler (on a CPU) or Triton, a compiler for kernels (on a GPU), which a given
# machine may not have. The package's `Compiled` tries it out first, on something tiny and with a
# limit of time. Where it does not work, the model is called as it is. In both cases it says so in a
# word. (`freed_memory_kept` is for the CPU: for every result of millions of bytes it would ask the
# system for new memory, which takes longer than the arithmetic, and we would measure that.)

# %% tags=["nbval-ignore-output"]
from aigc_lab.core.allocator import freed_memory_kept
from aigc_lab.training.compiling import Compiled

start = time.perf_counter()
numbers = torch.randn(1_000_000, device=device)
quick = Compiled(chain, "always")
quick(numbers)
synchronize(device)
first_call = time.perf_counter() - start
print(quick.word)
with freed_memory_kept():
    eager, later = (
        measuring.median_seconds(lambda f=f: f(numbers), device, repeats=31, warmup=3)
        for f in (chain, quick)
    )
print(f"first call {first_call:.2f} s; later {1e6 * later:.0f} µs, eager {1e6 * eager:.0f} µs")

# %%
print("the same numbers:", torch.allclose(chain(numbers), quick(numbers), atol=1e-5))

# %% [markdown]
# > **Claim check.** “Put `torch.compile` in front of the model, it always pays.” After how many
# > calls have the seconds of the first come back?

# %% tags=["nbval-ignore-output"]
saved = eager - later
if saved < 0.1 * eager:
    print("never: on this machine the compiled function is no faster, or nothing was compiled")
else:
    print(f"after {first_call / saved:,.0f} calls")

# %% [markdown]
# **Verdict: only for long runs of one shape.** For this chain you see the number of calls; in a
# model only what lies between the matrix products gains much, since these are single kernels
# already. A few hundred steps on a CPU may be over before compiling has paid for itself; a day on a
# GPU may gain a good part of its time. Batches of changing length cost a second compilation, and a
# kernel for all lengths is a little slower. `TrainConfig(compile="auto")` compiles where it works
# and pays; the default is `"never"`.
#
# ## 7 · Arithmetic: how fast could it be?
#
# A **FLOP** is one floating-point operation: a multiplication, or an addition. A matrix of $2 × 3$
# times one of $3 × 4$ has $2 · 4$ results, each of 3 products and 3 sums (the first is added to 0):
# $2 · 2 · 3 · 4 = 48$ FLOPs. If the 2 rows are tokens and the $3 · 4 = 12$ numbers of the second
# matrix are weights, that is 24 for each token. So a matrix of $n$ weights costs *each token* $2n$
# FLOPs.
#
# Now a whole GPT of width $C$, for one token, in rows of $T$ tokens:
#
# - Each layer has four matrices: $C × 3C$ (queries, keys, values), $C × C$, and the MLP's $C × 4C$
#   and $4C × C$. In the end comes the output layer, $C × V$.
# - In the embedding tables a row is looked up, not multiplied. Biases, norms and softmax are small
#   change. All these are left out.
# - Attention has two products in which no weight takes part: a query with $T$ keys, $2 T C$ FLOPs
#   over all heads, and $T$ shares with values, another $2 T C$, in each layer; counted in full, as
#   if there were no mask.
# - The backward pass costs twice as much as the forward pass. So **training** costs *three* times
#   the forward pass.
#
# ### Your turn: `flops_per_token`
#
# Return the FLOPs of training per token, as a whole number, for `n_layer` layers, $C$ = `n_embd`,
# $V$ = `vocab_size`, in rows of $T$ = `length` tokens.


# %%
@exercise
def flops_per_token(n_layer, n_embd, vocab_size, length):
    """FLOPs of training per token of a GPT with GPT-2's shapes (F = 4C)."""
    ### BEGIN SOLUTION
    weights = n_layer * 12 * n_embd**2 + vocab_size * n_embd
    attention = n_layer * 4 * length * n_embd
    return 3 * (2 * weights + attention)
    ### END SOLUTION


# %%
check(flops_per_token)

# %% [markdown]
# The package's model knows the number too, and PyTorch can count what really happens in a forward
# and a backward pass:

# %%
from torch.utils.flop_counter import FlopCounterMode

counted = small_gpt(n_layer=2, attention="explicit")
with FlopCounterMode(display=False) as counter:
    cross_entropy(counted(rows[:3, :32].to(device)), rows[:3, :32].to(device)).backward()

mine = flops_per_token(2, 48, V, length=32)
print("equal to the package's:", mine == counted.flops_per_token(32))
print("equal to PyTorch's count:", 3 * 32 * mine == counter.get_total_flops())

# %% [markdown]
# A rule of thumb says: 6 FLOPs for each parameter and token. How good is it? (It forgets
# attention's two products, which grow with $T$: in rows of full length that is 10 to 15% here.)

# %%
for name in ("gpt2", "gpt2-xl"):
    c = GPT_PRESETS[name]
    with torch.device("meta"):
        n = GPT(c).num_parameters()
    each = flops_per_token(c.n_layer, c.n_embd, c.vocab_size, c.block_size) / n
    print(f"{name:8} {each:.2f} FLOPs per parameter and token")

# %% [markdown]
# ### Your turn: `mfu`
#
# How many of these FLOPs does a device manage in a second? Its **peak** is what it reaches in
# nothing but large products of matrices. The part of the peak that goes into a training is called
# **model FLOPs utilisation** (Chowdhery et al. 2022): the FLOPs that the model needs per second,
# divided by the peak. By hand: 1,000 tokens a second of 6 million FLOPs each are 6 GFLOP/s; of a
# peak of 24 GFLOP/s that is 0.25. Return it, as a fraction, for `tokens_per_second`,
# `flops_per_token` and `peak` (FLOP/s). (A result above 1 is not your function's fault: then the
# peak was measured badly.)


# %%
@exercise
def mfu(tokens_per_second, flops_per_token, peak):
    """Which part of the peak (in FLOP/s) goes into what the model needs."""
    ### BEGIN SOLUTION
    return tokens_per_second * flops_per_token / peak
    ### END SOLUTION


# %%
check(mfu)

# %%
mine, theirs = mfu(1000.0, 6e6, 24e9), measuring.mfu(1000.0, 6e6, 24e9)
print(mine, "- equal to the package's:", math.isclose(mine, theirs))

# %% [markdown]
# Now this machine: its measured peak, and two models at work, a narrow and a wide one.

# %%
peak = measuring.matmul_peak(device)


def step_of(model, x):
    """A training step without the optimizer: forward and backward."""

    def step():
        cross_entropy(model(x), x).backward()
        model.zero_grad()

    return step


speed = {}
for C in (32, 384):
    wide = small_gpt(n_embd=C, n_layer=2, block_size=128)
    x = torch.randint(V, (4, 128), device=device)
    seconds = measuring.median_seconds(step_of(wide, x), device, repeats=3)
    speed[C] = x.numel() / seconds, flops_per_token(2, C, V, 128)

# %% tags=["nbval-ignore-output"]
print(f"peak {peak / 1e9:,.0f} GFLOP/s in float32")
for C, (tokens, flops) in speed.items():
    print(f"C = {C:3}: {tokens:9,.0f} tokens/s, MFU {mfu(tokens, flops, peak):.0%}")

# %%
used = {C: mfu(*two, peak) for C, two in speed.items()}
print("the wide model uses more of the machine:", used[384] > used[32])

# %% [markdown]
# The narrow model reads many more tokens a second and wastes most of the machine. Published
# trainings of large models report 30 to 60% of the peak in the *data sheet*, which no real product
# reaches; our peak is measured, so our percentages are higher. With the MFU you can say what a
# training costs before it begins:
#
# $$\text{seconds} = \frac{\text{tokens} · \text{FLOPs per token}}{\text{MFU} · \text{peak}}.$$

# %% tags=["nbval-ignore-output"]
work = 10e9 * gpt2.flops_per_token()  # GPT-2 small on ten billion tokens
days = work / (0.4 * peak) / 86400
print(f"GPT-2 small on 10 billion tokens, here, at an MFU of 40%: {days:,.0f} days")
elsewhere = work / (0.4 * 300e12) / 86400
print(f"on a GPU with 300 TFLOP/s in bf16 in its data sheet, at 40% of that: {elsewhere:.1f} days")

# %% [markdown]
# ### Two limits: arithmetic and memory
#
# To compute, the device must first fetch the numbers. How many FLOPs it does for each byte that it
# fetches is the **intensity** of the work. A product of a matrix $(4096, 4096)$ with *one* token
# reads 67 MB of weights and does two FLOPs with each weight of 4 bytes: half a FLOP per byte. With
# 512 tokens, each weight that was fetched is used 512 times.
#
# Below a certain intensity, peak divided by memory speed, the memory is the limit; above it,
# arithmetic (Williams et al. 2009). That **roofline**, and three measured points:

# %%
from aigc_lab.viz.devices import roofline

bandwidth = measuring.memory_bandwidth(device)
weights = torch.randn(4096, 4096, device=device)
points = {}
for tokens in (1, 16, 512):
    x = torch.randn(4096, tokens, device=device)
    seconds = measuring.median_seconds(lambda x=x: weights @ x, device, repeats=3)
    flops, moved = 2 * weights.numel() * tokens, weights.nbytes + 2 * x.nbytes
    points[f"{tokens} token" + "s" * (tokens > 1)] = flops / moved, flops / seconds
roofline(peak, bandwidth, points, title="What this machine can do, and what it did")

# %%
single, full_house = points["1 token"], points["512 tokens"]
print(f"one token: {single[0]:.1f} FLOP per byte; 512 tokens: {full_house[0]:.0f}")
print("one token alone is on the side of memory:", single[0] < peak / bandwidth)
print("one token reaches less than half of the FLOP/s of 512:", single[1] < full_house[1] / 2)

# %% [markdown]
# In the picture, one token alone is left of the dotted line, where the two limits meet. (What it
# reaches may lie well below the slope, since a library's product is not at its best with a single
# column; but what limits it is the memory.)
#
# That is why **writing** is so different from **training**. Training sees thousands of tokens at
# once, and in its large products arithmetic is the limit: faster multiplication helps, such as
# bf16's. Writing one text sees one token at a time, and reading the weights is the limit: *smaller*
# weights help, even if they are not multiplied any faster, and so do many texts at once. (The KV
# cache of notebook 07 brought us there: without it, writing would still be bound by arithmetic.)
#
# ## 8 · A scaling law, live
#
# How large a model, how much text? Kaplan et al. (2020) found that over many orders of magnitude
# the loss falls as a **power law** of either. Hoffmann et al. (2022) wrote it with a floor, which
# they had to fit:
#
# $$\text{loss} = \text{floor} + \frac{A}{N^\alpha} + \frac{B}{\text{tokens}^\beta},$$
#
# with $N$ parameters. The second part is the price of a model that is too small, the third the
# price of too little text. Let us measure one where the floor is *known*. We need a language that
# we know all of, and which is hard enough that small models leave something over. So we make one:
# 64 tokens, and a table of what follows what. The table is built of 64 rules of falling importance;
# rule number $r$ weighs $r^{-0.6}$. A model with $C$ numbers for each token can hold about $C$ of
# them, since its output table makes all 64 logits of these $C$ numbers.


# %%
def make_language(V=64, seed=0):
    """What follows what (V, V): probabilities, from V rules of falling weight."""
    rng = np.random.default_rng(seed)
    left, right = (np.linalg.qr(rng.normal(size=(V, V)))[0] for _ in range(2))
    logits = (left * np.arange(1, V + 1) ** -0.6) @ right.T
    powers = np.exp(1.2 * logits / logits.std())
    return powers / powers.sum(axis=1, keepdims=True)


table = make_language()
often = np.linalg.matrix_power(table, 200)[0]  # how often each token comes, in the long run
surprise = -(table * np.log(table)).sum(axis=1)  # (V,): after each token
known_floor = often @ surprise
print(f"floor {known_floor:.3f}, ln 64 {math.log(64):.3f}")

# %% [markdown]
# Fresh text for each step, as much as we like. (Each text begins with a token drawn from `often`,
# and every next one from its row of the table.) To judge a model we need not count surprises: we
# know the true probabilities, and take the *expected* loss over the floor, without the dice.


# %%
def write(count, length, seed):
    """Texts in this language, (count, length)."""
    rng, steps = np.random.default_rng(seed), table.cumsum(axis=1)
    ids = np.empty((count, length), dtype=np.int64)
    ids[:, 0] = rng.choice(len(table), size=count, p=often)
    for t in range(1, length):
        dice = rng.random((count, 1))
        ids[:, t] = np.minimum((dice > steps[ids[:, t - 1]]).sum(axis=1), len(table) - 1)
    return torch.tensor(ids)


asked = write(512, 16, seed=10**6)


def above_floor(model):
    """How far a model's expected loss on the exam is above the floor."""
    with torch.no_grad():
        said = model(asked.to(device)).log_softmax(-1).cpu().double().numpy()  # (B, T, V)
    return -(table[asked] * said).sum(-1).mean() - surprise[asked].mean()


# %%
def grow(C, steps, lr=0.01):
    """Train a GPT of width C: its parameters, its tokens, and its loss above the floor."""
    torch.manual_seed(0)
    shape = dict(vocab_size=64, block_size=16, n_layer=1, n_head=1, tie_weights=False)
    model = GPT(GPTConfig.gpt2(n_embd=C, **shape)).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.95), weight_decay=0.0)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * fall(step, steps)
        rows = write(32, 17, seed=step).to(device)
        loss = cross_entropy(model(rows[:, :-1]), rows[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.num_parameters(), steps * 32 * 16, above_floor(model)


SIZES, LENGTHS = (4, 8, 16, 32), (100 * SCALE, 200 * SCALE, 400 * SCALE)
grid = np.array([[grow(C, steps) for steps in LENGTHS] for C in SIZES])  # (sizes, lengths, 3)
parameters, tokens, gaps = grid.reshape(-1, 3).T

# %% [markdown]
# ### Your turn: `fit_power_law`
#
# A power law $y = \text{factor} · x^{\text{exponent}}$ becomes a straight line when both sides are
# put into logarithms: $\ln y = \ln \text{factor} + \text{exponent} · \ln x$. By hand: from $(1, 8)$
# over $(2, 4)$ to $(4, 2)$ each doubling of $x$ halves $y$, so the exponent is $-1$ and the factor
# 8.
#
# `x` and `y` are arrays of positive numbers of the same length, with at least two different `x`, in
# any order. Fit the straight line in the logarithms by least squares (`np.polyfit(…, …, 1)` gives
# the slope, and the height where $\ln x = 0$, in this order). Return `factor` and `exponent`, in
# this order.


# %%
@exercise
def fit_power_law(x, y):
    """(factor, exponent) of y = factor * x**exponent, by least squares in log-log."""
    ### BEGIN SOLUTION
    exponent, height = np.polyfit(np.log(x), np.log(y), 1)
    return np.exp(height), exponent
    ### END SOLUTION


# %%
check(fit_power_law)

# %%
from aigc_lab.training import scaling

factor, exponent = fit_power_law(tokens[-3:], gaps[-3:])
theirs = scaling.fit_power_law(tokens[-3:], gaps[-3:])
print("equal to the package's:", np.allclose([factor, exponent], [theirs.factor, theirs.exponent]))
print("more tokens, smaller loss:", exponent < 0)

# %% [markdown]
# Now all twelve points: the loss *above the floor* against the parameters, a line for each number
# of tokens. Both axes are logarithms, so a power law would be a straight line. Dots are measured;
# lines are the straight lines that fit them best, with their exponents beside them ($x$ is what the
# axis below counts).

# %%
from aigc_lab.viz.scaling import log_log

by_tokens = {f"{row[0, 1]:,.0f} tokens": (row[:, 0], row[:, 2]) for row in grid.transpose(1, 0, 2)}
laws = {name: scaling.fit_power_law(*points) for name, points in by_tokens.items()}
log_log(by_tokens, "parameters N", "loss above the floor, nats per token", laws)

# %% [markdown]
# And the same twelve points against the tokens, a line for each size:

# %%
by_size = {f"C = {C}": (row[:, 1], row[:, 2]) for C, row in zip(SIZES, grid, strict=True)}
size_laws = {name: scaling.fit_power_law(*points) for name, points in by_size.items()}
log_log(by_size, "tokens", "loss above the floor, nats per token", size_laws)

# %%
print("larger is better at the same tokens:    ", (np.diff(grid[:, -1, 2]) < 0).all())
print("more tokens are better at the same size:", (np.diff(grid[:, :, 2], axis=1) < 0).all())

# %% [markdown]
# In the first picture the points bend away from the lines, and the line of the fewest tokens is the
# flattest. So it should be: with few tokens a larger model helps less, since then the third part of
# the formula is the largest. In the second, the smallest model gains the least from more text.
# `fit_scaling` finds both parts at once, from all points. (We pass what is above the floor, so the
# floor that is left is 0.)

# %%
law = scaling.fit_scaling(parameters, tokens, gaps, floor=0.0)
missed = np.abs(law.loss(parameters, tokens) / gaps - 1)
print("every point within a quarter of the law:", missed.max() < 0.25)

# %% tags=["nbval-ignore-output"]
print(f"above the floor: {law.A:.3g} / N^{law.alpha:.2f} + {law.B:.3g} / tokens^{law.beta:.2f}")
print(f"points miss it by {missed.mean():.0%} on average, by {missed.max():.0%} at most")

# %% [markdown]
# What is it good for? For saying what *will* happen. The next model has more than three times as
# many parameters as any so far, and sees twice as many tokens. First the prediction, then the
# training:

# %%
with torch.device("meta"):
    shape = dict(vocab_size=64, block_size=16, n_layer=1, n_head=1, tie_weights=False)
    n = GPT(GPTConfig.gpt2(n_embd=64, **shape)).num_parameters()
promised = float(law.loss(n, 800 * SCALE * 32 * 16))
N, seen, reached = grow(64, 800 * SCALE)
print("the prediction is right within a third:", abs(promised / reached - 1) < 1 / 3)

# %% tags=["nbval-ignore-output"]
print(f"N = {N:,.0f}: promised {promised:.3f} nats above the floor, reached {reached:.3f}")

# %% [markdown]
# **Break it: forget the floor.** Fit the power law to the loss itself. The few points hardly
# object. But look where it leads:

# %%
four_sizes, four_losses = grid[:, -1, 0], known_floor + grid[:, -1, 2]
raw = scaling.fit_power_law(four_sizes, four_losses)
print("it fits all four points within 2%:", np.allclose(raw.at(four_sizes), four_losses, rtol=0.02))
print("for the model just trained it promises a loss below the floor:", raw.at(N) < known_floor)

# %% [markdown]
# An honest word. Twelve points of toy models show a *method*. The exponents are those of our
# language (its rules fall with a power, which we chose), of our optimizer, and of our rates. Text
# and steps grow together here, 512 tokens a step, so $\beta$ is of both: too little text and too
# few steps cannot be told apart.
#
# For web text and models up to a million times larger, Hoffmann et al. fitted $\alpha ≈ 0.34$ and
# $\beta ≈ 0.28$, from about 400 trainings, and a reanalysis of the same points came to other
# numbers (Besiroglu et al. 2024). And no law says what a model will be able to *do*: in notebook 06
# some abilities came early, others late or not at all, and the loss did not say which.
#
# > **Claim check.** “A larger model is always better.” At the same number of *tokens* it was so
# > above. But a larger model costs more for each token. Three sizes, each with as many tokens as
# > the same arithmetic pays for. (We count it as $N · \text{tokens}$, a rule of thumb: by your
# > `flops_per_token` the large one gets about a quarter more than the small one.)

# %%
middle = grid[2, -1]  # C = 16, the most steps
budget = middle[0] * middle[1]
small_N, large_N = grid[1, 0, 0], N
rivals = {
    "small": grow(8, round(budget / small_N / 512)),
    "middle": tuple(middle),
    "large": grow(64, round(budget / large_N / 512)),
}
for name, (size, seen, _) in rivals.items():
    print(f"{name:7} N = {size:6,.0f}, {seen:9,.0f} tokens")
losses = {name: gap for name, (_, _, gap) in rivals.items()}
print("the best of the three:", min(losses, key=losses.get))

# %%
across = np.geomspace(600, 100_000, 60)
picture = function_curves(
    {"the law": (across, law.loss(across, budget / across))},
    "parameters",
    "nats above the floor",
    {name: (size, gap) for name, (size, _, gap) in rivals.items()},
    title="The same arithmetic, spent on models of different size",
)
make_logarithmic(picture.axes[0], "x")
picture

# %% [markdown]
# **Verdict: half right.** For given text, larger is better. For given *arithmetic* there is a best
# size, and beyond it the model is too large for the few tokens it still gets to see. The curve is
# drawn from the fitted law; the large model lies off it, since the law was fitted to no training as
# short as that. The curve's low point is what Hoffmann et al. computed for large models; those of
# their day, they found, were too large for their text.
#
# ## 9 · Two processes, one curve
#
# One device is not enough? Take several, each with a copy of the model. Each process gets its share
# of the batch and computes a gradient; then all gradients are averaged, and every process makes the
# *same* step. So the copies, equal at the start, stay equal. This is **data-parallel** training.
#
# By hand: four rows have the gradients 1, 3, 5 and 7; their mean is 4. Process 0 gets the first
# two, with mean 2, process 1 the others, with mean 6. The mean of 2 and 6 is 4 again.
#
# ### Your turn: `shard`
#
# `batch` is an array $(B, T)$, $B$ rows of $T$ ids. Of `size` processes, with the numbers `rank` =
# 0, 1, …, each gets $B$ / `size` rows, in one piece and in their order: process 0 the first rows,
# process 1 the next. Return the rows of process `rank`. Where $B$ does not divide by `size` (also
# when there are more processes than rows), raise a `ValueError`: somebody would get less than the
# others, or nothing.


# %%
@exercise
def shard(batch, rank, size):
    """The rows (B / size, T) of process number rank, of a batch (B, T)."""
    ### BEGIN SOLUTION
    if len(batch) % size:
        raise ValueError(f"{len(batch)} rows do not divide among {size} processes")
    rows = len(batch) // size
    return batch[rank * rows : (rank + 1) * rows]
    ### END SOLUTION


# %%
check(shard)

# %% [markdown]
# ### Your turn: `average_gradients`
#
# If some targets are not scored (−100; notebook 06, section 7), then the shares have different
# numbers of scored targets, and the plain mean of the gradients is wrong, for the same reason as in
# accumulation: it is the same sum, spread over space instead of time.
#
# `gradients` is a list with an entry for each process: a list of arrays, one for each parameter,
# the same shapes in every process. They are gradients of *that process's mean* loss over its scored
# targets; `scored` says how many these were (where it was 0, the arrays are zeros). Return a list
# of arrays, one for each parameter: the gradient of the mean loss over all scored targets of all
# processes (at least one).


# %%
@exercise
def average_gradients(gradients, scored):
    """The gradient of the mean loss over all targets, from those of several processes.

    gradients: for each process a list of arrays; scored: for each process a number of targets.
    """
    ### BEGIN SOLUTION
    total = sum(scored)
    return [
        sum(n * part for n, part in zip(scored, parts, strict=True)) / total
        for parts in zip(*gradients, strict=True)
    ]
    ### END SOLUTION


# %%
check(average_gradients)

# %% [markdown]
# With a GPT: a batch of 16 rows in which the first rows score few targets and the last ones many;
# at once, and by four processes:


# %%
def gradients_of(x, y):
    """The gradient of a newborn GPT's mean loss, a list of arrays."""
    model = small_gpt()
    cross_entropy(model(x.to(device)), y.to(device)).backward()
    return [p.grad.cpu().numpy() for p in model.parameters()]


def distance(one, other):
    """How far apart two lists of arrays are, in parts of the second's size."""
    far = sum(((a - b) ** 2).sum() for a, b in zip(one, other, strict=True))
    return math.sqrt(far / sum((b**2).sum() for b in other))


x, y = batches.next(0)
for row in range(16):
    y[row, 2 + 2 * row :] = -100
shares = [[torch.tensor(shard(part.numpy(), rank, 4)) for part in (x, y)] for rank in range(4)]
scored = [int((y != -100).sum()) for _, y in shares]
apart, whole = [gradients_of(*share) for share in shares], gradients_of(x, y)

print("scored targets:", scored)
print("equal to the whole batch's:      ", distance(average_gradients(apart, scored), whole) < 1e-4)
plain = [sum(parts) / 4 for parts in zip(*apart, strict=True)]
print("the plain mean is off by over 10%:", distance(plain, whole) > 0.1)

# %% [markdown]
# **Break it: forget to average.** Two copies, each with its own half of every batch, for ten steps:


# %%
def two_copies(average):
    """Train two copies on their shares; the largest difference between two of their weights."""
    copies = [small_gpt(), small_gpt()]
    optimizers = [torch.optim.AdamW(model.parameters(), lr=0.003) for model in copies]
    for step in range(10):
        for rank, model in enumerate(copies):
            x, y = (torch.tensor(shard(p.numpy(), rank, 2)) for p in batches.next(step))
            model.zero_grad()
            cross_entropy(model(x.to(device)), y.to(device)).backward()
        for one, other in zip(*(model.parameters() for model in copies), strict=True):
            if average:
                one.grad = other.grad = (one.grad + other.grad) / 2
        for optimizer in optimizers:
            optimizer.step()
    pairs = zip(*(model.parameters() for model in copies), strict=True)
    return max((one - other).abs().max().item() for one, other in pairs)


print("averaged: the copies are equal:", two_copies(average=True) == 0)
print("not averaged: they are not:    ", two_copies(average=False) > 0.01)

# %% [markdown]
# ### Really two processes
#
# PyTorch's name for this is `DistributedDataParallel`: it averages gradients while the backward
# pass is still going on. Its launcher is `torchrun`, which starts the same program several times
# and tells each process its rank and how many there are. In the package, `team` joins them, and the
# `Trainer` gives each its rows; only the first process writes and shows anything. This program is
# started twice, on two CPU processes (on a machine with several GPUs each process would take one of
# its own):


# %%
def make_trainer(folder, team=None):
    """A GPT on stories of Tiny Town for 40 steps; its curve goes into the folder."""
    import torch

    from aigc_lab.core.config import GPTConfig, TrainConfig
    from aigc_lab.model.gpt import GPT
    from aigc_lab.pretrained.load import load_pretrained
    from aigc_lab.town.batches import TownBatches
    from aigc_lab.training.loop import Trainer

    tokenizer = load_pretrained("town-gpt2").tokenizer
    batches = TownBatches(tokenizer, batch_size=8, block_size=32, kinds=("story",))
    torch.manual_seed(0)
    shape = dict(block_size=32, n_layer=1, n_head=2, n_embd=32)
    model = GPT(GPTConfig.gpt2(vocab_size=tokenizer.vocab_size, **shape))
    dials = dict(batch_size=8, eval_batches=1, precision="float32", device="cpu")
    return Trainer(model, batches, TrainConfig(steps=40, **dials), folder, team=team)


# %%
import inspect
import subprocess
import sys
import tempfile
from pathlib import Path

place = Path(tempfile.mkdtemp())
main = """
if __name__ == "__main__":
    import sys

    from aigc_lab.training.parallel import team

    with team("cpu") as us:
        make_trainer(sys.argv[1], us).run()
"""
(place / "program.py").write_text(inspect.getsource(make_trainer) + main)
torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
command = [sys.executable, *torchrun, place / "program.py", place / "two"]
process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
try:
    said, _ = process.communicate(timeout=120)
except subprocess.TimeoutExpired:
    process.terminate()  # torchrun ends its processes too
    said, _ = process.communicate()

# %% [markdown]
# And the same in one process, here. The curves should be equal, but for rounding: the processes add
# up the same numbers in another order.

# %%
from aigc_lab.training.checkpoint import read_metrics

alone = make_trainer(place / "one").run().series("train_loss")
shown = {"one process": alone}
if process.returncode == 0:
    records = [r for r in read_metrics(place / "two" / "metrics.jsonl") if "train_loss" in r]
    together = [r["step"] for r in records], [r["train_loss"] for r in records]
    shown["two processes"] = together
    print("steps written:", len(together[0]))
    print("the same curve:", np.allclose(alone[1], together[1], atol=1e-3))
else:
    print("Two processes could not be started here; the end of what they said:", said[-500:])

# %%
loss_curve(shown, title="The same batches, shared out")

# %%
import shutil

shutil.rmtree(place)

# %% [markdown]
# The second line lies on the first. Does it also take half the time? Each process does half of the
# work, but then they must exchange gradients: with every step, each sends and receives as many
# numbers as the model has parameters, or up to twice as many, and all wait for the slowest. So it
# pays for large batches on fast connections, not for a toy like this one.
#
# > **Claim check.** “With eight times the batch one gets the same result in an eighth of the
# > steps.” The same text, the same model, once in 320 batches of 8 rows, once in 40 batches of 64,
# > with the same learning rate, and with larger ones:


# %%
def learn(rows, lr, tokens=320 * 8 * 32 * SCALE):
    """Train on so many tokens in batches of so many rows; the exam's loss."""
    lessons = Batches(ids, batch_size=rows, block_size=32, validation=exam_ids, seed=0)
    model, steps = small_gpt(), tokens // (rows * 32)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * fall(step, steps)
        x, y = (part.to(device) for part in lessons.next(step))
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        pairs = [(x.to(device), y.to(device)) for x, y in exam]
        return np.mean([cross_entropy(model(x), y).item() for x, y in pairs])


small_batches = learn(8, lr=0.003)
large_batches = {lr: learn(64, lr) for lr in (0.003, 0.006, 0.012, 0.024)}
print("the same rate: worse by more than 0.2:", large_batches[0.003] > small_batches + 0.2)
print("a larger rate helps:", min(large_batches.values()) < large_batches[0.003])
print("the best of them is as good:", min(large_batches.values()) <= small_batches)

# %% tags=["nbval-ignore-output"]
print(f"320 batches of 8: {small_batches:.2f}")
for lr, loss in large_batches.items():
    print(f" 40 batches of 64, lr = {lr:<5}: {loss:.2f}")

# %% [markdown]
# **Verdict: wrong, at least early in a training.** A larger batch has a less noisy gradient, so it
# can bear a larger learning rate; but it is still one step, and here forty are too few. (This is
# one seed, and half of the forty steps warm up. With three steps of warm-up the best is no better.)
# Up to a certain size, which grows as the loss falls, larger batches cost little; beyond it they
# are wasted (McCandlish et al. 2018). What *does* give the same result is sharing out *one* batch,
# as above.
#
# ## 10 · Recorded runs
#
# Some runs take longer than you want to wait, or a machine that you do not have. The package keeps
# the records of such runs: each with its machine, versions, seed, command and commit. Here is what
# is there, as it was recorded:

# %%
from aigc_lab.core.files import data_folder, read_json

recorded = {}
for curve in sorted(data_folder().glob("runs/*/metrics.jsonl")):
    machine = read_json(curve.parent / "run.json")["machine"]
    scores = [r for r in read_metrics(curve) if r.get("val_loss") is not None]
    minutes = [r["seconds"] / 60 for r in scores]
    recorded[curve.parent.name] = machine, (minutes, [r["val_loss"] for r in scores])
    where = machine["cpu"] if machine["device"] == "cpu" else machine["device"]
    print(f"{curve.parent.name}: on {where}, PyTorch {machine['libraries']['torch']}")
on_gpu = [name for name, (machine, _) in recorded.items() if machine["device"] != "cpu"]
print("recorded on a GPU:", ", ".join(on_gpu) or "none so far")

# %%
picture = function_curves(
    {f"{name} (recorded)": curve for name, (_, curve) in recorded.items()},
    "minutes on the machine it was recorded on",
    "validation loss, nats per token",
    title="Recorded runs",
)
heights = np.concatenate([losses for _, (_, losses) in recorded.values()])
picture.axes[0].set_ylim(heights.min() / 1.1, 1.1 * heights.max())
make_logarithmic(picture.axes[0])
picture

# %% [markdown]
# `town-gpt2` is the training of the checkpoint that comes with this course, its first and by far
# longest part. (Two short ones followed, which drilled what it was weakest at; their records lie in
# folders inside this one.) As long as the list says “none so far”, nobody has recorded a run on a
# GPU yet, and this notebook shows no measurement of one. If you have a GPU, change that. In a
# checkout of the course,
#
#     python -m tools.record_gpu
#
# trains on tiny Shakespeare, measures a step of GPT-2's size, and writes a folder
# `data/runs/gpu-…` with the curve and its machine; run the two cells above again, and it is among
# them.
#
# For runs of your own there are **recipes**: a text, a tokenizer, a model and a training that go
# together.

# %% tags=["nbval-ignore-output"]
from aigc_lab.training.recipes import RECIPES

for name, recipe in RECIPES.items():
    print(f"{name:21} {recipe.why}")

# %% [markdown]
# Each begins with a **plan**: parameters, tokens, and the memory and the time on *this* device, the
# time from a short measurement. Everything in it you have calculated in this notebook:

# %% tags=["nbval-ignore-output"]
from aigc_lab.training.plan import make_plan, require_fit

recipe = RECIPES["town"]
print("\n".join(make_plan(recipe.model, recipe.train, device).lines()))

# %% [markdown]
# And what cannot fit is refused, with the least change that makes it fit. GPT-2 small with half a
# million tokens a step, all of them at once:

# %% tags=["nbval-ignore-output"]
recipe = RECIPES["gpt2-124m"]
try:
    require_fit(make_plan(recipe.model, replace(recipe.train, accumulate=1), device))
except ValueError as error:
    print(error)

# %% [markdown]
# In a terminal, `python -m aigc_lab.training town` prints the plan and begins (with `--plan` it
# stops there). With `torchrun --nproc-per-node 2 -m aigc_lab.training town` two processes share the
# work.
#
# ## 11 · What you have seen
#
# - A device has memory of its own and works on its own: `.to(device)`, synchronize before you read
#   the clock, warm up, take the median. And do not trust it blindly: change the future, and see
#   whether the past moves.
# - bf16 reaches as far as float32 and keeps two or three digits of a number. Products bear that;
#   sums and small steps do not: add up in float32, keep the weights in float32.
# - Four numbers for each parameter with AdamW, and activations that grow with every token.
#   Accumulation and checkpointing trade them for some time, and change no gradient.
# - FLOPs can be counted, the peak can be measured, and their ratio says how busy a device is.
#   The products of training are bound by arithmetic, writing by memory.
# - Loss above the floor falls as a power of parameters and tokens; the law predicts larger models,
#   and needs the floor.
# - Data-parallel training averages gradients, each weighed by its scored targets, and follows the
#   curve of one process.

# %%
progress("08")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>On a GPU a step takes 0.4 ms, says your clock, and printing its loss takes 200
# ms. What takes so long?</summary>The step. It was only ordered in 0.4 ms; printing had to wait for
# it.</details>
#
# <details><summary>A model of 1.5 billion parameters, AdamW, everything in float32. How much memory
# before the first token? And does bf16 autocast halve it?</summary>Four numbers of 4 bytes for each
# parameter: 24 GB. No: autocast keeps weights, gradients and averages in float32. It makes
# activations smaller.</details>
#
# <details><summary>On a new computer the same script suddenly reaches half the loss, in bf16. What
# do you do before you celebrate?</summary>Examine the device: does attention leak? Compare with
# explicit attention, in float32.</details>
#
# <details><summary>A training with everything in bf16 learns well at first. When the learning rate
# falls, it stands still. Why?</summary>The steps become smaller than 1/512 of the weights, and are
# rounded away. Keep the weights in float32.</details>
#
# <details><summary>Why do weights of 8 bits speed up writing, even where they are turned into
# float32 before each product?</summary>Writing one token at a time is bound by reading the weights,
# and there are fewer bytes to read. The arithmetic had time to spare.</details>
#
# <details><summary>One model has a loss of 3.60, one ten times as large 3.55. The floor is 3.50. Is
# the step large or small?</summary>Large: what could be gained was halved. With the floor taken
# off, 0.10 became 0.05, which is an exponent of −0.3.</details>
#
# **Take it further.** Take the language of section 8 and change what its rules weigh: $r^{-0.3}$,
# $r^{-1.2}$. How do the exponents change, and can you say in advance in which direction? Then take
# a text without a known floor, such as Python's documentation, fit the floor as well
# (`fit_scaling(…, floor=None)`), and see how far it moves when you leave out one point.
#
# **Read next.**
#
# - Micikevicius et al. (2018), *Mixed Precision Training*: master weights and loss scaling.
# - Chen et al. (2016), *Training Deep Nets with Sublinear Memory Cost*: activation checkpointing.
# - Williams, Waterman and Patterson (2009), *Roofline*: two limits in one picture.
# - Dao et al. (2022), *FlashAttention*: a fused kernel, and why memory decides.
# - Kaplan et al. (2020), *Scaling Laws for Neural Language Models*, and Hoffmann et al. (2022),
#   *Training Compute-Optimal Large Language Models*; with Besiroglu et al. (2024), *Chinchilla
#   Scaling: A Replication Attempt*.
# - Li et al. (2020), *PyTorch Distributed*; McCandlish et al. (2018), *An Empirical Model of
#   Large-Batch Training*.
# - Notebook 09: pretrained GPT-2, in the very class that you have built.
