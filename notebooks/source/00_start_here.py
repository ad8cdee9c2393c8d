# ---
# jupyter:
#   aigc_lab:
#     minutes: 0.5
#     memory_mb: 1500
# ---

# %% [markdown]
# # 00 · Start here
#
# This notebook is not written yet: it only shows that the course's tools work.

# %%
import matplotlib.pyplot as plt
import numpy as np

import aigc_lab

print("AIGC Lab", aigc_lab.__version__)

# %%
weights = np.tril(np.ones((5, 5)))
weights /= weights.sum(axis=1, keepdims=True)
weights.round(2)

# %%
plt.imshow(weights)
plt.title("each token attends to itself and the past")
plt.show()
