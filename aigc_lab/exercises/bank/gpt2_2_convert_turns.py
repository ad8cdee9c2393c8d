"""Notebook 09: the mistakes known of what to transpose, for gpt2_2_convert."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_2_convert

KERNELS = "How many matrices of a layer does GPT-2 keep as (in, out)? Count them by name."

TURNS = (
    Mistake(
        "nothing transposed",
        symptom="every matrix of a layer is as it was in the file",
        diagnosis="you never transpose, or do not keep what .T gives back (and NumPy's "
        "transpose(0, 1) leaves the axes as they are)",
        hint="GPT-2 computes x @ weight, nn.Linear x @ weight.T. What follows for the weight?",
        knobs={"turn": "none"},
    ),
    Mistake(
        "every matrix transposed",
        symptom="the tables of tokens and positions are turned as well",
        diagnosis="you transpose whatever has two axes",
        hint="A table is not multiplied with: its rows are looked up. Which axis is the token's?",
        knobs={"turn": "every matrix"},
    ),
    Mistake(
        "positions transposed",
        symptom="the table of positions is turned as well",
        diagnosis="you transpose every matrix but wte.weight, so wpe.weight too",
        hint="wpe is a table like wte: its rows are looked up.",
        knobs={"turn": "all but wte"},
    ),
    Mistake(
        "token table transposed",
        symptom="the token table is turned as well",
        diagnosis="you transpose every matrix but wpe.weight, so wte.weight too",
        hint="wte is a table like wpe: its rows are looked up.",
        knobs={"turn": "all but wpe"},
    ),
    Mistake(
        "tables transposed only",
        symptom="the tables are turned, and the matrices of the layers are not",
        diagnosis="you transpose just those matrices that are the same in both models",
        hint="Which layers of GPT-2 were Conv1D, and which were Embedding?",
        knobs={"turn": "tables"},
    ),
    Mistake(
        "square ones left",
        symptom="matrices with as many rows as columns are not turned",
        diagnosis="you let the shape decide, and a square matrix has the same shape either way",
        hint="Wrong and right weights of attn.c_proj have one shape. What else tells them apart?",
        knobs={"turn": "not square"},
    ),
    Mistake(
        "all that is not square",
        symptom="square matrices are not turned, and the tables are",
        diagnosis="you let the shape decide what to transpose",
        hint="A square matrix has the same shape either way, and a table stays as it is. What "
        "else could decide?",
        knobs={"turn": "all that is not square"},
    ),
    Mistake(
        "wide ones only",
        symptom="matrices with at least as many rows as columns are not turned",
        diagnosis="you transpose the matrices that are wider than high",
        hint="Not the shape decides, but which layer it is: all Conv1D kernels are turned.",
        knobs={"turn": "wider than high"},
    ),
    Mistake(
        "all that is wide",
        symptom="matrices that are not wide are not turned, and wide tables are",
        diagnosis="you transpose whatever is wider than high",
        hint="Not the shape decides, but which layer it is: all Conv1D kernels are turned.",
        knobs={"turn": "all that is wider than high"},
    ),
    Mistake(
        "c_attn only",
        symptom="three of a layer's four matrices are not turned",
        diagnosis="you transpose c_attn.weight only",
        hint=KERNELS,
        knobs={"turn": "c_attn"},
    ),
    Mistake(
        "attention only",
        symptom="the matrices of the MLP are not turned",
        diagnosis="you transpose the two matrices of attention only",
        hint=KERNELS,
        knobs={"turn": "attention"},
    ),
    Mistake(
        "mlp only",
        symptom="the matrices of attention are not turned",
        diagnosis="you transpose the two matrices of the MLP only",
        hint=KERNELS,
        knobs={"turn": "mlp"},
    ),
    Mistake(
        "c_attn forgotten",
        symptom="the packed queries, keys and values are not turned",
        diagnosis="you transpose three of the four matrices, and forget c_attn.weight",
        hint=KERNELS,
        knobs={"turn": "without c_attn"},
    ),
    Mistake(
        "attention's c_proj forgotten",
        symptom="attention's output matrix is not turned, and its shape does not give it away",
        diagnosis="you transpose three of the four matrices, and forget attn.c_proj.weight",
        hint=KERNELS,
        knobs={"turn": "without attention's c_proj"},
    ),
    Mistake(
        "c_fc forgotten",
        symptom="the first matrix of the MLP is not turned",
        diagnosis="you transpose three of the four matrices, and forget mlp.c_fc.weight",
        hint=KERNELS,
        knobs={"turn": "without c_fc"},
    ),
    Mistake(
        "the MLP's c_proj forgotten",
        symptom="the second matrix of the MLP is not turned",
        diagnosis="you transpose three of the four matrices, and forget mlp.c_proj.weight",
        hint=KERNELS,
        knobs={"turn": "without the mlp's c_proj"},
    ),
    Mistake(
        "c_proj only",
        symptom="c_attn and c_fc are not turned",
        diagnosis="you transpose the two matrices called c_proj only",
        hint=KERNELS,
        knobs={"turn": "c_proj"},
    ),
    Mistake(
        "c_fc only",
        symptom="three of a layer's four matrices are not turned",
        diagnosis="only c_fc.weight is turned; in a loop over endings, the last one may undo what "
        "the others did",
        hint=KERNELS,
        knobs={"turn": "c_fc"},
    ),
    Mistake(
        "the MLP's c_proj only",
        symptom="three of a layer's four matrices are not turned",
        diagnosis="only mlp.c_proj.weight is turned; in a loop over endings, the last one may undo "
        "what the others did",
        hint=KERNELS,
        knobs={"turn": "mlp's c_proj"},
    ),
    Mistake(
        "both c_proj forgotten",
        symptom="the matrices that lead back into the stream are not turned",
        diagnosis="you transpose c_attn and c_fc, and forget the two called c_proj",
        hint=KERNELS,
        knobs={"turn": "without c_proj"},
    ),
    Mistake(
        "layer 0 only",
        symptom="the first layer is right, and no other is",
        diagnosis="you transpose the matrices of h.0 only",
        hint="Which part of the name is the same in all layers?",
        knobs={"turn": "layer 0"},
    ),
    Mistake(
        "T called",
        symptom="it stops with a TypeError: an array is not callable",
        diagnosis="you write .T() where .T is meant",
        hint="T is an attribute, like shape, not a method.",
        knobs={"how": "T called"},
    ),
    Mistake(
        "t of an array",
        symptom="it stops with an AttributeError: an array has no t",
        diagnosis="you write .t(), which tensors have; these are NumPy arrays",
        hint="What is a NumPy array's transpose called?",
        knobs={"how": "t"},
    ),
    Mistake(
        "reshaped",
        symptom="the shapes are right, and the numbers stand in the wrong places",
        diagnosis="you reshape where a transpose is asked for: the numbers keep their order",
        hint="Write down [[1, 2, 3], [4, 5, 6]], transposed and reshaped to (3, 2).",
        knobs={"how": "reshape"},
    ),
    Mistake(
        "flipped",
        symptom="rows stand in the reverse order",
        diagnosis="you flip the matrix instead of transposing it",
        hint="Rows should become columns.",
        knobs={"how": "flip"},
    ),
    Mistake(
        "rotated",
        symptom="the shapes are right, and the numbers stand in the wrong places",
        diagnosis="you rotate the matrix instead of transposing it",
        hint="A transpose mirrors along the diagonal: the first number stays where it is.",
        knobs={"how": "rotate"},
    ),
    Mistake(
        "thirds transposed alone",
        symptom="c_attn has queries, keys and values side by side instead of one below another",
        diagnosis="you cut c_attn.weight into three, transpose each, and join them side by side",
        hint="c_attn packs its three parts in the axis of its outputs. Where is that afterwards?",
        knobs={"how": "thirds"},
    ),
)
