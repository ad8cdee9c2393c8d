"""Notebook 10: the mistakes known of the exercise in maps_8_rollout."""

from __future__ import annotations

from aigc_lab.exercises.bank.maps_8_rollout_flawed import (
    averaged_in_turn,
    identity_of_layers,
    identity_of_layers_at_once,
    same_layer_again,
    stream_from_the_start,
)
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_8_rollout

HALF = "Half of a state comes through attention, half through the stream. What should a row sum to?"
SIZE = "len(maps) is the first of the three sizes (L, T, T). Which one do you need?"
LEFT = "The newest layer decides which states are looked at. On which side of @ must it stand?"
EACH = "One table (T, T) after each layer: (L, T, T) went in, and (L, T, T) comes out."
BELOW = "Layer 1 looks at states that layer 0 has mixed already. Where is that in your code?"

MISTAKES = (
    Mistake(
        "no residual stream",
        symptom="what a token holds itself is lost from layer to layer",
        diagnosis="you multiply the maps as they are, without the identity for the residual stream",
        hint=HALF,
        knobs={"mix": "none"},
    ),
    Mistake(
        "not halved",
        symptom="the rows sum to 2, 4, 8 and so on",
        diagnosis="you add the identity and do not divide by 2",
        hint=HALF,
        knobs={"mix": "not halved"},
    ),
    Mistake(
        "half of the identity alone",
        symptom="the rows sum to more than 1",
        diagnosis="A + I / 2 divides the identity only; a bracket is missing",
        hint=HALF,
        knobs={"mix": "half of I alone"},
    ),
    Mistake(
        "half of the map alone",
        symptom="the rows sum to more than 1",
        diagnosis="A / 2 + I divides the map only",
        hint=HALF,
        knobs={"mix": "half of A alone"},
    ),
    Mistake(
        "halved without the stream",
        symptom="the rows sum to 1/2, 1/4, 1/8 and so on",
        diagnosis="you halve the maps, and the other half, the identity, is missing",
        hint=HALF,
        knobs={"mix": "no identity, halved"},
    ),
    Mistake(
        "identity of L",
        symptom="it stops with a ValueError: the shapes do not fit",
        diagnosis="np.eye(len(maps)) has as many rows as there are layers, not as there are tokens",
        hint=SIZE,
        wrong=identity_of_layers,
    ),
    Mistake(
        "identity of L, all layers at once",
        symptom="it stops with a ValueError: the shapes do not fit",
        diagnosis="np.eye(len(maps)) has as many rows as there are layers, not as there are tokens",
        hint=SIZE,
        wrong=identity_of_layers_at_once,
    ),
    Mistake(
        "ones for the identity",
        symptom="tokens get shares of the future",
        diagnosis="you add 1 to every number, where only the diagonal stands for the stream",
        hint="Print your identity for T = 3. np.eye or np.ones?",
        knobs={"mix": "ones"},
    ),
    Mistake(
        "ones, divided",
        symptom="tokens get shares of the future",
        diagnosis="you add 1 to every number and divide by the rows' sums; only the diagonal "
        "stands for the stream",
        hint="Print your identity for T = 3. np.eye or np.ones?",
        knobs={"mix": "ones, divided"},
    ),
    Mistake(
        "columns made 1",
        symptom="the columns sum to 1, and the rows do not",
        diagnosis="you divide A + I by the sums of its columns; the shares of a query are a row",
        hint=HALF,
        knobs={"mix": "by columns"},
    ),
    Mistake(
        "divided by all",
        symptom="the numbers shrink quickly from layer to layer",
        diagnosis="you divide A + I by the sum of all its numbers",
        hint=HALF,
        knobs={"mix": "by all"},
    ),
    Mistake(
        "times the identity",
        symptom="only the diagonal is left",
        diagnosis="you multiply the map with the identity, number by number, instead of adding it",
        hint=HALF,
        knobs={"mix": "product"},
    ),
    Mistake(
        "stream at the end only",
        symptom="one layer is right, and more are not",
        diagnosis="you multiply the maps as they are, and mix the identity in once, afterwards",
        hint="The residual stream runs past every layer. When does it have to come in?",
        knobs={"mix": "at the end"},
    ),
    Mistake(
        "stream from the words",
        symptom="one layer is right, and more are not",
        diagnosis="in (A @ R + I) / 2 the stream carries the words, not what layers made of them",
        hint="What is in the residual stream just before layer 1: the words, or R?",
        wrong=stream_from_the_start,
    ),
    Mistake(
        "first map as it is",
        symptom="the first layer lacks the stream, and all others suffer from it",
        diagnosis="you begin with the first map as it is, and mix the identity into the later ones",
        hint="Is your first state maps[0], or has it been through the same as the others?",
        knobs={"start": "first map as it is"},
    ),
    Mistake(
        "first layer twice",
        symptom="there is one layer too many in every result",
        diagnosis="you begin with the first layer, and your loop begins with it again",
        hint="What is known before the first layer? Or where should your loop begin?",
        knobs={"start": "first layer twice"},
    ),
    Mistake(
        "from the right",
        symptom="one layer is right, and more are not",
        diagnosis="you multiply in the wrong order: the newest layer stands on the right",
        hint=LEFT,
        knobs={"product": "from the right"},
    ),
    Mistake(
        "turned",
        symptom="what a token gives is taken for what it gets",
        diagnosis="you multiply with the transposed map; rows are queries",
        hint="Row q of a map tells where q looks. Do the shares of q stand in a row as well?",
        knobs={"product": "turned"},
    ),
    Mistake(
        "answer turned",
        symptom="each table is transposed",
        diagnosis="rows and columns of the answer have changed places",
        hint="Row q should hold the shares of q, and sum to 1.",
        knobs={"out": "transposed"},
    ),
    Mistake(
        "number by number",
        symptom="nothing travels over two layers, and the numbers shrink",
        diagnosis="you multiply the tables number by number, with * instead of @",
        hint="From token 5 over token 3 to token 1: which product adds up all such ways?",
        knobs={"product": "of numbers"},
    ),
    Mistake(
        "product of numbers, from the identity",
        symptom="only the diagonal is left",
        diagnosis="you multiply with * instead of @, and the identity sets all the rest to 0",
        hint="From token 5 over token 3 to token 1: which product adds up all such ways?",
        knobs={"product": "of numbers, from the identity"},
    ),
    Mistake(
        "each layer alone",
        symptom="one layer is right, and the others know nothing of those below",
        diagnosis="you mix each map with the identity, and do not multiply the layers",
        hint=BELOW,
        knobs={"product": "none"},
    ),
    Mistake(
        "layers averaged in turn",
        symptom="the rows sum to 1, but nothing travels over two layers",
        diagnosis="you compute (A + R) / 2: the map is mixed with the state, and never applied to "
        "it",
        hint=BELOW,
        wrong=averaged_in_turn,
    ),
    Mistake(
        "powers of each layer",
        symptom="one layer is right, and the others know nothing of those below",
        diagnosis="each layer is multiplied with itself, and not with the layers below",
        hint=BELOW,
        wrong=same_layer_again,
    ),
    Mistake(
        "sum of layers",
        symptom="the rows sum to 1, 2, 3 and so on",
        diagnosis="you add the layers up instead of multiplying them",
        hint=BELOW,
        knobs={"product": "sum"},
    ),
    Mistake(
        "mean of layers",
        symptom="the rows sum to 1, but nothing travels over two layers",
        diagnosis="you take the mean of the layers instead of multiplying them",
        hint=BELOW,
        knobs={"product": "mean"},
    ),
    Mistake(
        "from the top",
        symptom="the first answer belongs to the last layer",
        diagnosis="you begin with the last layer; a text goes through layer 0 first",
        hint="Which layer reads the words themselves?",
        knobs={"order": "down"},
    ),
    Mistake(
        "last layer only",
        symptom="one table comes back",
        diagnosis="you return the rollout after the last layer",
        hint=EACH,
        knobs={"out": "last"},
    ),
    Mistake(
        "first layer only",
        symptom="one table comes back",
        diagnosis="you return after the first layer: the return stands inside the loop",
        hint="How far is your return indented?",
        knobs={"out": "first"},
    ),
    Mistake(
        "identity too",
        symptom="there is one table too many",
        diagnosis="you return the identity, from before the first layer, as well",
        hint=EACH,
        knobs={"out": "identity too"},
    ),
    Mistake(
        "before each layer",
        symptom="the first table is the identity, and the last layer is missing",
        diagnosis="you keep the state before each layer, not after it",
        hint="In which order do append and @ stand in your loop?",
        knobs={"out": "before each layer"},
    ),
    Mistake(
        "last everywhere",
        symptom="all tables are alike",
        diagnosis="every layer's table is the last one: one array was changed in place, and kept "
        "several times",
        hint="A list of one array L times is not a list of L arrays. What does .copy() do?",
        knobs={"out": "last everywhere"},
    ),
)
