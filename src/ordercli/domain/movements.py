"""Which movements of the ledger count where kinds are told apart: those that no other one takes back."""


def standing_sql(movement: str) -> str:
    """SQL: whether the movement of that alias stands; neither one that was undone does, nor what undid it."""
    return (
        f"({movement}.kind <> 'undo' AND NOT EXISTS"
        f" (SELECT 1 FROM stock_movement z WHERE z.undoes_id = {movement}.id))"
    )
