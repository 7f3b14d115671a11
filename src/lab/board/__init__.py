"""TensorBoard over folders of runs: what there is to show, what it is called, and the server. Imports no torch."""

TICKED = 200  # runs up to which all are ticked when the page opens
SERIES = 500  # the same in TIME SERIES and HPARAMS, as TensorBoard has it
