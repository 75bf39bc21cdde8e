"""The room of workbook: the Excel model, written and taken back."""
