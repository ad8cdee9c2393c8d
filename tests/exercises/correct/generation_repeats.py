"""Right solutions of notebook 07's repetition penalty, in the styles that readers write."""

import numpy as np
import torch


def repeats_set(logits, seen, penalty):
    result = logits.copy()
    for at in set(np.asarray(seen).tolist()):
        result[at] = result[at] / penalty if result[at] > 0 else result[at] * penalty
    return result


def repeats_fancy(logits, seen, penalty):
    result = np.array(logits, dtype=float)
    old = logits[np.asarray(seen, dtype=int)]
    result[np.asarray(seen, dtype=int)] = np.where(old < 0, old * penalty, old / penalty)
    return result


def repeats_mask(logits, seen, penalty):
    came = np.isin(np.arange(len(logits)), seen)
    return np.where(came, np.where(logits > 0, logits / penalty, logits * penalty), logits)


def repeats_torch(logits, seen, penalty):
    logits, seen = torch.tensor(logits), torch.as_tensor(seen, dtype=torch.long)
    old = logits.gather(0, seen)
    return logits.scatter(0, seen, torch.where(old < 0, old * penalty, old / penalty))


def repeats_minimum(logits, seen, penalty):
    factor = np.ones(len(logits))
    factor[np.asarray(seen, dtype=int)] = penalty
    return np.maximum(logits, 0) / factor + np.minimum(logits, 0) * factor


def repeats_list(logits, seen, penalty):
    answer = []
    for at, logit in enumerate(logits):
        if at in list(seen):
            answer.append(logit / penalty if logit >= 0 else logit * penalty)
        else:
            answer.append(logit)
    return answer


CORRECT = {
    "penalise_repeats": [
        repeats_set,
        repeats_fancy,
        repeats_mask,
        repeats_torch,
        repeats_minimum,
        repeats_list,
    ],
}
