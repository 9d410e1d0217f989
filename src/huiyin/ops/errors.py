"""What goes wrong for an operator: one sentence that says what to do, never a trace."""


class OperatorError(Exception):
    """Something the operator can put right; the text is one sentence that says how."""
