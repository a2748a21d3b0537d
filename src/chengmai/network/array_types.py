"""The kinds of arrays that tables of a network are made of."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]
"""Positions in another table; -1 says none."""
Codes = npt.NDArray[np.str_]
Flags = npt.NDArray[np.bool_]
